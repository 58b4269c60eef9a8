using System.Diagnostics;

namespace GrokPipeline.Engines.Simd.Measuring;

/// <summary>Times the kernels of a session.</summary>
internal static class PlanMeter
{
    private const int MostRuns = 60;
    private const double WarmSeconds = 1;
    private const double MeasuredSeconds = 3;

    /// <summary>Runs a session for a few seconds; a step that takes longer is run once for warmth and once to be measured.</summary>
    public static PlanReport Measure(SimdSession session, string name, int threads)
    {
        var before = MachinePeak.Measure(threads);
        // Past the runtime's second compilation of what runs often.
        var clock = Stopwatch.StartNew();
        do { session.Run(); } while (clock.Elapsed.TotalSeconds < WarmSeconds);
        var times = session.Kernels.Select(_ => new List<double>()).ToArray();
        var whole = new List<double>();
        clock.Restart();
        do
        {
            var start = Stopwatch.GetTimestamp();
            session.RunTimed((kernel, time) => times[kernel].Add(time));
            whole.Add((Stopwatch.GetTimestamp() - start) * 1e6 / Stopwatch.Frequency);
        }
        while (whole.Count < MostRuns && clock.Elapsed.TotalSeconds < MeasuredSeconds);
        var kernels = session.Kernels.Zip(times, (kernel, list) =>
        {
            var work = kernel.Work;
            return new KernelReport(
                kernel.ToString(), kernel.Chunks, work.Products, work.Products + work.Others, work.Bytes, FirstQuintile(list));
        });
        // Twice, because a machine that others use shows its limits only now and then.
        var peak = MachinePeak.Best(before, MachinePeak.Measure(threads));
        return new(name, peak, [.. kernels], session.MemoryBytes, whole.Count, FirstQuintile(whole));
    }

    // A fifth are below: the time when nobody else runs.
    private static double FirstQuintile(List<double> numbers) => numbers.Order().ElementAt(numbers.Count / 5);
}
