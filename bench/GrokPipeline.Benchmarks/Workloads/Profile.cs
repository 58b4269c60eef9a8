using GrokPipeline.Engines.Simd;
using GrokPipeline.Graphs.Engines;

namespace GrokPipeline.Benchmarks.Workloads;

/// <summary><c>profile W1 [threads]</c>: where the simd engine's time goes, kernel by kernel, and the machine's limits.</summary>
internal static class Profile
{
    /// <summary>Prints the plan, the slowest kernel first.</summary>
    public static int Run(string name, int threads, TextWriter output)
    {
        var workload = Workload.Of(name);
        var report = new SimdEngine().Describe(workload.Step.Graph, new CompileOptions { Threads = threads }, workload.WriteTo);
        foreach (var line in report.ToLines()) { output.WriteLine(line); }
        return 0;
    }
}
