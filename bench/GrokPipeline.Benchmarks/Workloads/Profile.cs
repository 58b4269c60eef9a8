using System.Diagnostics;
using System.Globalization;
using GrokPipeline.Engines.Simd;
using GrokPipeline.Engines.Simd.Planning;

namespace GrokPipeline.Benchmarks.Workloads;

/// <summary><c>profile W1 [threads]</c>: where the simd engine's time goes, kernel by kernel.</summary>
internal static class Profile
{
    private const int Steps = 60;

    /// <summary>Prints microseconds per step of each kernel (first quintiles), the largest first.</summary>
    public static int Run(string name, int threads, TextWriter output)
    {
        var workload = Workload.Of(name);
        using var session = new SimdSession(Plan.Of(workload.Step.Graph), workload.Step.Graph, threads);
        workload.WriteTo(session);
        var times = new double[session.Kernels.Count][];
        for (var i = 0; i < times.Length; i++) { times[i] = new double[Steps]; }
        // Past the runtime's second compilation of what runs often.
        for (var clock = Stopwatch.StartNew(); clock.Elapsed.TotalSeconds < 2;) { session.Run(); }
        for (var step = 0; step < Steps; step++) { session.RunTimed((kernel, time) => times[kernel][step] = time); }
        var rows = times.Select((list, i) => (Time: Low(list), Index: i)).ToArray();
        foreach (var (time, index) in rows.OrderByDescending(row => row.Time).Take(400))
        {
            var kernel = session.Kernels[index];
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{time,9:0.0} us  #{index,-3} x{kernel.Chunks,-3} {kernel}"));
        }
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{rows.Sum(row => row.Time),9:0.0} us  in {rows.Length} kernels"));
        return 0;
    }

    // A fifth are below: what the kernel takes when nobody else runs.
    private static double Low(double[] numbers) => numbers.Order().ElementAt(numbers.Length / 5);
}
