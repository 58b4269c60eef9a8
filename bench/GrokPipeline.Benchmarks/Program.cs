using System.Globalization;
using BenchmarkDotNet.Running;
using GrokPipeline.Benchmarks.Workloads;

return args switch
{
    ["workloads", .. var options] => WorkloadRun.Run(options, Console.Out),
    ["profile", var workload] => Profile.Run(workload, 1, Console.Out),
    ["profile", var workload, var threads] => Profile.Run(workload, int.Parse(threads, CultureInfo.InvariantCulture), Console.Out),
    _ => Benchmarks(args),
};

static int Benchmarks(string[] args)
{
    BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
    return 0;
}
