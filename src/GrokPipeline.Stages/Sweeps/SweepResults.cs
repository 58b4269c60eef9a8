using System.Text.Json.Nodes;
using GrokPipeline.Evaluation.Sweeps;
using GrokPipeline.Stages.Files;
using GrokPipeline.Stages.Trainings;

namespace GrokPipeline.Stages.Sweeps;

/// <summary>From the members' folders to tables and report of a plan. A function of those folders: made again, the same bytes.</summary>
internal sealed class SweepResults(SweepFolder folder, SweepPlan plan, PipelineTools tools)
{
    /// <summary>The table with one row for each member.</summary>
    public const string MembersName = "members.parquet";

    /// <summary>The table of all curves.</summary>
    public const string CurvesName = "curves.parquet";

    /// <summary>The table of the time of grokking of each member by each definition.</summary>
    public const string TimesName = "member_times.parquet";

    /// <summary>The table of what stopping rules would have done to each member.</summary>
    public const string StopsName = "member_stops.parquet";

    private const int Revision = 3;

    /// <summary>The members that have ended, in the order of the plan, with what they measured; failed ones without a result too.</summary>
    /// <exception cref="GrokException">Of kind Integrity: a result changed since it was written.</exception>
    public IEnumerable<(SweepMember Member, IReadOnlyList<(long Step, Training.Measurement Measurement)> Rows)> Members()
    {
        foreach (var planned in plan.Members)
        {
            var place = folder.Member(planned.Id);
            var path = Path.Combine(place, MemberResult.FileName);
            if (File.Exists(path))
            {
                var result = MemberResult.Read(path, planned.Id, folder.Workspace.Display(path));
                yield return (Ended(plan, planned, result), result.Rows);
            }
            else if (MemberFailure.Read(place) is { } failure) { yield return (FailedOne(planned, failure), []); }
        }
    }

    /// <summary>Writes tables and report, unless they are those of the members as they are.</summary>
    /// <returns>The plan's folder, for people; null when a result is damaged.</returns>
    public string? Write()
    {
        try
        {
            var record = StageRecord.Of(
                "sweep", Revision, new JsonObject { ["plan"] = plan.Hash }, Inputs(), $"{tools.Store.Name} {tools.Store.Version}");
            if (!IsCurrent(record)) { Make(record); }
            folder.Files.DeleteFolder(Path.Combine(folder.Plan(plan), StageFolder.WorkName));
            return folder.Workspace.Display(folder.Plan(plan));
        }
        catch (GrokException error) when (error.Kind == ProblemKind.Integrity) { return null; }      // told member by member
    }

    private bool IsCurrent(StageRecord record)
    {
        try
        {
            return ((string[])[SweepFolder.Tables, SweepFolder.Report]).Select(output => Path.Combine(folder.Plan(plan), output)).All(
                place => StageRecord.Read(place)?.Key == record.Key && Manifest.Read(place).FirstDifference(place) is null);
        }
        catch (GrokException) { return false; }                                 // made again from the members
    }

    private void Make(StageRecord record)
    {
        var work = StageFolder.Open(folder.Files, folder.Plan(plan), SweepFolder.Tables, record.Key);
        var members = WithShifts(Members().ToList());
        var place = folder.Plan(plan);
        var content = SweepReporting.Content(
            plan.Sweep, plan.Heading.Title, plan.Id, $"grokpipe sweep run {plan.Sweep}", tools.Version, plan.Count,
            [.. members.Select(member => member.Member)]);
        tools.Store.Write(
            work.At(Path.Combine(SweepFolder.Tables, MembersName)), SweepTables.Members(plan, SweepSummary.Of(content.Members)));
        tools.Store.Write(work.At(Path.Combine(SweepFolder.Tables, CurvesName)), SweepTables.Curves(plan, members));
        tools.Store.Write(
            work.At(Path.Combine(SweepFolder.Tables, TimesName)), SweepTables.Times(plan, members.Select(member => member.Member)));
        tools.Store.Write(work.At(Path.Combine(SweepFolder.Tables, StopsName)), SweepTables.Stops(plan, members));
        SweepReporting.WriteReport(folder.Files, Path.Combine(work.Path, SweepFolder.Report), content);
        foreach (var output in (string[])[SweepFolder.Tables, SweepFolder.Report])
        {
            var built = Path.Combine(work.Path, output);
            StageFolder.Seal(folder.Files, built, record);
            StageFolder.Place(folder.Files, built, Path.Combine(place, output));
        }
    }

    private List<(SweepMember Member, IReadOnlyList<(long Step, Training.Measurement Measurement)> Rows)> WithShifts(
        List<(SweepMember Member, IReadOnlyList<(long Step, Training.Measurement Measurement)> Rows)> members)
    {
        var options = members.Where(pair => pair.Member.Ending != MemberEnding.Failed)
            .ToDictionary(pair => pair.Member.Index, pair => plan.Members[pair.Member.Index].Options(plan.Heading));
        var shifts = new MemberShifts(options.Values);
        return [.. members.Select(pair => options.TryGetValue(pair.Member.Index, out var own)
            ? (pair.Member with { Shift = shifts.Of(own) }, pair.Rows) : pair)];
    }

    // What the tables are made from: the results by their own bytes.
    private Dictionary<string, string> Inputs()
    {
        var inputs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var member in plan.Members)
        {
            foreach (var name in (string[])[MemberResult.FileName, MemberFailure.FileName])
            {
                var path = Path.Combine(folder.Member(member.Id), name);
                if (File.Exists(path)) { inputs[$"{member.Id}/{name}"] = FileHash.Of(path); }
            }
        }
        return inputs;
    }

    /// <summary>A member with its result, as verdicts need it.</summary>
    public static SweepMember Ended(SweepPlan plan, PlannedMember planned, MemberResult result)
    {
        var definitions = planned.Options(plan.Heading).Experiment.Options.Grokking;
        return new SweepMember
        {
            Index = planned.Index, Id = planned.Id, Settings = planned.Settings, Seed = planned.Seed, Ending = result.Ending,
            Budget = result.Budget, Steps = result.Steps, Nonfinite = result.Nonfinite, Definitions = definitions,
            Curve = [.. GrokkingCurve.Points(result.Rows, definitions)],
        };
    }

    private SweepMember FailedOne(PlannedMember planned, MemberFailure failure)
    {
        var options = planned.Options(plan.Heading).Experiment.Options;
        return new SweepMember
        {
            Index = planned.Index, Id = planned.Id, Settings = planned.Settings, Seed = planned.Seed, Ending = MemberEnding.Failed,
            Error = failure.Problem, Budget = options.Train.Steps, Steps = 0, Definitions = options.Grokking, Curve = [],
        };
    }
}
