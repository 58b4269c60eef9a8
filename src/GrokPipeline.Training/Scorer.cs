using System.Collections.Immutable;
using GrokPipeline.Data;
using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Tables;
using GrokPipeline.Training.Losses;
using GrokPipeline.Training.Models;

namespace GrokPipeline.Training;

/// <summary>
/// Scores a model on whole splits: logits from an engine, a fixed number of rows at a time, the last ones padded; losses and counts
/// from them on the host in float64, row after row.
/// </summary>
internal sealed class Scorer : IDisposable
{
    private readonly ISession _session;
    private readonly Loss _loss;
    private readonly string _input;
    private readonly Tensor _logits;
    private readonly ImmutableArray<EncodedSplit> _splits;

    public Scorer(
        Model model, DatasetFacts facts, Loss loss, ImmutableArray<KeyValuePair<string, Table>> splits, int mostRows,
        Func<Graph, ISession> compile)
    {
        var largest = splits.Max(split => split.Value.Rows);
        var rows = CeilingOf(largest, CeilingOf(largest, mostRows));       // as few runs as allowed, as even as possible
        (_loss, _input, _logits) = (loss, model.InputName, new Tensor(TensorType.Float32([rows, model.Classes])));
        _splits = [.. splits.Select(split => new EncodedSplit(split.Key, split.Value, model.InputName, facts, rows))];
        _session = compile(model.BuildShared(rows).ToGraph("score"));
    }

    /// <summary>Scores some parameters.</summary>
    public StepScores Score(ImmutableSortedDictionary<string, Tensor> parameters)
    {
        var squares = 0.0;
        foreach (var (name, tensor) in parameters)
        {
            _session.Write(name, tensor);
            foreach (var value in tensor.AsSpan<float>()) { squares += (double)value * value; }
        }
        return new([.. _splits.Select(Score)], Math.Sqrt(squares));
    }

    public void Dispose() => _session.Dispose();

    private SplitScore Score(EncodedSplit split)
    {
        var classes = _logits.Shape[1];
        var (sum, correct, row) = (0.0, 0, 0);
        foreach (var part in split.Parts)
        {
            _session.Write(_input, part);
            _session.Run();
            _session.Read("logits", _logits);
            var logits = _logits.AsSpan<float>();
            for (var i = 0; i < _logits.Shape[0] && row < split.Targets.Length; i++, row++)
            {
                var scores = logits.Slice(i * classes, classes);
                var target = split.Targets[row];
                sum += _loss.OfRow(scores, target);
                if (Largest(scores) == target) { correct++; }
            }
        }
        return new(split.Name, sum / split.Targets.Length, correct, split.Targets.Length);
    }

    // The first of the largest; −1 when one is NaN, so that a broken model is right nowhere.
    private static int Largest(ReadOnlySpan<float> scores)
    {
        var best = 0;
        for (var i = 0; i < scores.Length; i++)
        {
            if (float.IsNaN(scores[i])) { return -1; }
            if (scores[i] > scores[best]) { best = i; }
        }
        return best;
    }

    private static int CeilingOf(int dividend, int divisor) => (dividend + divisor - 1) / divisor;

    // A split as the tensors that the session takes; rows beyond its end are zeros, which are valid inputs.
    private sealed class EncodedSplit
    {
        public EncodedSplit(string name, Table table, string input, DatasetFacts facts, int rows)
        {
            Name = name;
            var all = RowEncoding.Input(input, table, facts);
            Targets = [.. RowEncoding.Target(table, facts).AsSpan<long>().ToArray().Select(target => (int)target)];
            var (part, type) = (all.Bytes.Length / table.Rows * rows, new TensorType(all.Type.Element, all.Shape.With(0, rows)));
            for (var at = 0; at < all.Bytes.Length; at += part)
            {
                var tensor = new Tensor(type);
                all.Bytes[at..Math.Min(at + part, all.Bytes.Length)].CopyTo(tensor.Bytes);
                Parts.Add(tensor);
            }
        }

        public string Name { get; }

        public List<Tensor> Parts { get; } = [];

        public int[] Targets { get; }
    }
}
