using System.Collections.Immutable;
using GrokPipeline.Data;
using GrokPipeline.Onnx;
using GrokPipeline.Probes;
using GrokPipeline.Runs.Scoring;
using GrokPipeline.Stages.Probing;

namespace GrokPipeline.Stages;

/// <summary>Probing any ONNX file on any table, outside a pipeline.</summary>
public static class ModelProbing
{
    /// <summary>
    /// Runs probes on a file. It stands for a trajectory of one checkpoint, so that there is no untrained model to compare with, and there
    /// is no model's graph to change: a probe that needs one of them refuses.
    /// </summary>
    /// <param name="tools">The engine and the store.</param>
    /// <param name="model">The ONNX file. Its operators are those that this program writes; one input is <c>tokens</c>, <c>operands</c> or
    /// <c>features</c>.</param>
    /// <param name="data">Parquet files of one dataset, each a split by its name without ending; at least one. What their columns mean is
    /// said by their metadata, or else by the model's.</param>
    /// <param name="probes">Each a kind, or a kind with options as in a pipeline file; at least one.</param>
    /// <returns>What they find.</returns>
    /// <exception cref="GrokException">A file is missing or broken, they do not fit together, or a probe does not fit.</exception>
    public static ImmutableArray<CheckpointFinding> Run(
        PipelineTools tools, string model, IReadOnlyList<string> data, IReadOnlyCollection<string> probes)
    {
        var made = ProbeTexts.Make(probes);
        var bytes = ModelEvaluation.ReadModel(model);
        var signature = FileScoring.Signature(model, bytes);
        var (facts, splits) = ProbedTables.Read(tools, data, signature);
        var rows = ProbedRows.Of([.. splits]);
        var input = InputOf(signature, facts, model, data[0]);
        var checkpoint = At(model, () => new OnnxCheckpoint(tools, bytes, signature, input, facts, rows.Table));
        checkpoint.Wanted =
            [.. made.SelectMany(probe => probe.ActivationsAmong(checkpoint.ActivationNames)).Distinct(StringComparer.Ordinal)];
        var context = new ProbeContext
        {
            Checkpoint = checkpoint,
            Trajectory = [checkpoint],
            Facts = facts,
            Rows = rows.Table,
            Splits = rows.Splits,
            Seed = new Seed(0),
        };
        foreach (var probe in made) { probe.Check(facts); }
        var name = Path.GetFileNameWithoutExtension(model);
        return [.. FindingNames.All(made, probe => probe.Run(context with { Seed = context.Seed.Derive($"probe/{probe.Kind}") }))
            .Select(finding => new CheckpointFinding(name, checkpoint.Step, "", finding))];
    }

    // Model and data are compared as `evaluate` does; a probe reads activations by name besides, and the form of rows by the input's.
    private static string InputOf(OnnxSignature signature, DatasetFacts facts, string model, string data)
    {
        var ports = ModelPorts.Of(signature, new DataColumns(facts, null, [], []), model, data);
        return ports.Input == ports.Form ? ports.Input : throw new GrokException(
            $"its input is named '{ports.Input}'; a file alone is probed when it is named '{ports.Form}'.", "Rename the input.", model);
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
