using System.Collections.Immutable;
using GrokPipeline.Data;
using GrokPipeline.Evaluation;
using GrokPipeline.Onnx;
using GrokPipeline.Stages.Files;
using GrokPipeline.Tables;

namespace GrokPipeline.Stages;

/// <summary>Scoring any ONNX file on any table, outside a pipeline.</summary>
public static class ModelEvaluation
{
    private static readonly long LargestModel = Array.MaxLength - 1;

    /// <summary>Scores a file on a table.</summary>
    /// <param name="tools">The engine and the store.</param>
    /// <param name="model">The ONNX file. One input is <c>tokens</c>, <c>operands</c> or <c>features</c>; one output holds a logit for
    /// each class.</param>
    /// <param name="data">The Parquet file. What its columns mean is said by its metadata, or else by the model's.</param>
    /// <param name="options">What is computed.</param>
    /// <exception cref="GrokException">A file is missing or broken, or they do not fit together.</exception>
    public static IReadOnlyList<Score> Score(PipelineTools tools, string model, string data, EvaluationOptions options)
    {
        var bytes = ReadModel(model);
        var signature = Signature(model, bytes);
        if (!File.Exists(data)) { throw new GrokException("there is no such file.", "Name a Parquet file.", data); }
        var table = tools.Store.Read(data);
        var facts = FactsOf(table, signature, data);
        var input = InputOf(signature, facts, model);
        var output = OutputOf(signature, facts, model);
        using var session = At(model, () => tools.Open(bytes, 1));
        var predictions = At(data, () => Predictions.Of(session, input, output, table, facts));
        var group = facts.Group is { } name && table.Schema.Contains(name) ? name : null;
        return Scorer.Score(predictions, table, group, options, new Seed(0).Derive("evaluate"));
    }

    /// <summary>Reads a model's file whole, within the format's limit.</summary>
    /// <exception cref="GrokException">It is missing, or larger than a file of the format can be.</exception>
    public static byte[] ReadModel(string path)
    {
        if (!File.Exists(path)) { throw new GrokException("there is no such file.", "Name an ONNX file.", path); }
        return BoundedFile.Read(path, LargestModel) ?? throw new GrokException(
            "is larger than 2 GiB, the format's limit.", "It is no ONNX file.", path, ProblemKind.Integrity);
    }

    /// <summary>Reads inputs, outputs and metadata of a model.</summary>
    /// <param name="path">What messages call it.</param>
    /// <param name="bytes">The file.</param>
    /// <exception cref="GrokException">It is no ONNX file, or a damaged one.</exception>
    public static OnnxSignature Signature(string path, byte[] bytes) => At(path, () => OnnxReader.Signature(bytes));

    // A reader of bytes knows no path; a message needs one.
    private static T At<T>(string path, Func<T> read)
    {
        try { return read(); }
        catch (GrokException error) when (error.Where is null or "file")
        {
            throw new GrokException(error.Problem, error.Remedy, path, error.Kind, error);
        }
    }

    private static DatasetFacts FactsOf(Table table, OnnxSignature signature, string data)
    {
        if (table.Metadata.ContainsKey(DatasetFacts.MetadataKey)) { return DatasetFacts.Of(table.Metadata); }
        if (signature.Metadata.Properties.TryGetValue("grokpipe.facts", out var text)) { return DatasetFacts.FromJson(text); }
        throw new GrokException(
            "neither the table nor the model says which columns are inputs and labels.",
            $"Add the metadata '{DatasetFacts.MetadataKey}' to the table.", data);
    }

    private static string InputOf(OnnxSignature signature, DatasetFacts facts, string model)
    {
        string[] known = facts.Kind == InputKind.Features ? [RowEncoding.Features] : [RowEncoding.Tokens, RowEncoding.Operands];
        var found = known.FirstOrDefault(name => signature.Input(name) is not null);
        if (found is null || signature.Inputs.Length != 1)
        {
            throw new GrokException(
                $"its inputs are {List(signature.Inputs)}; one named {string.Join(" or ", known)} is needed for this table.",
                "Use a model of the same kind of rows.", model);
        }
        if (!signature.Input(found)!.Accepts(RowEncoding.InputType(found, facts, 3)))                     // not null: found above
        {
            throw new GrokException(
                $"its input is {signature.Input(found)}; the table's rows are {RowEncoding.InputType(found, facts, 3).Element} "
                + $"[rows, {RowEncoding.InputType(found, facts, 3).Shape[1]}].", "Use a model of the same kind of rows.", model);
        }
        return found;
    }

    private static string OutputOf(OnnxSignature signature, DatasetFacts facts, string model)
    {
        var named = signature.Output("logits") ?? (signature.Outputs.Length == 1 ? signature.Outputs[0] : null);
        if (named is not null && named.Accepts(TensorType.Float32([3, facts.Classes]))) { return named.Name; }
        throw new GrokException(
            $"its outputs are {List(signature.Outputs)}; one of Float32[rows, {facts.Classes}] is needed, "
            + "named logits if there are several.",
            "Use a model of the same classes.", model);
    }

    private static string List(ImmutableArray<OnnxPort> ports) => ports.Length == 0 ? "none" : string.Join(", ", ports.Take(8));
}
