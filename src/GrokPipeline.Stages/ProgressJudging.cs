using System.Collections.Immutable;
using GrokPipeline.Evaluation.Progress;
using GrokPipeline.Tables;

namespace GrokPipeline.Stages;

/// <summary>A judgement with the experiment that it is of.</summary>
/// <param name="Experiment">The experiment's name.</param>
/// <param name="GeneralizationStep">When it generalized.</param>
/// <param name="Measure">The judgement.</param>
public sealed record JudgedMeasure(string Experiment, long GeneralizationStep, ProgressJudgement Measure);

/// <summary>Judging the measures that probes gave over the checkpoints of finished runs.</summary>
public static class ProgressJudging
{
    /// <summary>The schema of the table of judgements.</summary>
    public static TableSchema Schema { get; } =
    [
        new("experiment", ColumnKind.Text) { Description = "Name of the experiment." },
        new("probe", ColumnKind.Text) { Description = "Kind of the probe." },
        new("target", ColumnKind.Text) { Description = "What was read." },
        new("name", ColumnKind.Text) { Description = "What the number is." },
        new("direction", ColumnKind.Text) { Description = "rising, falling or constant." },
        new("baseline", ColumnKind.Float64) { Description = "Value at the first probed checkpoint from memorization on." },
        new("final", ColumnKind.Float64) { Description = "Value at the last one." },
        new("onset_step", ColumnKind.Int64) { Description = "First checkpoint past half of the change; -1 for none." },
        new("before_onset", ColumnKind.Int64) { Description = "The checkpoint before it; -1 for none." },
        new("generalization_step", ColumnKind.Int64) { Description = "When the experiment generalized." },
        new("lead_steps", ColumnKind.Int64) { Description = "Generalization minus onset; 0 without an onset." },
        new("lead_log_ratio", ColumnKind.Float64) { Description = "ln(generalization / onset); NaN without an onset." },
        new("monotonicity", ColumnKind.Float64) { Description = "Change over the sum of single changes, in [0, 1]; NaN when constant." },
        new("verdict", ColumnKind.Text) { Description = "leads, late, unspecific, wavers or constant." },
        new("controls", ColumnKind.Int64) { Description = "Experiments that never generalized." },
        new("false_alarms", ColumnKind.Int64) { Description = "How many of them reached half of the change." },
    ];

    /// <summary>Judges experiments against controls.</summary>
    /// <param name="store">Reads tables.</param>
    /// <param name="experiments">Folders of experiments that generalized; at least one.</param>
    /// <param name="controls">Folders of experiments that did not; may be none.</param>
    /// <exception cref="GrokException">One was not probed often enough, generalized where it should not, or the other way
    /// round.</exception>
    public static ImmutableArray<JudgedMeasure> Of(ITableStore store, IEnumerable<string> experiments, IEnumerable<string> controls)
    {
        var against = controls.Select(folder =>
        {
            var run = RunDirectory.Open(folder);
            if (run.GeneralizationStep is { } step)
            {
                throw new GrokException($"it generalized at step {step} and is no control.", "Leave it out of --controls.", run.Name);
            }
            return new ProgressControl(run.Name, run.MemorizationStep, Curves(store, run));
        }).ToArray();
        return [.. experiments.SelectMany(folder => Judged(store, RunDirectory.Open(folder), against))];
    }

    /// <summary>The table of judgements.</summary>
    public static Table ToTable(IEnumerable<JudgedMeasure> judged)
    {
        var builder = new TableBuilder(Schema);
        foreach (var (experiment, generalization, m) in judged)
        {
            builder.Add(
                experiment, m.Curve.Probe, m.Curve.Target, m.Curve.Name, m.Direction, m.Baseline, m.Final,
                m.OnsetStep ?? -1, m.BeforeOnset ?? -1, generalization, m.Lead ?? 0, m.LogRatio ?? double.NaN,
                m.Monotonicity ?? double.NaN, m.Verdict, (long)m.Controls.Length, (long)m.FalseAlarms);
        }
        return builder.ToTable();
    }

    private static IEnumerable<JudgedMeasure> Judged(ITableStore store, RunDirectory run, IReadOnlyList<ProgressControl> controls)
    {
        if (run.GeneralizationStep is not { } generalization)
        {
            throw new GrokException("it never generalized: there is no step to lead.", "Give it under --controls.", run.Name);
        }
        var judged = ProgressJudge.Of(Curves(store, run), run.MemorizationStep, generalization, controls);
        return judged.IsEmpty
            ? throw new GrokException(
                $"no measure has {ProgressJudge.FewestCheckpoints} probed checkpoints from memorization on.",
                "Probe more of them: probe: { checkpoints: [\"spread:30\"] }", run.Name)
            : judged.Select(measure => new JudgedMeasure(run.Name, generalization, measure));
    }

    private static ImmutableArray<MeasureCurve> Curves(ITableStore store, RunDirectory run)
    {
        if (run.ReadProbes(store) is not { } table)
        {
            throw new GrokException("it was not probed.", $"Probe it: grokpipe run {run.Name}/probe", run.Name);
        }
        var (steps, values, repeats) = (table.Int64("step").ToArray(), table.Float64("value").ToArray(), table.Int64("repeat").ToArray());
        return MeasureCurve.Of(Enumerable.Range(0, table.Rows).Select(i =>
            (steps[i], Text("probe", i), Text("target", i), Text("name", i), values[i], Text("control", i), repeats[i])));

        string Text(string column, int row) => table.Text(column)[row] ?? "";
    }
}
