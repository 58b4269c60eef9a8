using System.Collections.Concurrent;
using System.Collections.Immutable;
using GrokPipeline.Evaluation.Sweeps;
using GrokPipeline.Stages.Files;
using GrokPipeline.Stages.Running;

namespace GrokPipeline.Stages.Sweeps;

/// <summary>
/// Trains members on some threads. A thread takes the next member by counting up one number, trains it whole, and writes its result;
/// between that, threads share nothing that is written but counters, so that no step waits for another thread.
/// </summary>
internal sealed class MemberPool
{
    private static readonly TimeSpan BetweenProgress = TimeSpan.FromMilliseconds(250);

    private readonly SweepFolder _folder;
    private readonly PipelineTools _tools;
    private readonly Action<RunEvent> _tell;
    private readonly string _target;
    private readonly ImmutableArray<(PlannedMember Member, MemberOptions Options)> _members;
    private readonly SharedData _data;
    private readonly int _stopAfter;
    private readonly ConcurrentQueue<FailedMember> _failed = [];
    private readonly long[] _steps;
    private int _next = -1;
    private int _trained;
    private int _failures;
    private int _gaveUp;
    private Exception? _broken;

    /// <summary>Prepares to train some members.</summary>
    public MemberPool(
        SweepFolder folder, PipelineTools tools, string target, ImmutableArray<(PlannedMember Member, MemberOptions Options)> members,
        int stopAfter, Action<RunEvent> tell)
    {
        (_folder, _tools, _target, _members, _stopAfter, _tell) = (folder, tools, target, members, stopAfter, tell);
        _data = new SharedData(members.Select(pair => pair.Options.TrainData));
        _steps = new long[members.Length];
    }

    /// <summary>Members that came to their end.</summary>
    public int Trained => _trained;

    /// <summary>True when members were left out because too many had failed.</summary>
    public bool GaveUp => _gaveUp != 0;

    /// <summary>Members that failed, by their place.</summary>
    public ImmutableArray<FailedMember> Failed => [.. _failed.OrderBy(member => member.Index)];

    /// <summary>Trains all; returns when no thread works any more.</summary>
    /// <param name="threads">Members at a time.</param>
    /// <param name="done">Members that had been finished before, for the progress.</param>
    /// <param name="stop">Ends each member between two steps, with a state to resume from.</param>
    /// <exception cref="GrokException">Something other than a member failed, for instance the display; the others were stopped.</exception>
    public void Run(int threads, int done, CancellationToken stop)
    {
        var begin = _tools.Clock.GetTimestamp();
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var workers = Enumerable.Range(0, Math.Min(threads, _members.Length))
            .Select(i => new Thread(() => Guarded(ends)) { IsBackground = true, Name = $"member {i}" }).ToArray();
        foreach (var worker in workers) { worker.Start(); }
        try
        {
            foreach (var worker in workers)
            {
                while (!worker.Join(BetweenProgress)) { TellProgress(begin, done); }
            }
        }
        catch
        {
            ends.Cancel();
            throw;
        }
        finally
        {
            foreach (var worker in workers) { worker.Join(); }                  // the sweep's lock is given back after this
        }
        if (_broken is { } error) { throw AsProblem(error); }
        TellProgress(begin, done);
    }

    // An exception that leaves a thread ends the process, without the other members' states; so it is kept, and thrown by Run.
    private void Guarded(CancellationTokenSource ends)
    {
        try { Work(ends.Token); }
#pragma warning disable CA1031 // Thrown again by the thread that waits.
        catch (Exception error)
#pragma warning restore CA1031
        {
            Interlocked.CompareExchange(ref _broken, error, null);
            ends.Cancel();
        }
    }

    private void Work(CancellationToken stop)
    {
        using var bench = new Workbench();
        while (!stop.IsCancellationRequested)
        {
            if (_stopAfter > 0 && Volatile.Read(ref _failures) >= _stopAfter)
            {
                if (Volatile.Read(ref _next) < _members.Length - 1) { Interlocked.Exchange(ref _gaveUp, 1); }
                return;
            }
            var at = Interlocked.Increment(ref _next);
            if (at >= _members.Length) { return; }
            Train(at, bench, stop);
        }
    }

    private void Train(int at, Workbench bench, CancellationToken stop)
    {
        var member = _members[at].Member;
        var begin = _tools.Clock.GetTimestamp();
        MemberResult? result;
        try { result = TrainNow(at, bench, stop); }
        catch (GrokException error) when (error.Kind == ProblemKind.Stopped)
        {
            return;                                                             // what it did is kept; the next run goes on from there
        }
#pragma warning disable CA1031 // Whatever ends a member, the others go on: that is what a sweep of a night is for.
        catch (Exception error)
#pragma warning restore CA1031
        {
            bench.Clear();
            Fail(at, error, _tools.Clock.GetElapsedTime(begin).TotalSeconds);
            return;
        }
        Interlocked.Increment(ref _trained);
        if (result is null) { return; }
        _tell(new MemberEnded(
            _target, member.Index, member.Id, member.Described, MemberResult.Name(result.Ending), result.Steps,
            _tools.Clock.GetElapsedTime(begin).TotalSeconds));
    }

    // Null when another process has made the result meanwhile. The data is taken first, so that it is given back in any case.
    private MemberResult? TrainNow(int at, Workbench bench, CancellationToken stop)
    {
        var (member, options) = _members[at];
        using var data = _data.Take(options.TrainData);
        using var held = FolderLock.Take(
            _folder.Files, _folder.MemberLock(member.Id), $"member {member.Id}", Libc.Lock.Exclusive, _tools.Clock);
        if (File.Exists(Path.Combine(_folder.Member(member.Id), MemberResult.FileName))) { return null; }
        var run = new MemberRun(_folder, _tools, member, options) { Progress = step => Volatile.Write(ref _steps[at], step) };
        return run.Run(data, bench, stop);
    }

    private void Fail(int at, Exception error, double seconds)
    {
        var member = _members[at].Member;
        var problem = AsProblem(error);
        if (problem.Kind != ProblemKind.Locked)
        {
            new MemberFailure(problem.Kind, $"{problem.Problem} {problem.Remedy}".Trim()).Write(_folder.Files, _folder.Member(member.Id));
        }
        _failed.Enqueue(new FailedMember(member.Index, member.Id, member.Described, problem));
        Interlocked.Increment(ref _failures);
        _tell(new MemberEnded(
            _target, member.Index, member.Id, member.Described, MemberResult.Name(MemberEnding.Failed), Volatile.Read(ref _steps[at]),
            seconds));
        _tell(new RunWarning(_target, $"member {member.Index} ({member.Described}) failed: {problem.Message}"));
    }

    private static GrokException AsProblem(Exception error) => error is GrokException || Problems.IsOfMachine(error)
        ? Problems.Of(error, "the member")
        : new GrokException(
            $"internal error: {error.GetType().Name}: {error.Message}", "This is a bug.", kind: ProblemKind.Failed, cause: error);

    private void TellProgress(long begin, int done)
    {
        var steps = 0L;
        for (var i = 0; i < _steps.Length; i++) { steps += Volatile.Read(ref _steps[i]); }
        var seconds = _tools.Clock.GetElapsedTime(begin).TotalSeconds;
        var rate = seconds > 0 ? steps / seconds : 0;
        var failed = _failures > 0 ? $"  {_failures} failed" : "";
        _tell(new StageProgress(
            _target, done + _trained, done + _members.Length,
            string.Create(System.Globalization.CultureInfo.InvariantCulture, $"members  {rate:N0} steps/s{failed}")));
    }
}
