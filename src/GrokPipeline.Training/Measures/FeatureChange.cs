using System.Collections.Immutable;
using GrokPipeline.Graphs.Engines;

namespace GrokPipeline.Training.Measures;

/// <summary>
/// How far an activation moves in one step, on the first rows of train. Both states are those of one step, so that nothing has to be
/// remembered from one evaluation to the next, and a resumed training records the same.
/// </summary>
internal sealed class FeatureChange(ISession session, EncodedRows rows, string activation, TensorType type)
{
    private readonly Tensor _before = new(type);
    private readonly Tensor _after = new(type);

    /// <summary>Reads the activation before a step.</summary>
    public void Before(ImmutableSortedDictionary<string, Tensor> parameters) => Read(parameters, _before);

    /// <summary>Reads it after the step.</summary>
    public Measurement After(ImmutableSortedDictionary<string, Tensor> parameters)
    {
        Read(parameters, _after);
        var before = Rows(_before);
        var after = Rows(_after);
        double moved = 0;
        for (var i = 0; i < before.Length; i++)
        {
            var difference = (double)after[i] - before[i];
            moved += difference * difference;
        }
        return new(activation, FurtherMetrics.FeatureChange, Math.Sqrt(moved / Dots.Of(before, before)));
    }

    private void Read(ImmutableSortedDictionary<string, Tensor> parameters, Tensor to)
    {
        foreach (var (name, tensor) in parameters) { session.Write(name, tensor); }
        session.Write(rows.Input, rows.Splits[0].Parts[0]);                                 // train comes first
        session.Run();
        session.Read(activation, to);
    }

    // Without the rows that fill up the batch.
    private ReadOnlySpan<float> Rows(Tensor tensor)
    {
        var count = Math.Min(rows.ScoreBatch, rows.Rows);
        return tensor.AsSpan<float>()[..(tensor.Shape.Count / rows.ScoreBatch * count)];
    }
}
