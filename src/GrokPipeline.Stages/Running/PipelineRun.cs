using System.Collections.Concurrent;
using System.Collections.Immutable;
using GrokPipeline.Stages.Files;
using GrokPipeline.Stages.Reporting;

namespace GrokPipeline.Stages.Running;

/// <summary>Runs what is out of date: datasets first, then the experiments, each stage after those that it reads.</summary>
public sealed class PipelineRun
{
    private readonly PipelineFile _file;
    private readonly PipelineTools _tools;
    private readonly Action<RunEvent> _tell;
    private readonly Workspace _workspace;
    private readonly StageGraph _graph;
    private readonly ConcurrentQueue<string> _ran = [];
    private readonly ConcurrentQueue<string> _upToDate = [];
    private readonly ConcurrentQueue<StageFailed> _failures = [];
    private readonly ConcurrentQueue<string> _missed = [];
    private readonly ConcurrentQueue<ExperimentSummary> _summaries = [];

    /// <summary>Prepares a run; nothing is done yet.</summary>
    /// <param name="file">What to run.</param>
    /// <param name="tools">What to run with.</param>
    /// <param name="tell">Hears of progress; may be called from several threads at once.</param>
    public PipelineRun(PipelineFile file, PipelineTools tools, Action<RunEvent> tell)
        : this(file, tools, tell, new DurableFile())
    {
    }

    internal PipelineRun(PipelineFile file, PipelineTools tools, Action<RunEvent> tell, DurableFile files)
    {
        (_file, _tools, _tell) = (file, tools, tell);
        _workspace = new Workspace(file.Workspace, files);
        _graph = new StageGraph(file, _workspace, tools);
    }

    /// <summary>Runs.</summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="stop">Stops at the next safe point.</param>
    /// <returns>What was done; failures are in it, not thrown.</returns>
    /// <exception cref="GrokException">A target is unknown.</exception>
    public RunOutcome Run(RunRequest request, CancellationToken stop = default)
    {
        var named = _graph.Named(request.Targets);
        RunChecks.Only(request.Only);
        RunChecks.Engines(_file, _tools);
        var selected = StageGraph.WithInputs(named);
        var forced = request.Force ? named.Where(stage => request.Only is null || stage.Kind == request.Only).ToImmutableHashSet() : [];
        var plan = new Plan(request, forced, stop);
        if (request.DryRun) { Preview(selected, plan); }
        else
        {
            foreach (var dataset in selected.OfType<Generate>()) { RunDataset(dataset, plan); }
            var experiments = _graph.Experiments.Select(
                pair => (pair.Experiment, Stages: pair.Stages.Where(selected.Contains).ToImmutableArray()))
                .Where(pair => pair.Stages.Length > 0).ToArray();
            var workers = Math.Clamp(request.Parallel, 1, Math.Max(1, experiments.Length));
            var threads = Math.Max(1, (request.Threads > 0 ? request.Threads : Environment.ProcessorCount) / workers);
            Rounds.Run(workers, experiments, pair => RunExperiment(pair.Experiment, pair.Stages, plan with { Threads = threads }));
            WriteIndex();
        }
        var order = selected.Select((stage, i) => (stage.Target, i))
            .ToDictionary(pair => pair.Target, pair => pair.i, StringComparer.Ordinal);
        return new RunOutcome
        {
            Ran = [.. _ran.OrderBy(target => order[target])],
            UpToDate = [.. _upToDate.OrderBy(target => order[target])],
            Failures = [.. _failures],
            Missed = [.. _missed],
            Summaries = [.. _file.Experiments.SelectMany(e => _summaries.Where(summary => summary.Target == e.Name))],
        };
    }

    private sealed record Plan(RunRequest Request, ImmutableHashSet<Stage> Forced, CancellationToken Stop, int Threads = 0)
    {
        public bool Leaves(Stage stage) => Request.Only is { } only && stage.Kind != only;
    }

    // What would run. A stage that reads another which would run is shown too, although the same bytes may spare it.
    private void Preview(ImmutableArray<Stage> selected, Plan plan)
    {
        var states = new StageStates(_workspace);
        var running = new HashSet<Stage>();
        foreach (var stage in selected)
        {
            var state = states.Of(stage);
            var first = stage.Inputs.Select(input => input.Producer).FirstOrDefault(running.Contains);
            var reason = plan.Forced.Contains(stage) ? "--force" : first is not null ? $"{first.Target} is made first" : state.Reason;
            if (plan.Leaves(stage) || (state.IsUpToDate && reason.Length == 0))
            {
                _upToDate.Enqueue(stage.Target);
                _tell(new StageUpToDate(stage.Target));
                continue;
            }
            running.Add(stage);
            if (state.Damage is { } damage && !plan.Forced.Contains(stage))        // a run would stop here, so its preview says so
            {
                var failure = new StageFailed(stage.Target, damage);
                _failures.Enqueue(failure);
                _tell(failure);
                continue;
            }
            _ran.Enqueue(stage.Target);
            _tell(new StagePlanned(stage.Target, reason));
        }
    }

    private void RunDataset(Generate dataset, Plan plan) => Guarded(dataset.Target, null, () =>
    {
        var states = new StageStates(_workspace);
        if (!Needs(dataset, states, plan)) { return; }
        using var held = FolderLock.Take(
            _workspace.Files, _workspace.DatasetLock(dataset.Entry.Name), dataset.Target, Libc.Lock.Exclusive, _tools.Clock,
            plan.Request.Wait);
        states.Forget(dataset);
        if (Needs(dataset, states, plan)) { RunStage(dataset, states, plan, null); }
    });

    private void RunExperiment(Experiment experiment, ImmutableArray<Stage> stages, Plan plan) => Guarded(experiment.Name, experiment, () =>
    {
        var others = stages.SelectMany(stage => stage.Inputs).Select(input => input.Producer)
            .Where(producer => producer.Experiment != experiment.Name).Distinct().ToArray();
        var states = new StageStates(_workspace);
        if (others.Any(other => HasFailed(other, states))) { return; }          // its dataset or its start, which was told
        using var shared = new LockSet();
        foreach (var start in others.OfType<Train>().Where(start => Directory.Exists(start.Root)))
        {
            shared.Add(FolderLock.Take(
                _workspace.Files, _workspace.ExperimentLock(start.Experiment!), $"models/{start.Experiment}", Libc.Lock.Shared,
                _tools.Clock, plan.Request.Wait));                               // not null: a training belongs to an experiment
        }
        foreach (var dataset in others.OfType<Generate>().OrderBy(dataset => dataset.Entry.Name, StringComparer.Ordinal))
        {
            var path = _workspace.DatasetLock(dataset.Entry.Name);
            if (Directory.Exists(_workspace.Dataset(dataset.Entry.Name)))
            {
                shared.Add(FolderLock.Take(_workspace.Files, path, dataset.Target, Libc.Lock.Shared, _tools.Clock, plan.Request.Wait));
            }
        }
        var seen = stages.Where(stage => !Needs(stage, states, plan, tell: false)).ToHashSet();
        if (seen.Count == stages.Length && IsTidy(experiment, stages, states))
        {
            foreach (var stage in stages) { Skip(stage); }
        }
        else
        {
            using var held = FolderLock.Take(
                _workspace.Files, _workspace.ExperimentLock(experiment.Name), $"models/{experiment.Name}", Libc.Lock.Exclusive,
                _tools.Clock,
                plan.Request.Wait);
            RunChain(experiment, stages, plan);
        }
        Conclude(experiment, stages);
    });

    private bool HasFailed(Stage stage, StageStates states) =>
        _failures.Any(failure => failure.Target == stage.Target || failure.Target == stage.Experiment) && !states.Of(stage).IsUpToDate;

    private void RunChain(Experiment experiment, ImmutableArray<Stage> stages, Plan plan)
    {
        var states = new StageStates(_workspace);               // looked at anew: another process may have worked here until now
        foreach (var path in Unfinished(experiment).ToArray()) { _workspace.Files.Delete(path); }
        _workspace.Files.ReplaceText(_workspace.IndexIsDue, "", durable: false);
        var journal = new Journal(_workspace, experiment, _tools, plan.Request.Command, plan.Threads);
        foreach (var stage in stages)
        {
            if (Needs(stage, states, plan))
            {
                journal.Begin(stage.Target);
                RunStage(stage, states, plan, journal);
            }
            else { _workspace.Files.DeleteFolder(LeftOver(stage, states)); }
        }
        journal.Complete();
    }

    // False when a run ended between its last stage and its last file.
    private bool IsTidy(Experiment experiment, ImmutableArray<Stage> stages, StageStates states) =>
        !stages.Any(stage => Directory.Exists(LeftOver(stage, states))) && !Unfinished(experiment).Any()
        && (stages.Length < StageGraph.Kinds.Length || Derived.AreCurrent(_workspace, experiment));

    private IEnumerable<string> Unfinished(Experiment experiment) => Directory.Exists(_workspace.Experiment(experiment.Name))
        ? Directory.EnumerateFiles(_workspace.Experiment(experiment.Name), $"*{DurableFile.TemporarySuffix}")
        : [];

    // The work folder of a finished stage, which is there only when a run ended before it was removed.
    private static string LeftOver(Stage stage, StageStates states) =>
        states.Of(stage).Record is { } record ? StageFolder.WorkPath(stage.Root, stage.WorkName, record.Key) : "";

    private bool Needs(Stage stage, StageStates states, Plan plan, bool tell = true)
    {
        var state = states.Of(stage);
        if (plan.Forced.Contains(stage)) { return !_ran.Contains(stage.Target); }
        if (state.IsUpToDate || (plan.Leaves(stage) && stage is not Generate))
        {
            if (tell) { Skip(stage); }
            return false;
        }
        if (state.Damage is { } damage) { throw damage; }
        if (plan.Leaves(stage))
        {
            throw new GrokException(
                $"{stage.Target} is out of date ({state.Reason}).", $"Run again without --only {plan.Request.Only}.",
                kind: ProblemKind.Failed);
        }
        return true;
    }

    private void Skip(Stage stage)
    {
        if (_upToDate.Contains(stage.Target)) { return; }
        _upToDate.Enqueue(stage.Target);
        _tell(new StageUpToDate(stage.Target));
    }

    private void RunStage(Stage stage, StageStates states, Plan plan, Journal? journal)
    {
        var state = states.Of(stage);
        var reason = plan.Forced.Contains(stage) ? "--force" : state.Reason;
        var record = state.Record ?? throw new GrokException(
            $"{stage.Target} cannot run: {state.Reason}.", "Run without --only, or name the missing stage.", kind: ProblemKind.Failed);
        if (plan.Stop.IsCancellationRequested) { throw StageContext.Stopped(); }
        _tell(new StageStarted(stage.Target, reason));
        var begin = _tools.Clock.GetTimestamp();
        _workspace.Files.CreateFolder(stage.Root);
        DiskSpace.Require(stage.ExpectedBytes, stage.Target, stage.Root, _workspace.Display(stage.Root), FreeSpace);
        var work = StageFolder.Open(
            _workspace.Files, stage.Root, stage.WorkName, record.Key);
        if (plan.Forced.Contains(stage)) { _workspace.Files.DeleteFolder(work.Path); }
        var result = stage.Run(new StageContext
        {
            Workspace = _workspace,
            Tools = _tools,
            Work = work,
            Record = record,
            Threads = plan.Threads,
            Tell = told => { journal?.Hear(told); _tell(told); },
            Stop = plan.Stop,
        });
        foreach (var output in stage.Outputs)
        {
            StageFolder.Seal(_workspace.Files, Path.Combine(work.Path, output), record with { Facts = result.Facts });
        }
        foreach (var output in stage.Outputs) { StageFolder.Place(_workspace.Files, Path.Combine(work.Path, output), stage.Place(output)); }
        _workspace.Files.DeleteFolder(work.Path);
        states.Forget(stage);
        _ran.Enqueue(stage.Target);
        journal?.Finished(stage, result.Summary);
        _tell(new StageFinished(stage.Target, result.Summary, _tools.Clock.GetElapsedTime(begin).TotalSeconds));
    }

    /// <summary>Free bytes at a folder, when a test gives them; null for the system's answer.</summary>
    internal Func<string, long>? FreeSpace { get; init; }

    private void Conclude(Experiment experiment, ImmutableArray<Stage> stages)
    {
        if (Summaries.Of(experiment, _workspace, _tools.Store) is { } summary)
        {
            _summaries.Enqueue(summary);
            _tell(summary);
        }
        if (stages.Any(stage => stage.Kind == "evaluate"))
        {
            foreach (var line in Requirements.Missed(experiment, _workspace, _tools.Store)) { _missed.Enqueue(line); }
        }
    }

    // The page over all experiments is due when a stage ran, now or in a run that ended before it was written.
    private void WriteIndex()
    {
        if (!File.Exists(_workspace.IndexIsDue)) { return; }
        try
        {
            IndexFile.Write(_file, _workspace, _tools.Store);
            _workspace.Files.Delete(_workspace.IndexIsDue);
        }
        catch (IOException error) { _failures.Enqueue(new StageFailed("models/index.html", Problems.Of(error, "models/index.html"))); }
    }

    // A failure ends its experiment, not the others. What is no GrokException and no failure of the machine is a bug and goes up.
    private void Guarded(string target, Experiment? experiment, Action work)
    {
        try { work(); }
        catch (Exception error) when (error is GrokException || Problems.IsOfMachine(error))
        {
            var problem = Problems.Of(error, target);
            var failure = new StageFailed(target, problem);
            _failures.Enqueue(failure);
            if (experiment is not null) { Journal.Failed(_workspace, experiment, _tools, error, problem); }
            _tell(failure);
        }
    }
}
