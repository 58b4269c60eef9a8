using GrokPipeline.Data;
using GrokPipeline.Evaluation.Scores;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Tables;

namespace GrokPipeline.Evaluation;

/// <summary>Runs a model over tables in batches of one size and judges its logits. It keeps its tensors for the next.</summary>
/// <param name="model">A session whose batch axis is free. The caller disposes of it.</param>
/// <param name="input">The name of the data input.</param>
/// <param name="output">The name of the logits.</param>
/// <param name="facts">What the columns mean.</param>
/// <param name="batch">Rows of a call, at least 1.</param>
/// <param name="parts">What is worked out of the logits.</param>
/// <param name="form">How rows are encoded: <c>tokens</c>, <c>operands</c> or <c>features</c>; null when the input is named so.</param>
public sealed class BatchScorer(
    ISession model, string input, string output, DatasetFacts facts, int batch,
    PredictionParts parts = PredictionParts.Probabilities, string? form = null)
{
    /// <summary>The place of an error of the model itself; who knows the model's name puts it there.</summary>
    public const string AtModel = "the model's run";

    private readonly string _form = form ?? input;
    private readonly LogitJudge _judge = new(facts.Classes);
    private readonly ILendingSession? _lending = model as ILendingSession;
    private int[] _rows = [];
    private TensorType _input;
    private TensorType _output;
    private Tensor? _given;
    private Tensor? _taken;

    /// <summary>Columns that were put together as the features, one number of a row each; empty for a vector column.</summary>
    public IReadOnlyList<string> Parts { get; init; } = [];

    /// <summary>Scores the rows of a table, in order.</summary>
    /// <param name="table">The rows; at least one.</param>
    /// <param name="firstRow">The number of its first row, for messages.</param>
    /// <exception cref="GrokException">A label is no class of the model, an operand is out of range, or a feature not finite.</exception>
    public Predictions Score(Table table, long firstRow = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        if (_rows.Length < table.Rows) { _rows = [.. Enumerable.Range(0, table.Rows)]; }
        var predictions = new Predictions(facts.Classes, Targets(table, firstRow), parts);      // one for each token of an answer
        for (var start = 0; start < table.Rows; start += batch)
        {
            var count = Math.Min(batch, table.Rows - start);
            SetTypes(count);
            _judge.Judge(predictions, start * facts.AnswerLength, Logits(table, start, count, firstRow));
        }
        return facts.AnswerLength == 1 ? predictions : predictions.Joined(facts.AnswerLength);
    }

    private long[] Targets(Table table, long firstRow)
    {
        if (facts.AnswerLength > 1) { return RowEncoding.Target(table, facts, firstRow).AsSpan<long>().ToArray(); }
        var labels = table.Int64(facts.Target);
        // The encoding knows what to say of a label out of range, and of a table without rows.
        return labels.IsEmpty || labels.ContainsAnyExceptInRange(0, facts.Classes - 1)
            ? RowEncoding.Target(table, facts, firstRow).AsSpan<long>().ToArray()
            : labels.ToArray();
    }

    private void SetTypes(int count)
    {
        if (_input.Shape.Rank > 0 && _input.Shape[0] == count) { return; }
        (_input, _output) = (RowEncoding.InputType(_form, facts, count), RowEncoding.LogitsType(facts, count));
        (_given, _taken) = (null, null);
    }

    private ReadOnlySpan<float> Logits(Table table, int start, int count, long firstRow)
    {
        if (facts.Kind == InputKind.Features && _lending is not null)
        {
            var features = RowEncoding.FeaturesOf(table, facts, start, count);
            FiniteFeatures.Check(features, firstRow + start, facts, Parts);
            return RunOver(features);
        }
        var given = Given();
        RowEncoding.Input(_form, table, facts, _rows.AsSpan(start, count), given, firstRow);
        if (facts.Kind == InputKind.Features) { FiniteFeatures.Check(given.AsSpan<float>(), firstRow + start, facts, Parts); }
        return Run(given);
    }

    // The session's own memory where it lends it: rows are written once. Asked for each time, as another scorer may have changed it.
    private Tensor Given()
    {
        try
        {
            return _lending?.Lend(input, _input) ?? (_given ??= new Tensor(_input));
        }
        catch (GrokException error) when (error.Where is null)
        {
            throw OfModel(error);
        }
    }

    // Features are read where the table has them.
    private ReadOnlySpan<float> RunOver(ReadOnlySpan<float> features)
    {
        try
        {
            _lending!.RunOver(input, _input, features);                                          // not null: the caller looked
            return _lending.Look<float>(output, _output);
        }
        catch (GrokException error) when (error.Where is null)
        {
            throw OfModel(error);
        }
    }

    // Where the session lends its memory, the logits stay where they are.
    private ReadOnlySpan<float> Run(Tensor given)
    {
        try
        {
            if (_lending is null) { model.Write(input, given); }
            model.Run();
            if (_lending is not null) { return _lending.Look<float>(output, _output); }
            model.Read(output, _taken ??= new Tensor(_output));
            return _taken.AsSpan<float>();
        }
        catch (GrokException error) when (error.Where is null)
        {
            throw OfModel(error);
        }
    }

    internal static GrokException OfModel(GrokException error) => new(error.Problem, error.Remedy, AtModel, error.Kind, error);
}
