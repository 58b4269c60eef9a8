using GrokPipeline.Evaluation;
using GrokPipeline.Evaluation.Stopping;
using GrokPipeline.Evaluation.Sweeps;
using GrokPipeline.Stages.Reporting;
using GrokPipeline.Stages.Trainings;
using GrokPipeline.Tables;
using GrokPipeline.Training;

namespace GrokPipeline.Stages.Sweeps;

/// <summary>The members and their curves as tables that name sweep and plan, so that those of many plans can be asked together.</summary>
internal static class SweepTables
{
    /// <summary>One row for each member that has ended, in the order of the plan.</summary>
    public static Table Members(SweepPlan plan, SweepSummary summary) => MemberTables.Members(summary).With(
        ColumnValues.Of("sweep", Same(plan.Sweep, summary.Total.Members.Length), "Name of the sweep."),
        ColumnValues.Of("plan", Same(plan.Id, summary.Total.Members.Length), "Id of the plan."),
        ColumnValues.Of(
            "nonfinite", (bool[])[.. summary.Total.Members.Select(member => member.Member.Nonfinite)],
            "Whether a loss, gradient or weight was not finite."));

    /// <summary>All that was measured, as in the metrics of an experiment, by member and step.</summary>
    public static Table Curves(
        SweepPlan plan, IReadOnlyList<(SweepMember Member, IReadOnlyList<(long Step, Measurement Measurement)> Rows)> members)
    {
        var rows = members.SelectMany(pair => pair.Rows.Select(row => (pair.Member, row.Step, row.Measurement))).ToArray();
        return Table.Of(
            ColumnValues.Of("sweep", Same(plan.Sweep, rows.Length), "Name of the sweep."),
            ColumnValues.Of("plan", Same(plan.Id, rows.Length), "Id of the plan."),
            ColumnValues.Of("index", [.. rows.Select(row => (long)row.Member.Index)], "Place of the member in the plan, from 0."),
            ColumnValues.Of("member", (string?[])[.. rows.Select(row => row.Member.Id)], "Id of the member."),
            ColumnValues.Of("step", [.. rows.Select(row => row.Step)], "Optimizer steps done; 0 is the untrained model."),
            ColumnValues.Of("split", (string?[])[.. rows.Select(row => row.Measurement.Split)], "Split of the dataset, or model."),
            ColumnValues.Of("metric", (string?[])[.. rows.Select(row => row.Measurement.Metric)], "What was measured."),
            ColumnValues.Of("value", (double[])[.. rows.Select(row => row.Measurement.Value)], "The number."));
    }

    /// <summary>The time of grokking of each member by each definition, as a report has them for an experiment.</summary>
    public static Table Times(SweepPlan plan, IEnumerable<SweepMember> members)
    {
        var rows = members.Where(member => !member.Curve.IsEmpty).SelectMany(member =>
            GrokkingTimes.Of(member.Curve, member.Definitions.Band).Select(time => (Member: member, Time: time))).ToArray();
        return LogTables.OfTimes(plan.Sweep, rows.Select(row => row.Time), "sweep").With(
            ColumnValues.Of("plan", Same(plan.Id, rows.Length), "Id of the plan."),
            ColumnValues.Of("index", [.. rows.Select(row => (long)row.Member.Index)], "Place of the member in the plan, from 0."),
            ColumnValues.Of("member", (string?[])[.. rows.Select(row => row.Member.Id)], "Id of the member."));
    }

    /// <summary>
    /// What stopping rules would have done to each member that used its budget; one that was ended early says nothing of later.
    /// </summary>
    public static Table Stops(
        SweepPlan plan, IReadOnlyList<(SweepMember Member, IReadOnlyList<(long Step, Measurement Measurement)> Rows)> members)
    {
        var judged = members.Where(pair => pair.Member is { Ending: MemberEnding.Budget, Curve.IsEmpty: false }).SelectMany(pair =>
            StoppingRules.Judge(GrokkingCurve.Log(pair.Rows), pair.Member.Definitions).Select(stop => (pair.Member, Stop: stop))).ToArray();
        SweepMember[] rows = [.. judged.SelectMany(pair => Enumerable.Repeat(pair.Member, Math.Max(1, pair.Stop.Costs.Length)))];
        return LogTables.OfStops(plan.Sweep, judged.Select(pair => pair.Stop), "sweep").With(
            ColumnValues.Of("plan", Same(plan.Id, rows.Length), "Id of the plan."),
            ColumnValues.Of("index", [.. rows.Select(row => (long)row.Index)], "Place of the member in the plan, from 0."),
            ColumnValues.Of("member", (string?[])[.. rows.Select(row => row.Id)], "Id of the member."));
    }

    private static string?[] Same(string text, int rows) => [.. Enumerable.Repeat(text, rows)];
}
