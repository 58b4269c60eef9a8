using System.Globalization;
using System.Runtime.InteropServices;
using GrokPipeline.Engines.OnnxRuntime;
using GrokPipeline.Engines.Simd;

namespace GrokPipeline.Benchmarks.Workloads;

/// <summary>
/// <c>workloads [--only W1,W4] [--rounds 5] [--seconds 3] [--no-ort] [--peer "command …"]…</c>: every contestant on every workload,
/// interleaved in rounds so that all see the same machine; prints a markdown table of medians and of ratios to the first peer.
/// </summary>
internal static class WorkloadRun
{
    /// <summary>Runs the comparison.</summary>
    public static int Run(string[] args, TextWriter output)
    {
        var options = Options.Parse(args);
        var contestants = new List<IContestant> { new EngineContestant(new SimdEngine()) };
        if (options.OnnxRuntime) { contestants.Add(new EngineContestant(new OnnxRuntimeEngine())); }
        contestants.AddRange(options.Peers.Select(command => new PeerContestant(command)));
        try
        {
            var results = new List<(Workload Workload, double[][] Rates)>();
            foreach (var name in options.Names)
            {
                var workload = Workload.Of(name);
                var rates = contestants.Select(_ => new double[options.Rounds]).ToArray();
                for (var round = 0; round < options.Rounds; round++)
                {
                    for (var i = 0; i < contestants.Count; i++) { rates[i][round] = contestants[i].Measure(workload, options.Seconds); }
                }
                results.Add((workload, rates));
            }
            Print(output, contestants, results, options);
        }
        finally
        {
            foreach (var contestant in contestants) { contestant.Dispose(); }
        }
        return 0;
    }

    private static void Print(
        TextWriter output, List<IContestant> contestants, List<(Workload Workload, double[][] Rates)> results, Options options)
    {
        output.WriteLine("# Training steps a second");
        output.WriteLine();
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{options.Rounds} rounds of {options.Seconds:0.#} s each, contestants interleaved; medians, in brackets the smallest and largest."
            + $" .NET {Environment.Version}, {RuntimeInformation.OSArchitecture}, {Environment.ProcessorCount} processors,"
            + $" {new SimdEngine().Facts.Device}."));
        output.WriteLine();
        output.WriteLine("| workload | threads | " + string.Join(" | ", contestants.Select(contestant => contestant.Name)) + " | "
            + string.Join(" | ", contestants.Skip(1).Select(contestant => $"simd / {contestant.Name}")) + " |");
        output.WriteLine("|---|---|" + string.Concat(Enumerable.Repeat("---|", (2 * contestants.Count) - 1)));
        foreach (var (workload, rates) in results)
        {
            var ratios = rates.Skip(1).Select(other => Show([.. rates[0].Zip(other, (mine, its) => mine / its)]) + "×");
            var cells = rates.Select(Show).Concat(ratios);
            output.WriteLine($"| {workload.Name}: {workload.What} | {workload.Threads} | {string.Join(" | ", cells)} |");
        }
    }

    private static string Show(double[] numbers)
    {
        var sorted = numbers.Order().ToArray();
        return $"{Digits(sorted[sorted.Length / 2])} ({Digits(sorted[0])}–{Digits(sorted[^1])})";
    }

    private static string Digits(double number) =>
        number.ToString(number >= 100 ? "0" : number >= 10 ? "0.0" : "0.00", CultureInfo.InvariantCulture);

    private sealed record Options(IReadOnlyList<string> Names, int Rounds, double Seconds, bool OnnxRuntime, IReadOnlyList<string> Peers)
    {
        public static Options Parse(string[] args)
        {
            var (names, rounds, seconds, ort, peers) = (Workload.Names, 5, 3.0, true, new List<string>());
            for (var i = 0; i < args.Length; i++)
            {
                switch (args[i])
                {
                    case "--only": names = args[++i].Split(','); break;
                    case "--rounds": rounds = int.Parse(args[++i], CultureInfo.InvariantCulture); break;
                    case "--seconds": seconds = double.Parse(args[++i], CultureInfo.InvariantCulture); break;
                    case "--no-ort": ort = false; break;
                    case "--peer": peers.Add(args[++i]); break;
                    default: throw new GrokException($"Unknown option '{args[i]}'.", "Use --only, --rounds, --seconds, --no-ort, --peer.");
                }
            }
            return new(names, rounds, seconds, ort, peers);
        }
    }
}
