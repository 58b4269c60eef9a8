using System.Diagnostics;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Training;

namespace GrokPipeline.Benchmarks.Workloads;

/// <summary>
/// Independent trainings of one step, one whole run per thread at a time. Each thread has a session of one thread, which the members that
/// it takes use one after the other: first values in, steps, last values out.
/// </summary>
internal sealed class MemberTeam : IDisposable
{
    // What the first values are costs no time; so many seeds are made beforehand.
    private const int Seeds = 8;

    private readonly Workload _workload;
    private readonly ISession[] _sessions;
    private readonly IReadOnlyDictionary<string, Tensor>[] _firstValues;
    private readonly Dictionary<string, Tensor>[] _lastValues;
    private readonly int _steps;

    /// <summary>Compiles the sessions.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="workload">The step of each member.</param>
    /// <param name="threads">Sessions at a time.</param>
    /// <param name="steps">Steps of a member's run.</param>
    public MemberTeam(IEngine engine, Workload workload, int threads, int steps = 200)
    {
        (_workload, _steps) = (workload, steps);
        var model = workload.Step.Model;
        _sessions = [.. Enumerable.Range(0, threads).Select(_ => engine.Compile(workload.Step.Graph, new() { Threads = 1 }))];
        _firstValues = [.. Enumerable.Range(1, Seeds).Select(seed => model.Initialize(new Seed((ulong)seed)))];
        _lastValues =
        [
            .. _sessions.Select(_ => model.Parameters.ToDictionary(
                spec => spec.Name, spec => new Tensor(TensorType.Float32(spec.Shape)), StringComparer.Ordinal)),
        ];
        foreach (var session in _sessions) { workload.WriteTo(session); }
    }

    /// <summary>Steps a second of all members together; all members run, again and again until the time is over.</summary>
    public double Measure(int members, double seconds)
    {
        var clock = Stopwatch.StartNew();
        var passes = 0;
        do
        {
            Pass(members);
            passes++;
        }
        while (clock.Elapsed.TotalSeconds < seconds);
        return (double)passes * members * _steps / clock.Elapsed.TotalSeconds;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var session in _sessions) { session.Dispose(); }
    }

    private void Pass(int members)
    {
        var next = -1;
        var others = Enumerable.Range(1, Math.Min(_sessions.Length, members) - 1).Select(i => new Thread(() => Work(i))).ToArray();
        foreach (var thread in others) { thread.Start(); }
        Work(0);
        foreach (var thread in others) { thread.Join(); }

        void Work(int worker)
        {
            for (var member = Interlocked.Increment(ref next); member < members; member = Interlocked.Increment(ref next))
            {
                Run(_sessions[worker], _firstValues[member % Seeds], _lastValues[worker]);
            }
        }
    }

    private void Run(ISession session, IReadOnlyDictionary<string, Tensor> first, Dictionary<string, Tensor> last)
    {
        foreach (var (name, value) in first) { session.Write(name, value); }
        foreach (StateSpec state in _workload.Step.OptimizerState) { session.Write(state.Name, _workload.Inputs[state.Name]); }
        for (var step = 0; step < _steps; step++) { session.Run(); }
        foreach (var (name, value) in last) { session.Read(name, value); }
    }
}
