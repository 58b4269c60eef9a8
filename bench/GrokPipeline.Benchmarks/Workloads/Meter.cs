using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using GrokPipeline.Graphs.Engines;

namespace GrokPipeline.Benchmarks.Workloads;

/// <summary>Something whose training steps a second can be measured.</summary>
internal interface IContestant : IDisposable
{
    /// <summary>Name and version.</summary>
    string Name { get; }

    /// <summary>Steps a second over some seconds.</summary>
    double Measure(Workload workload, double seconds);
}

/// <summary>One of our engines, in this process. Sessions are kept; a first short run warms each up.</summary>
internal sealed class EngineContestant(IEngine engine) : IContestant
{
    private readonly Dictionary<string, ISession> _sessions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, MemberTeam> _teams = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public string Name => $"{engine.Facts.Name} {engine.Facts.Version}";

    /// <inheritdoc/>
    public double Measure(Workload workload, double seconds)
    {
        if (workload.Members > 1) { return Members(workload, seconds); }
        if (!_sessions.TryGetValue(workload.Name, out var session))
        {
            session = _sessions[workload.Name] = engine.Compile(workload.Step.Graph, new CompileOptions { Threads = workload.Threads });
            workload.WriteTo(session);
            Steps(session, Math.Min(1, seconds / 2));
        }
        return Steps(session, seconds);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var session in _sessions.Values) { session.Dispose(); }
        foreach (var team in _teams.Values) { team.Dispose(); }
    }

    private double Members(Workload workload, double seconds)
    {
        if (!_teams.TryGetValue(workload.Name, out var team))
        {
            team = _teams[workload.Name] = new MemberTeam(engine, workload, workload.Threads);
            team.Measure(workload.Members, Math.Min(1, seconds / 2));
        }
        return team.Measure(workload.Members, seconds);
    }

    private static double Steps(ISession session, double seconds)
    {
        var loss = new Tensor(TensorType.Float32([]));
        var clock = Stopwatch.StartNew();
        var steps = 0;
        while (clock.Elapsed.TotalSeconds < seconds)
        {
            session.Run();
            session.Read("loss", loss);
            steps++;
        }
        return steps / clock.Elapsed.TotalSeconds;
    }
}

/// <summary>A program that answers lines like <c>W1 2 6</c> (workload, threads, seconds) with a JSON object each.</summary>
internal sealed class PeerContestant : IContestant
{
    private readonly Process _process;

    /// <summary>Starts the program; the command's words are separated by blanks.</summary>
    public PeerContestant(string command)
    {
        var words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var start = new ProcessStartInfo(words[0]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var word in words[1..]) { start.ArgumentList.Add(word); }
        _process = Process.Start(start) ?? throw new GrokException($"The peer '{command}' does not start.", "Check the command.");
    }

    /// <inheritdoc/>
    public string Name { get; private set; } = "peer";

    /// <inheritdoc/>
    public double Measure(Workload workload, double seconds)
    {
        _process.StandardInput.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{workload.Name} {workload.Threads} {seconds}"));
        _process.StandardInput.Flush();
        var line = _process.StandardOutput.ReadLine() ?? throw new GrokException("The peer has ended.", "Run its command by hand.");
        using var answer = JsonDocument.Parse(line);
        if (answer.RootElement.TryGetProperty("error", out var error))
        {
            throw new GrokException(error.GetString() ?? "", "See bench/peers.");
        }
        Name = answer.RootElement.GetProperty("peer").GetString() ?? Name;
        // A step of the peer's advances all members.
        return answer.RootElement.GetProperty("steps_per_second").GetDouble() * workload.Members;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}
