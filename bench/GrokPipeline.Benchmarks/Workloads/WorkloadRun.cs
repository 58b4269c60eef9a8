using System.Globalization;
using GrokPipeline.Engines.OnnxRuntime;
using GrokPipeline.Engines.Simd;

namespace GrokPipeline.Benchmarks.Workloads;

/// <summary>
/// <c>workloads [--only W1,W4] [--rounds 5] [--seconds 3] [--no-ort] [--peer "command …"]…</c>: every contestant on every workload,
/// interleaved in rounds so that all see the same machine; prints a markdown table of medians and of ratios of rates.
/// </summary>
internal static class WorkloadRun
{
    /// <summary>Runs the comparison.</summary>
    public static int Run(string[] args, TextWriter output)
    {
        var flags = new Flags(args, ["--only", "--rounds", "--seconds", "--peer"], "--no-ort");
        var (rounds, seconds) = (flags.Whole("--rounds", 5), flags.Number("--seconds", 3));
        var contestants = new List<IContestant> { new EngineContestant(new SimdEngine()) };
        if (!flags.Has("--no-ort")) { contestants.Add(new EngineContestant(new OnnxRuntimeEngine())); }
        contestants.AddRange(flags.All("--peer").Select(command => new PeerContestant(command)));
        try
        {
            var results = new List<(Workload Workload, double[][] Rates)>();
            foreach (var name in flags.Text("--only", string.Join(',', Workload.Names)).Split(','))
            {
                var workload = Workload.Of(name);
                var rates = contestants.Select(_ => new double[rounds]).ToArray();
                for (var round = 0; round < rounds; round++)
                {
                    for (var i = 0; i < contestants.Count; i++) { rates[i][round] = contestants[i].Measure(workload, seconds); }
                }
                results.Add((workload, rates));
            }
            output.WriteLine("# Training steps a second");
            output.WriteLine();
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{rounds} rounds of {seconds:0.#} s each, contestants interleaved; medians, in brackets the smallest and largest."
                + $" {Machine.Line}"));
            output.WriteLine();
            Print(output, contestants, results);
        }
        finally
        {
            foreach (var contestant in contestants) { contestant.Dispose(); }
        }
        return 0;
    }

    private static void Print(TextWriter output, List<IContestant> contestants, List<(Workload Workload, double[][] Rates)> results)
    {
        output.WriteLine(Figures.Head(
            ["workload", "threads", .. contestants.Select(contestant => contestant.Name),
                .. contestants.Skip(1).Select(contestant => $"simd / {contestant.Name}")]));
        foreach (var (workload, rates) in results)
        {
            var ratios = rates.Skip(1).Select(other => Figures.Show([.. rates[0].Zip(other, (mine, its) => mine / its)]) + "×");
            output.WriteLine(Figures.Row(
                [$"{workload.Name}: {workload.What}", $"{workload.Threads}", .. rates.Select(Figures.Show), .. ratios]));
        }
    }
}
