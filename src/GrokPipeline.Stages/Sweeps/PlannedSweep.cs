using System.Globalization;
using GrokPipeline.Stages.Files;
using GrokPipeline.Stages.Running;

namespace GrokPipeline.Stages.Sweeps;

/// <summary>
/// A plan in a file, whose members are trained one by one by whoever drives them: a cluster's scheduler, a loop in a shell. No pipeline
/// file is needed, and any number of processes may work on one plan: each locks its member alone.
/// </summary>
public sealed class PlannedSweep
{
    private readonly SweepFolder _folder;

    private PlannedSweep(SweepPlan plan, SweepFolder folder) => (Plan, _folder) = (plan, folder);

    /// <summary>The plan.</summary>
    public SweepPlan Plan { get; }

    /// <summary>Where its members are.</summary>
    internal SweepFolder Folder => _folder;

    /// <summary>Opens a plan.</summary>
    /// <param name="path">
    /// Its file. One that lies in its own folder, <c>models/sweeps/NAME/ID/</c>, has its results there too; those of another are below
    /// <paramref name="workspace"/>.
    /// </param>
    /// <param name="workspace">The folder of <c>models/</c> for a plan that lies elsewhere.</param>
    /// <exception cref="GrokException">It is missing, or was changed after it was made.</exception>
    public static PlannedSweep Open(string path, string workspace)
    {
        var plan = SweepPlan.Read(path, path);
        var own = Path.GetDirectoryName(Path.GetFullPath(path));
        var parts = own?.Split(Path.DirectorySeparatorChar) ?? [];
        if (parts.Length > 4 && parts[^1] == plan.Id && parts[^2] == plan.Sweep && parts[^3] == SweepFolder.Name)
        {
            workspace = Path.GetFullPath(Path.Combine(own!, "..", "..", "..", ".."));            // not null: it has parts
        }
        return new PlannedSweep(plan.In(workspace), new SweepFolder(new Workspace(workspace, new DurableFile()), plan.Sweep));
    }

    /// <summary>Trains one member, unless it has a result.</summary>
    /// <param name="index">Its place in the plan, from 0.</param>
    /// <param name="tools">What to train with.</param>
    /// <param name="stop">Ends it between two steps, with a state to resume from.</param>
    /// <returns>What it came to, and whether that was known before.</returns>
    /// <exception cref="GrokException">There is no such member, it cannot be trained, or another process trains it.</exception>
    public (MemberEnded Ended, bool Before) Run(int index, PipelineTools tools, CancellationToken stop)
    {
        if (index < 0 || index >= Plan.Count)
        {
            throw new GrokException(
                $"the plan has {Words.Count(Plan.Count, "member")}; there is no member {index}.",
                string.Create(CultureInfo.InvariantCulture, $"Give a number from 0 to {Plan.Count - 1}."), "--index");
        }
        var member = Plan.Members[index];
        using var held = FolderLock.Take(
            _folder.Files, _folder.MemberLock(member.Id), _folder.Workspace.Display(_folder.Member(member.Id)), Libc.Lock.Exclusive,
            tools.Clock);
        if (MemberResult.Find(_folder, member.Id) is { } known) { return (Ended(member, known, 0), true); }
        var begin = tools.Clock.GetTimestamp();
        try
        {
            var options = member.Options(Plan.Heading);
            using var bench = new Workbench();
            using var data = new SharedData([options.TrainData]).Take(options.TrainData);
            var result = new MemberRun(_folder, tools, member, options).Run(data, bench, stop);
            return (Ended(member, result, tools.Clock.GetElapsedTime(begin).TotalSeconds), false);
        }
        catch (Exception error) when ((error is GrokException { Kind: not ProblemKind.Stopped }) || Problems.IsOfMachine(error))
        {
            var problem = Problems.Of(error, $"member {index}");
            new MemberFailure(problem.Kind, $"{problem.Problem} {problem.Remedy}".Trim()).Write(_folder.Files, _folder.Member(member.Id));
            throw new GrokException(problem.Problem, problem.Remedy, problem.Where ?? $"member {index}", problem.Kind, error);
        }
    }

    private MemberEnded Ended(PlannedMember member, MemberResult result, double seconds) => new(
        $"{SweepFolder.Name}/{Plan.Sweep}", member.Index, member.Id, member.Described, MemberResult.Name(result.Ending), result.Steps,
        seconds);
}
