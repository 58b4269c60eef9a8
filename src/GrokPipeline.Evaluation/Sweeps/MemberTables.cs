using System.Collections.Immutable;
using GrokPipeline.Tables;

namespace GrokPipeline.Evaluation.Sweeps;

/// <summary>The results of a sweep as a table: a row per member.</summary>
public static class MemberTables
{
    // The accuracies at which the table of members also gives the generalization step, with the names of their columns.
    private static readonly ImmutableArray<(double Accuracy, string Column)> _thresholds =
        [(0.90, "generalization_step_90"), (0.95, "generalization_step_95"), (0.99, "generalization_step_99")];

    /// <summary>One row per member, in the order of the plan; the descriptions of the columns say what they hold.</summary>
    public static Table Members(SweepSummary summary)
    {
        var axes = summary.Axes;
        var strict = _thresholds.Select(threshold => new SweepCriterion(threshold.Column, threshold.Accuracy))
            .Select(criterion => summary.Total.Members.Select(row => MemberVerdict.Of(row.Member, criterion)).ToArray()).ToArray();
        var builder = new TableBuilder(Schema(axes));
        for (var row = 0; row < summary.Total.Members.Length; row++)
        {
            var (member, verdict) = (summary.Total.Members[row].Member, summary.Total.Members[row].Verdict);
            var cells = new List<Cell> { member.Index, member.Id };
            cells.AddRange(axes.Select(axis => Value(axis, axis.ValueOf(member.Settings))));
            cells.AddRange([
                Step(member.Seed), SweepWords.Of(member.Ending), verdict is null ? null : SweepWords.Of(verdict.Outcome),
                Step(verdict?.MemorizationStep), Step(verdict?.GeneralizationStep), Step(verdict?.Delay), verdict?.Unfinished.Name,
                verdict?.Collapse.Name, verdict is null ? null : verdict.Partial ? "yes" : "no"]);
            cells.AddRange(strict.Select(verdicts => (Cell)Step(verdicts[row].Verdict?.GeneralizationStep)));
            var curve = member.Curve;
            cells.AddRange([
                member.Steps, member.Budget,
                curve.IsEmpty ? double.NaN : curve[^1].Train, curve.IsEmpty ? double.NaN : curve[^1].Validation,
                curve.Select(point => point.Validation).Where(value => !double.IsNaN(value)).DefaultIfEmpty(double.NaN).Max(),
                member.Shift?.Class ?? double.NaN, member.Shift?.Group ?? double.NaN, member.Shift?.ClassExcess ?? double.NaN,
                member.Shift?.GroupExcess ?? double.NaN, member.Error]);
            builder.Add([.. cells]);
        }
        return builder.ToTable();
    }

    private static TableSchema Schema(ImmutableArray<OptionAxis> axes) =>
    [
        new("index", ColumnKind.Int64) { Description = "Place in the plan, from 0." },
        new("member", ColumnKind.Text) { Description = "Id: the first 12 hexadecimal digits of the SHA-256 of its resolved options." },
        .. axes.Select(axis => new Column(axis.Option, axis.Numeric ? ColumnKind.Float64 : ColumnKind.Text)
        {
            Description = "Option that the sweep varies.",
        }),
        Number("seed", "Seed of the repetition; NaN when the sweep repeats nothing."),
        new("ending", ColumnKind.Text) { Description = "How the training ended: budget, generalized, collapsed or failed." },
        new("phase", ColumnKind.Text) { Description = "The verdict by the experiment's definitions; null for a member that failed." },
        Number("memorization_step", "First step of lasting memorization; NaN: not within the run."),
        Number("generalization_step", "First step of lasting generalization; NaN: not within the run."),
        Number("delay", "Generalization step minus memorization step; NaN unless there are both."),
        new("not_reached", ColumnKind.Text)
        {
            Description = "DNF-train or DNF-test; empty when both steps are there; null for a failed member.",
        },
        new("collapse", ColumnKind.Text)
        {
            Description = "not finite, lost memorization or lost generalization; empty when it did not collapse; null for a failed member.",
        },
        new("partial", ColumnKind.Text)
        {
            Description = "yes or no: validation rose after memorization and stayed below its threshold; null for a failed member.",
        },
        .. _thresholds.Select(threshold => Number(
            threshold.Column, $"Generalization step at validation accuracy {threshold.Accuracy:0.00}; NaN: not within the run.")),
        new("steps", ColumnKind.Int64) { Description = "Steps made." },
        new("budget", ColumnKind.Int64) { Description = "Steps allowed." },
        Number("train_accuracy", "Accuracy on the split of memorization at the last evaluation; NaN when there is none."),
        Number("validation_accuracy", "Accuracy on the split of generalization at the last evaluation; NaN when there is none."),
        Number("best_validation_accuracy", "Best accuracy on the split of generalization; NaN when there is none."),
        Number(
            "class_shift", "Total variation over classes between train and the split of generalization; NaN: all have the same data."),
        Number("group_shift", "The same over groups; NaN also for data without groups."),
        Number("class_shift_excess", "class_shift minus what relabelled rows give on average."),
        Number("group_shift_excess", "group_shift minus what relabelled rows give on average."),
        new("error", ColumnKind.Text) { Description = "The problem that ended it; null unless it failed." },
    ];

    private static Column Number(string name, string description) => new(name, ColumnKind.Float64) { Description = description };

    private static Cell Value(OptionAxis axis, string value) => axis.Numeric ? OptionAxis.Number(value) ?? double.NaN : value;

    private static double Step(long? step) => step ?? double.NaN;
}
