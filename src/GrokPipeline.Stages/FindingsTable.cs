using GrokPipeline.Probes;
using GrokPipeline.Tables;

namespace GrokPipeline.Stages;

/// <summary>What a probe found in a checkpoint.</summary>
/// <param name="Experiment">The experiment's name; for an ONNX file its name without ending.</param>
/// <param name="Step">The checkpoint's step.</param>
/// <param name="Mark">Its mark; empty when it has none.</param>
/// <param name="Finding">The number.</param>
public sealed record CheckpointFinding(string Experiment, long Step, string Mark, ProbeFinding Finding);

/// <summary>Findings of probes as a table: one row per number.</summary>
public static class FindingsTable
{
    /// <summary>Its columns: <c>experiment</c>, <c>step</c>, <c>mark</c>, <c>probe</c>, <c>target</c>, <c>name</c>, <c>value</c>, <c>control</c>,
    /// <c>repeat</c>.</summary>
    public static TableSchema Schema { get; } =
    [
        new("experiment", ColumnKind.Text) { Description = "Name of the experiment." },
        new("step", ColumnKind.Int64) { Description = "Optimizer steps of the checkpoint." },
        new("mark", ColumnKind.Text) { Description = "Mark of the checkpoint; empty when it has none." },
        new("probe", ColumnKind.Text) { Description = "Kind of the probe." },
        new("target", ColumnKind.Text) { Description = "What was read." },
        new("name", ColumnKind.Text) { Description = "What the number is." },
        new("value", ColumnKind.Float64) { Description = "The number." },
        new("control", ColumnKind.Text) { Description = "Control that it belongs to; empty for the finding itself." },
        new("repeat", ColumnKind.Int64) { Description = "Repetition, from 0." },
    ];

    /// <summary>The table, in the findings' order.</summary>
    public static Table Of(IEnumerable<CheckpointFinding> findings)
    {
        var builder = new TableBuilder(Schema);
        foreach (var (experiment, step, mark, finding) in findings)
        {
            builder.Add(
                experiment, step, mark, finding.Probe, finding.Target, finding.Name, finding.Value, finding.Control, finding.Repeat);
        }
        return builder.ToTable();
    }
}
