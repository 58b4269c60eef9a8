using System.Security.Cryptography;
using GrokPipeline.Evaluation.Sweeps;
using GrokPipeline.Stages.Files;
using GrokPipeline.Stages.Options;
using GrokPipeline.Stages.Running;
using GrokPipeline.Stages.Trainings;
using GrokPipeline.Training;

namespace GrokPipeline.Stages.Sweeps;

/// <summary>
/// One member, whole, on the calling thread: from its data to <c>member.json</c>. It is the same code alone and in a sweep, and what it
/// shares with others is only read or written anew, so that its bytes are the same in both.
/// </summary>
internal sealed class MemberRun
{
    /// <summary>The folder of states to resume from, in a member's folder.</summary>
    internal const string ResumeName = "resume";

    private const string LogName = "live.jsonl";

    private readonly SweepFolder _folder;
    private readonly PipelineTools _tools;
    private readonly PlannedMember _member;
    private readonly MemberOptions _options;
    private readonly string _place;
    private readonly List<(long Step, Measurement Measurement)> _rows = [];
    private MetricsLog? _log;

    /// <summary>Prepares; nothing is done yet.</summary>
    public MemberRun(SweepFolder folder, PipelineTools tools, PlannedMember member, MemberOptions options)
    {
        (_folder, _tools, _member, _options) = (folder, tools, member, options);
        _place = folder.Member(member.Id);
    }

    /// <summary>Hears of the steps made, at each evaluation.</summary>
    public Action<long>? Progress { get; init; }

    private DurableFile Files => _folder.Files;

    private ExperimentOptions All => _options.Experiment.Options;

    /// <summary>Trains, and writes the result. The caller holds the member's lock.</summary>
    /// <param name="data">What it trains on.</param>
    /// <param name="bench">The thread's compiled graphs.</param>
    /// <param name="stop">Looked at between steps; a state to resume from is written then.</param>
    /// <exception cref="GrokException">It cannot be trained, was stopped, or took longer than its limit.</exception>
    public MemberResult Run(SharedData.Lease data, Workbench bench, CancellationToken stop)
    {
        var engine = Train.EngineOf(All.Train, _tools, $"member {_member.Index}");
        var model = ExperimentCheck.MakeModel(All, data.Facts);
        var plan = Train.PlanOf(All, model, data.Facts, _options.Data.Splits(), data.Rows) with
        {
            Start = MemberStart.Of(_folder, _tools, _options.Experiment, model, stop),
        };
        using var trainer = new Trainer(plan, data.Encoded(plan), bench.Compiled(plan, engine)) { KeepsHealthy = false };
        MemberResult result;
        try { result = TrainToEnd(trainer, plan, ExperimentSetting.Identity(engine.Facts), stop); }
        finally { _log?.Dispose(); }
        Write(result, trainer.Snapshot());
        return result;
    }

    private MemberResult TrainToEnd(Trainer trainer, TrainingPlan plan, string engine, CancellationToken stop)
    {
        var clock = _tools.Clock;
        var (begin, retirement) = (clock.GetTimestamp(), new Retirement(_options.Retire, All.Grokking));
        var (saved, ending, nonfinite) = (begin, (MemberEnding?)null, false);
        var metrics = All.Train.Metrics.Union(["loss", "accuracy"]).ToHashSet(StringComparer.Ordinal);
        var from = Resume();
        foreach (var point in GrokkingCurve.Points(_rows, All.Grokking)) { retirement.After(point); }      // none ended it: it goes on
        foreach (var record in trainer.RunEvaluations(from?.State, stop))
        {
            Add(record, metrics);
            nonfinite |= !record.IsFinite;
            if (record.Evaluation is { } scores)
            {
                ending = retirement.After(new(
                    record.Step, scores[All.Grokking.Memorization.Split]?.Accuracy ?? double.NaN,
                    scores[All.Grokking.Generalization.Split]?.Accuracy ?? double.NaN));
                Progress?.Invoke(record.Step);
            }
            if (ending is not null) { break; }
            if (record.IsFinite && record.Step < plan.Steps                     // a broken state is no resume point
                && clock.GetElapsedTime(saved) >= All.Checkpoints.ResumeEvery.AsTimeSpan())
            {
                Save(trainer);
                saved = clock.GetTimestamp();
            }
            var limit = All.Train.Limits.Wall;
            if (limit.Seconds > 0 && clock.GetElapsedTime(begin) >= limit.AsTimeSpan())
            {
                if (record.IsFinite) { Save(trainer); }
                throw Late();
            }
        }
        if (ending is null && trainer.Ending == TrainingEnding.Cancelled)
        {
            Save(trainer);
            throw StageContext.Stopped();
        }
        ending ??= trainer.Ending == TrainingEnding.Nonfinite ? MemberEnding.Collapsed : MemberEnding.Budget;
        return ToResult(
            trainer, engine, ending.Value, nonfinite || _rows.Exists(row => !double.IsFinite(row.Measurement.Value)));
    }

    private MemberResult ToResult(Trainer trainer, string engine, MemberEnding ending, bool nonfinite)
    {
        var state = trainer.Snapshot();
        using var hash = SHA256.Create();
        using (var stream = new CryptoStream(Stream.Null, hash, CryptoStreamMode.Write)) { state.Write(stream); }
        return new MemberResult
        {
            Options = _options.ToJson(),
            Engine = engine,
            Ending = ending,
            Budget = All.Train.Steps,
            Steps = state.Step,
            Nonfinite = nonfinite,
            StateSha256 = Convert.ToHexStringLower(hash.Hash!),                 // not null: the stream is closed
            Rows = _rows,
        };
    }

    private void Add(StepRecord record, IReadOnlySet<string> metrics)
    {
        foreach (var measurement in record.Measurements(metrics)) { _rows.Add((record.Step, measurement)); }
    }

    // The checkpoint first, the result last: a result says that all of the member is there.
    private void Write(MemberResult result, TrainingState state)
    {
        Files.CreateFolder(_place);
        if (_options.Checkpoints == MemberCheckpoints.Final)
        {
            result = result with { CheckpointSha256 = Files.Replace(Path.Combine(_place, SweepFolder.CheckpointName), state.Write) };
        }
        Files.ReplaceText(Path.Combine(_place, MemberResult.FileName), result.Text());
        Tidy(_folder, _member.Id);
    }

    /// <summary>Removes what a finished member does not need any more; a process that was killed may have left it.</summary>
    public static void Tidy(SweepFolder folder, string id)
    {
        var failure = Path.Combine(folder.Member(id), MemberFailure.FileName);
        if (File.Exists(failure)) { folder.Files.Delete(failure); }
        folder.Files.DeleteFolder(Path.Combine(folder.Member(id), ResumeName));
    }

    // Where an earlier process stopped, with the rows up to there. What cannot be relied on is begun anew: the bytes are the same.
    private ResumePoint? Resume()
    {
        var folder = Path.Combine(_place, ResumeName);
        if (!Directory.Exists(folder)) { return null; }
        try
        {
            var point = new ResumeSlots(Files, folder, _folder.Workspace.Display).Load(_ => { });
            if (point is null) { return null; }
            _log = MetricsLog.Open(Files, Path.Combine(folder, LogName), point.MetricsBytes, point.MetricsSha256);
            _rows.AddRange(_log.Rows);
            return point;
        }
        catch (GrokException error) when (error.Kind == ProblemKind.Integrity)
        {
            Files.DeleteFolder(folder);
            return null;
        }
    }

    // The log is begun with the first resume point: most members end before one is due.
    private void Save(Trainer trainer)
    {
        var folder = Path.Combine(_place, ResumeName);
        Files.CreateFolder(folder);
        _log ??= MetricsLog.Open(Files, Path.Combine(folder, LogName), 0, null);
        foreach (var step in _rows.Skip(_log.Rows.Count).GroupBy(row => row.Step).ToArray())
        {
            _log.Add(step.Key, step.Select(row => row.Measurement));
        }
        _log.Sync();
        var (bytes, sha256) = _log.Position;
        var slots = new ResumeSlots(Files, folder, _folder.Workspace.Display);
        slots.Load(_ => { });                                                   // so that the older slot is overwritten
        slots.Write(new ResumePoint(trainer.Snapshot(), new([], [], 0, false), bytes, sha256));
    }

    private GrokException Late() => new(
        $"reached its time limit of {All.Train.Limits.Wall}.", "The same command goes on from there.", kind: ProblemKind.Failed);
}
