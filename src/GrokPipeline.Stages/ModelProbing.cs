using System.Collections.Immutable;
using GrokPipeline.Data;
using GrokPipeline.Onnx;
using GrokPipeline.Probes;
using GrokPipeline.Stages.Probing;
using GrokPipeline.Tables;

namespace GrokPipeline.Stages;

/// <summary>Probing any ONNX file on any table, outside a pipeline.</summary>
public static class ModelProbing
{
    private const string FactsKey = "grokpipe.facts";

    /// <summary>
    /// Runs probes on a file. It stands for a trajectory of one checkpoint, so that there is no untrained model to compare with, and there is no
    /// model's graph to change: a probe that needs one of them refuses.
    /// </summary>
    /// <param name="tools">The engine and the store.</param>
    /// <param name="model">The ONNX file. Its operators are those that this program writes; one input is <c>tokens</c>, <c>operands</c> or
    /// <c>features</c>.</param>
    /// <param name="data">Parquet files of one dataset, each a split by its name without ending; at least one. What their columns mean is said by their
    /// metadata, or else by the model's.</param>
    /// <param name="probes">Each a kind, or a kind with options as in a pipeline file; at least one.</param>
    /// <returns>What they find.</returns>
    /// <exception cref="GrokException">A file is missing or broken, they do not fit together, or a probe does not fit.</exception>
    public static ImmutableArray<CheckpointFinding> Run(
        PipelineTools tools, string model, IReadOnlyList<string> data, IReadOnlyCollection<string> probes)
    {
        var made = ProbeTexts.Make(probes);
        var bytes = ModelEvaluation.ReadModel(model);
        var signature = ModelEvaluation.Signature(model, bytes);
        var tables = data.Select(path => (Name: Path.GetFileNameWithoutExtension(path), Table: Read(tools, path))).ToArray();
        var facts = FactsOf(tables[0].Table, signature, data[0]);
        var rows = ProbedRows.Of([.. tables]);
        var checkpoint = At(model, () => new OnnxCheckpoint(tools, bytes, signature, InputOf(signature, facts, model), facts, rows.Table)
        {
            Wanted = [.. made.SelectMany(probe => probe.Activations).Distinct(StringComparer.Ordinal)],
        });
        var context = new ProbeContext
        {
            Checkpoint = checkpoint,
            Trajectory = [checkpoint],
            Facts = facts,
            Rows = rows.Table,
            Splits = rows.Splits,
            Seed = new Seed(0),
        };
        var name = Path.GetFileNameWithoutExtension(model);
        return [.. made.SelectMany(probe => probe.Run(context with { Seed = context.Seed.Derive($"probe/{probe.Kind}") }))
            .Select(finding => new CheckpointFinding(name, checkpoint.Step, "", finding))];
    }

    private static Table Read(PipelineTools tools, string path) => File.Exists(path)
        ? tools.Store.Read(path)
        : throw new GrokException("there is no such file.", "Name a Parquet file.", path);

    private static DatasetFacts FactsOf(Table table, OnnxSignature signature, string data)
    {
        if (table.Metadata.ContainsKey(DatasetFacts.MetadataKey)) { return DatasetFacts.Of(table.Metadata); }
        if (signature.Metadata.Properties.TryGetValue(FactsKey, out var text)) { return DatasetFacts.FromJson(text); }
        throw new GrokException(
            "neither the table nor the model says which columns are inputs and labels.",
            $"Add the metadata '{DatasetFacts.MetadataKey}' to the table.", data);
    }

    private static string InputOf(OnnxSignature signature, DatasetFacts facts, string model)
    {
        string[] known = facts.Kind == InputKind.Features ? [RowEncoding.Features] : [RowEncoding.Tokens, RowEncoding.Operands];
        var found = known.FirstOrDefault(name => signature.Input(name)?.Accepts(RowEncoding.InputType(name, facts, 3)) == true);
        return found is not null && signature.Inputs.Length == 1 ? found : throw new GrokException(
            $"its inputs are {string.Join(", ", signature.Inputs.Take(8))}; one named {string.Join(" or ", known)} for these rows is needed.",
            "Use a model of the same kind of rows.", model);
    }

    // A reader of bytes knows no path; a message needs one.
    private static T At<T>(string path, Func<T> read)
    {
        try { return read(); }
        catch (GrokException error) when (error.Where != path)
        {
            throw new GrokException(error.Problem, error.Remedy, path, error.Kind, error);
        }
    }
}
