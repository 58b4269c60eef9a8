using System.Globalization;
using BenchmarkDotNet.Running;
using GrokPipeline.Benchmarks.Workloads;

return args switch
{
    ["workloads", .. var options] => WorkloadRun.Run(options, Console.Out),
    ["profile", var workload, .. var rest] => Profile.Run(workload, rest.Length > 0 ? int.Parse(rest[0], CultureInfo.InvariantCulture) : 1, Console.Out),
    _ => Benchmarks(args),
};

static int Benchmarks(string[] args)
{
    BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
    return 0;
}
