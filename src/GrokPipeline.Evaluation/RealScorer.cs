using GrokPipeline.Data;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Tables;

namespace GrokPipeline.Evaluation;

/// <summary>Scores models whose targets are real numbers; what <see cref="BatchScorer"/> and <see cref="Scorer"/> do for classes.</summary>
public static class RealScorer
{
    /// <summary>All metrics over all rows of a table.</summary>
    /// <param name="model">A session whose batch axis is free.</param>
    /// <param name="input">The name of its input, which is also how rows are encoded.</param>
    /// <param name="output">The name of its output, Float32[rows, K].</param>
    /// <param name="table">The rows, at least one.</param>
    /// <param name="facts">What the columns mean; of real targets.</param>
    /// <param name="options">Metrics and intervals.</param>
    /// <param name="seed">Of the bootstrap.</param>
    /// <exception cref="GrokException">The table has no rows, or a feature or target is not finite.</exception>
    public static IReadOnlyList<Score> Score(
        ISession model, string input, string output, Table table, DatasetFacts facts, EvaluationOptions options, Seed seed)
    {
        var scores = new RealScores(facts, options, seed);
        Add(scores, model, (input, input, output), table, facts);
        return scores.Finish();
    }

    /// <summary>Adds the rows of a table to scores.</summary>
    /// <param name="scores">Receives them.</param>
    /// <param name="model">A session whose batch axis is free.</param>
    /// <param name="ports">The name of its input, how rows are encoded for it, and the name of its output.</param>
    /// <param name="table">The rows, at least one.</param>
    /// <param name="facts">What the columns mean; of real targets.</param>
    /// <param name="batch">Rows of a call, at least 1.</param>
    /// <param name="firstRow">The number of the table's first row in its file, for messages.</param>
    /// <param name="parts">Columns that were put together as the features; null for a vector column.</param>
    /// <exception cref="GrokException">A feature or target is not finite, or the model refuses the rows.</exception>
    public static void Add(
        RealScores scores, ISession model, (string Input, string Form, string Output) ports, Table table, DatasetFacts facts,
        int batch = 1024, long firstRow = 0, IReadOnlyList<string>? parts = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        var targets = RowEncoding.Target(table, facts, firstRow).AsSpan<float>();
        int[] rows = [.. Enumerable.Range(0, table.Rows)];
        for (var start = 0; start < table.Rows; start += batch)
        {
            var count = Math.Min(batch, table.Rows - start);
            var (given, taken) = (
                new Tensor(RowEncoding.InputType(ports.Form, facts, count)), new Tensor(TensorType.Float32([count, facts.Outputs])));
            RowEncoding.Input(ports.Form, table, facts, rows.AsSpan(start, count), given, firstRow);
            if (facts.Kind == InputKind.Features) { FiniteFeatures.Check(given.AsSpan<float>(), firstRow + start, facts, parts ?? []); }
            Run(model, ports, given, taken);
            scores.Add(taken.AsSpan<float>(), targets.Slice(start * facts.Outputs, count * facts.Outputs));
        }
    }

    private static void Run(ISession model, (string Input, string Form, string Output) ports, Tensor given, Tensor taken)
    {
        try
        {
            model.Write(ports.Input, given);
            model.Run();
            model.Read(ports.Output, taken);
        }
        catch (GrokException error) when (error.Where is null)
        {
            throw BatchScorer.OfModel(error);
        }
    }
}
