using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using GrokPipeline.Data;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Tables;

namespace GrokPipeline.Evaluation;

/// <summary>Runs a model over tables in batches of one size and judges its logits. It keeps its tensors for the next.</summary>
/// <param name="model">A session whose batch axis is free. The caller disposes of it.</param>
/// <param name="input">The name of the data input.</param>
/// <param name="output">The name of the logits.</param>
/// <param name="facts">What the columns mean.</param>
/// <param name="batch">Rows of a call, at least 1.</param>
/// <param name="withOdds">Whether the predictions carry <see cref="Predictions.LogOdds"/>.</param>
/// <param name="form">How rows are encoded: <c>tokens</c>, <c>operands</c> or <c>features</c>; null when the input is named so.</param>
public sealed class BatchScorer(
    ISession model, string input, string output, DatasetFacts facts, int batch, bool withOdds = false, string? form = null)
{
    private readonly string _form = form ?? input;
    private int[] _rows = [];
    private Tensor? _given;
    private Tensor? _taken;

    /// <summary>Scores the rows of a table, in order.</summary>
    /// <param name="table">The rows; at least one.</param>
    /// <param name="firstRow">The number of its first row, for messages.</param>
    /// <exception cref="GrokException">A label is no class of the model, an operand is out of range, or a feature not finite.</exception>
    public Predictions Score(Table table, long firstRow = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        if (_rows.Length < table.Rows) { _rows = [.. Enumerable.Range(0, table.Rows)]; }
        var predictions = new Predictions(facts.Classes, RowEncoding.Target(table, facts).AsSpan<long>().ToArray(), withOdds);
        for (var start = 0; start < table.Rows; start += batch)
        {
            var count = Math.Min(batch, table.Rows - start);
            if (_given is null || _taken is null || _given.Shape[0] != count)
            {
                _given = new Tensor(RowEncoding.InputType(_form, facts, count));
                _taken = new Tensor(TensorType.Float32([count, facts.Classes]));
            }
            RowEncoding.Input(_form, table, facts, _rows.AsSpan(start, count), _given);
            if (facts.Kind == InputKind.Features) { CheckFinite(_given.AsSpan<float>(), firstRow + start); }
            model.Write(input, _given);
            model.Run();
            model.Read(output, _taken);
            predictions.Judge(start, _taken.AsSpan<float>());
        }
        return predictions;
    }

    private void CheckFinite(ReadOnlySpan<float> features, long firstRow)
    {
        const int ExponentBits = 0x7F800000;                              // all set: infinity or NaN
        var bits = MemoryMarshal.Cast<float, int>(features);
        var mask = new Vector<int>(ExponentBits);
        var found = false;
        foreach (var vector in MemoryMarshal.Cast<int, Vector<int>>(bits)) { found |= Vector.EqualsAny(vector & mask, mask); }
        var whole = bits.Length / Vector<int>.Count * Vector<int>.Count;
        foreach (var value in bits[whole..]) { found |= (value & ExponentBits) == ExponentBits; }
        if (!found) { return; }
        var at = 0;
        while (float.IsFinite(features[at])) { at++; }
        throw new GrokException(
            string.Create(
                CultureInfo.InvariantCulture,
                $"column '{facts.Features}' holds {features[at]} in row {firstRow + (at / facts.FeatureCount)}; finite numbers "
                + $"are needed."),
            "Leave out or fill such rows; a model's answer to them means nothing.", kind: ProblemKind.Integrity);
    }
}
