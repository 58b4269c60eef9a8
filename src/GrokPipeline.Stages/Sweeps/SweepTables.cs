using GrokPipeline.Evaluation;
using GrokPipeline.Evaluation.Sweeps;
using GrokPipeline.Stages.Trainings;
using GrokPipeline.Tables;
using GrokPipeline.Training;

namespace GrokPipeline.Stages.Sweeps;

/// <summary>The members and their curves as tables.</summary>
internal static class SweepTables
{
    /// <summary>
    /// One row for each member: <c>sweep, plan, member, index, seed, ending, error, budget, steps, nonfinite, verdict, memorization_step,
    /// generalization_step</c>, and a column for each option that is varied, named by its path.
    /// </summary>
    public static Table Members(SweepPlan plan, IReadOnlyList<SweepMember> members)
    {
        var verdicts = members.Select(
            member => member.Curve.Length == 0 ? null : Grokking.Analyze(member.Curve, member.Definitions, member.Nonfinite)).ToArray();
        ColumnValues[] columns =
        [
            ColumnValues.Of("sweep", Same(plan.Sweep, members.Count), "Name of the sweep."),
            ColumnValues.Of("plan", Same(plan.Id, members.Count), "Id of the plan."),
            ColumnValues.Of("member", (string?[])[.. members.Select(member => member.Id)], "Id of the member."),
            ColumnValues.Of("index", [.. members.Select(member => (long)member.Index)], "Place in the plan, from 0."),
            ColumnValues.Of("seed", [.. members.Select(member => member.Seed ?? -1)], "Number of the repetition; -1 for none."),
            ColumnValues.Of("ending", (string?[])[.. members.Select(member => MemberResult.Name(member.Ending))], "How training ended."),
            ColumnValues.Of("error", (string?[])[.. members.Select(member => member.Error)], "Why it failed; empty unless it did."),
            ColumnValues.Of("budget", [.. members.Select(member => member.Budget)], "Steps allowed."),
            ColumnValues.Of("steps", [.. members.Select(member => member.Steps)], "Steps made."),
            ColumnValues.Of("nonfinite", (bool[])[.. members.Select(member => member.Nonfinite)], "A number was not finite."),
            ColumnValues.Of(
                "verdict", (string?[])[.. verdicts.Select(verdict => verdict is null ? null : GrokkingCurve.Name(verdict.Outcome))],
                "What became of it, by the experiment's definitions."),
            ColumnValues.Of(
                "memorization_step", [.. verdicts.Select(verdict => verdict?.MemorizationStep ?? -1)], "First step; -1: not within its steps."),
            ColumnValues.Of(
                "generalization_step", [.. verdicts.Select(verdict => verdict?.GeneralizationStep ?? -1)],
                "First step; -1: not within its steps."),
            .. Options(plan).Select(option => Setting(option, members)),
        ];
        return Table.Of(columns);
    }

    /// <summary>All measurements: <c>sweep, plan, member, index, step, split, metric, value</c>.</summary>
    public static Table Curves(
        SweepPlan plan, IReadOnlyList<(SweepMember Member, IReadOnlyList<(long Step, Measurement Measurement)> Rows)> members)
    {
        var rows = members.SelectMany(pair => pair.Rows.Select(row => (pair.Member, row.Step, row.Measurement))).ToArray();
        return Table.Of(
            ColumnValues.Of("sweep", Same(plan.Sweep, rows.Length), "Name of the sweep."),
            ColumnValues.Of("plan", Same(plan.Id, rows.Length), "Id of the plan."),
            ColumnValues.Of("member", (string?[])[.. rows.Select(row => row.Member.Id)], "Id of the member."),
            ColumnValues.Of("index", [.. rows.Select(row => (long)row.Member.Index)], "Place in the plan, from 0."),
            ColumnValues.Of("step", [.. rows.Select(row => row.Step)], "Optimizer steps done; 0 is the untrained model."),
            ColumnValues.Of("split", (string?[])[.. rows.Select(row => row.Measurement.Split)], "Split of the dataset, or model."),
            ColumnValues.Of("metric", (string?[])[.. rows.Select(row => row.Measurement.Metric)], "What was measured."),
            ColumnValues.Of("value", (double[])[.. rows.Select(row => row.Measurement.Value)], "The number."));
    }

    private static IEnumerable<string> Options(SweepPlan plan) =>
        plan.Members.SelectMany(member => member.Settings.Select(setting => setting.Option)).Distinct(StringComparer.Ordinal);

    // Numbers when all are, so that they can be compared and drawn; otherwise as written.
    private static ColumnValues Setting(string option, IReadOnlyList<SweepMember> members)
    {
        var texts = members.Select(member => member.Settings.FirstOrDefault(setting => setting.Option == option).Value).ToArray();
        var numbers = texts.Select(text => text is null ? null : RangeValues.Number(text)).ToArray();
        return texts.Length > 0 && numbers.All(number => number is not null)
            ? ColumnValues.Of(option, (double[])[.. numbers.Select(number => number ?? 0)], "Varied option.")
            : ColumnValues.Of(option, texts, "Varied option.");
    }

    private static string?[] Same(string text, int rows) => [.. Enumerable.Repeat(text, rows)];
}
