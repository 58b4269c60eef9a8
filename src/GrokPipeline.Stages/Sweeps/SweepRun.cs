using System.Collections.Immutable;
using GrokPipeline.Stages.Files;
using GrokPipeline.Stages.Running;

namespace GrokPipeline.Stages.Sweeps;

/// <summary>
/// Runs a sweep: the members that have no result yet, then the tables over all. What is done is read from the folders each time, so that
/// the same command goes on wherever the last one ended, however it ended.
/// </summary>
public sealed class SweepRun
{
    private readonly PipelineFile _file;
    private readonly Sweep _sweep;
    private readonly PipelineTools _tools;
    private readonly Action<RunEvent> _tell;
    private readonly SweepFolder _folder;

    /// <summary>Prepares a run; nothing is done yet.</summary>
    /// <param name="file">The pipeline.</param>
    /// <param name="sweep">The sweep's name.</param>
    /// <param name="tools">What to run with.</param>
    /// <param name="tell">Hears of progress; called from several threads at once.</param>
    /// <exception cref="GrokException">There is no such sweep.</exception>
    public SweepRun(PipelineFile file, string sweep, PipelineTools tools, Action<RunEvent> tell)
        : this(file, sweep, tools, tell, new DurableFile())
    {
    }

    internal SweepRun(PipelineFile file, string sweep, PipelineTools tools, Action<RunEvent> tell, DurableFile files)
    {
        (_file, _sweep, _tools, _tell) = (file, file.FindSweep(sweep), tools, tell);
        _folder = new SweepFolder(new Workspace(file.Workspace, files), sweep);
    }

    /// <summary>What events call the sweep.</summary>
    public string Target => $"{SweepFolder.Name}/{_sweep.Name}";

    /// <summary>Resolves and checks every member; writes nothing.</summary>
    /// <exception cref="GrokException">An option is unknown, there are too many members, or two that are the same.</exception>
    public SweepPlan Plan() => new SweepPlanner(_file, _sweep).Plan();

    /// <summary>Writes the plan into its folder.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="path">Another place for it; null for its own folder.</param>
    /// <returns>Where it lies.</returns>
    /// <exception cref="GrokException">A plan in its folder was changed, or the other place is one for a hash.</exception>
    public string Write(SweepPlan plan, string? path = null)
    {
        if (path is null)
        {
            _folder.Keep(plan);
            return _folder.Workspace.Display(_folder.PlanFile(plan));
        }
        if (SweepPlan.HashFileOf(path) == path)
        {
            throw new GrokException($"{path} is the file of the plan's hash.", "Give another ending, for instance .jsonl.", "--out");
        }
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } parent) { _folder.Files.CreateFolder(parent); }
        plan.Write(_folder.Files, path);
        return path;
    }

    /// <summary>How many members of a plan have no result.</summary>
    public int Missing(SweepPlan plan) => plan.Members.Count(
        member => !File.Exists(Path.Combine(_folder.Member(member.Id), MemberResult.FileName)));

    /// <summary>Plans and runs.</summary>
    internal SweepOutcome Run(SweepRequest request, CancellationToken stop = default) => Run(Plan(), request, stop);

    /// <summary>Runs.</summary>
    /// <param name="plan">What <see cref="Plan"/> gave.</param>
    /// <param name="request">What is asked for.</param>
    /// <param name="stop">Ends all members between two steps.</param>
    /// <returns>What was done; failures of members are in it, not thrown.</returns>
    /// <exception cref="GrokException">The folder is in use, or a plan in it was changed.</exception>
    public SweepOutcome Run(SweepPlan plan, SweepRequest request, CancellationToken stop = default)
    {
        Train.EngineOf(_file.Find(_sweep.Options.Experiment).Options.Train, _tools, Target);        // told before anything is written
        using var held = FolderLock.Take(_folder.Files, _folder.Lock, _folder.Shown, Libc.Lock.Exclusive, _tools.Clock);
        _tell(new StageStarted(Target, $"plan {plan.Id}, {Words.Count(plan.Count, "member")}"));
        var begin = _tools.Clock.GetTimestamp();
        var outcome = RunOne(plan, request, stop);
        for (var round = 1; round <= request.Refine && outcome is { Stopped: false, Failed.IsEmpty: true }; round++)
        {
            var finer = Refinement.Of(_file, _sweep, outcome.Plan, _folder, text => _tell(new RunWarning(Target, text)));
            if (finer is null) { break; }
            var before = outcome;
            outcome = RunOne(finer, request, stop);
            outcome = outcome with { Trained = outcome.Trained + before.Trained, Before = before.Before };
        }
        if (request.Refine > 0 && !outcome.Failed.IsEmpty)
        {
            _tell(new RunWarning(Target, "is not refined any further: members failed, so that outcomes are missing"));
        }
        if (!outcome.Stopped)
        {
            _tell(new StageFinished(
                Target, $"{outcome.Trained:N0} of {outcome.Plan.Count:N0} members trained now",
                _tools.Clock.GetElapsedTime(begin).TotalSeconds));
        }
        return outcome;
    }

    /// <summary>Writes the tables from the members that have ended, of the sweep's plan and of its refinements.</summary>
    /// <returns>The plans with their folders; a folder is null when a result in it is damaged.</returns>
    public IReadOnlyList<(SweepPlan Plan, string? Folder)> Collect()
    {
        var plan = Plan();
        using var held = FolderLock.Take(_folder.Files, _folder.Lock, _folder.Shown, Libc.Lock.Exclusive, _tools.Clock);
        _folder.Keep(plan);
        return [.. SweepStatus.Chain(plan, _folder).Select(each => (each, new SweepResults(_folder, each, _tools).Write()))];
    }

    private SweepOutcome RunOne(SweepPlan plan, SweepRequest request, CancellationToken stop)
    {
        _folder.Keep(plan);
        var damaged = new List<FailedMember>();
        var waiting = plan.Members.Where(member => IsWaiting(member, request.Repair, damaged))
            .Select(member => (member, member.Options(plan.Heading))).ToImmutableArray();
        var done = plan.Count - waiting.Length - damaged.Count;
        var pool = new MemberPool(_folder, _tools, Target, waiting, _sweep.Options.OnFailure.StopAfter, _tell);
        if (waiting.Length > 0) { pool.Run(request.Threads > 0 ? request.Threads : Environment.ProcessorCount, done, stop); }
        ImmutableArray<FailedMember> failed = [.. damaged.Concat(pool.Failed).OrderBy(member => member.Index)];
        var stopped = stop.IsCancellationRequested && done + pool.Trained + failed.Length < plan.Count;
        var folder = stopped ? null : new SweepResults(_folder, plan, _tools).Write();
        return new SweepOutcome
        {
            Plan = plan, Trained = pool.Trained, Before = done, Failed = failed, Stopped = stopped, GaveUp = pool.GaveUp, Folder = folder,
        };
    }

    // True when a member has no result. One whose result was changed, or is that of another member, is told of, and left alone unless it
    // is to be made again.
    private bool IsWaiting(PlannedMember member, bool repair, List<FailedMember> damaged)
    {
        try
        {
            if (MemberResult.Find(_folder, member.Id) is null) { return true; }
            MemberRun.Tidy(_folder, member.Id);
            return false;
        }
        catch (GrokException error) when (error.Kind == ProblemKind.Integrity)
        {
            if (repair)
            {
                _folder.Files.DeleteFolder(_folder.Member(member.Id));
                return true;
            }
            damaged.Add(new FailedMember(member.Index, member.Id, member.Described, error));
            _tell(new RunWarning(Target, error.Message));
            return false;
        }
    }
}
