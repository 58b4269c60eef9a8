using System.Globalization;
using BenchmarkDotNet.Running;
using GrokPipeline.Benchmarks.Workloads;

return args switch
{
    ["workloads", .. var options] => WorkloadRun.Run(options, Console.Out),
    ["members", .. var options] => MembersRun.Run(options, Console.Out),
    ["scaling", .. var options] => ScalingRun.Run(options, Console.Out),
    ["scoring", .. var options] => ScoringRun.Run(options, Console.Out),
    ["determinism", .. var options] => DeterminismRun.Run(options, Console.Out),
    ["memory", .. var rest] => MemoryRun.Run(rest.FirstOrDefault("W1"), Threads(rest, 2), Console.Out),
    ["profile", var workload, .. var rest] => Profile.Run(workload, Threads([workload, .. rest], 1), Console.Out),
    ["machine"] => Machine.Folder(Console.Out),
    ["versions"] => Machine.Versions(Console.Out),
    _ => Benchmarks(args),
};

static int Threads(string[] rest, int otherwise) => rest.Length > 1 ? int.Parse(rest[1], CultureInfo.InvariantCulture) : otherwise;

static int Benchmarks(string[] args)
{
    BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
    return 0;
}
