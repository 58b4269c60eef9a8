using GrokPipeline.Data;
using GrokPipeline.Engines.OnnxRuntime;
using GrokPipeline.Evaluation;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Tables.DuckDb;

namespace GrokPipeline.Checkpoints;

/// <summary>Scores a checkpoint's model on a table.</summary>
public static class CheckpointEvaluation
{
    /// <summary>Metrics of a model on a Parquet file, with their intervals.</summary>
    /// <param name="model">The model.</param>
    /// <param name="parquet">The file. What its columns mean is said by its metadata, or else by the model's.</param>
    /// <param name="options">What is computed; accuracy, loss and calibration unless said.</param>
    /// <returns>Over all rows, and over each group where the dataset has groups.</returns>
    /// <exception cref="GrokException">The file is missing or none, or its rows do not fit the model.</exception>
    public static IReadOnlyList<Score> Evaluate(this CheckpointModel model, string parquet, EvaluationOptions? options = null)
    {
        if (!File.Exists(parquet)) { throw new GrokException("there is no such file.", "Name a Parquet file.", parquet); }
        var table = new DuckDbStore().Read(parquet);
        var facts = table.Metadata.ContainsKey(DatasetFacts.MetadataKey) ? DatasetFacts.Of(table.Metadata) : model.Facts
            ?? throw new GrokException(
                "neither the table nor the model says which columns are inputs and labels.",
                $"Add the metadata '{DatasetFacts.MetadataKey}' to the table.", parquet);
        using var session = OnnxRuntimeEngine.Open(model.File, new CompileOptions { Threads = 1 });
        var (input, output) = (session.Signature.Inputs[0], session.Signature.Output("logits") ?? session.Signature.Outputs[0]);
        if (!input.Accepts(RowEncoding.InputType(input.Name, facts, 3)) || !output.Accepts(TensorType.Float32([3, facts.Classes])))
        {
            throw new GrokException(
                $"its rows are {RowEncoding.InputType(input.Name, facts, 3).Element}[rows, "
                + $"{RowEncoding.InputType(input.Name, facts, 3).Shape[1]}] of {facts.Classes} classes; the model takes {input} and gives {output}.",
                "Use rows of the dataset that the model was trained on.", parquet);
        }
        var predictions = Predictions.Of(session, input.Name, output.Name, table, facts);
        var group = facts.Group is { } name && table.Schema.Contains(name) ? name : null;
        return Scorer.Score(predictions, table, group, options ?? new EvaluationOptions(), new Seed(0).Derive("evaluate"));
    }
}
