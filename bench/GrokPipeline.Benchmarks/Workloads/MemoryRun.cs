using System.Diagnostics;
using System.Globalization;
using GrokPipeline.Engines.Simd;
using GrokPipeline.Graphs.Engines;

namespace GrokPipeline.Benchmarks.Workloads;

/// <summary><c>memory [W1] [threads]</c>: peak memory of this whole process, and managed bytes that a step allocates.</summary>
internal static class MemoryRun
{
    private const int MostSteps = 100;
    private const double MostSeconds = 5;

    /// <summary>Compiles, warms up, counts; prints a markdown table.</summary>
    public static int Run(string name, int threads, TextWriter output)
    {
        var workload = Workload.Of(name);
        using var session = new SimdEngine().Compile(workload.Step.Graph, new CompileOptions { Threads = threads });
        workload.WriteTo(session);
        var steps = 0;
        for (var clock = Stopwatch.StartNew(); steps == 0 || (steps < MostSteps && clock.Elapsed.TotalSeconds < MostSeconds); steps++)
        {
            session.Run();
        }
        // The runtime's own threads may allocate now and then; ours, every time: the least of some counts.
        var least = long.MaxValue;
        for (var attempt = 0; attempt < 5 && least > 0; attempt++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            for (var step = 0; step < steps; step++) { session.Run(); }
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }
        using var process = Process.GetCurrentProcess();
        output.WriteLine("# Memory");
        output.WriteLine();
        output.WriteLine($"The whole process, the runtime included: compiled, then {2 * steps} training steps or more. {Machine.Line}");
        output.WriteLine();
        output.WriteLine(Figures.Head("workload", "threads", "peak of the process, MB", "managed bytes a step"));
        output.WriteLine(Figures.Row(
            $"{workload.Name}: {workload.What}", $"{threads}",
            string.Create(CultureInfo.InvariantCulture, $"{process.PeakWorkingSet64 / 1e6:0}"), Figures.Digits((double)least / steps)));
        return 0;
    }
}
