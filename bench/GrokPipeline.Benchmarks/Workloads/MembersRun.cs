using System.Globalization;
using GrokPipeline.Engines.Simd;

namespace GrokPipeline.Benchmarks.Workloads;

/// <summary>
/// <c>members [--only W4,quadratic] [--most 512] [--rounds 3] [--seconds 0.5]</c>: steps a second of all members together, from one member
/// on, where each thread trains one member at a time.
/// </summary>
internal static class MembersRun
{
    // A member's run takes some hundredths of a second or more, so that handing members out costs nothing that one could see.
    private static int StepsOf(string name) => name == "W4" ? 200 : 20;

    /// <summary>Prints a table for each workload.</summary>
    public static int Run(string[] args, TextWriter output)
    {
        var flags = new Flags(args, ["--only", "--most", "--rounds", "--seconds"]);
        var (rounds, seconds, most) = (flags.Whole("--rounds", 3), flags.Number("--seconds", 0.5), flags.Whole("--most", 512));
        var threads = Environment.ProcessorCount;
        output.WriteLine("# Members of an ensemble");
        output.WriteLine();
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Run-steps a second of all members together, {rounds} rounds interleaved, medians, in brackets the smallest and largest."
            + $" One whole run per thread at a time; each thread has one session, which its members use in turn. {Machine.Line}"));
        foreach (var name in flags.Text("--only", "W4,quadratic").Split(','))
        {
            var workload = Workload.Of(name);
            using var team = new MemberTeam(new SimdEngine(), workload, threads, StepsOf(name));
            using var alone = new EngineContestant(new SimdEngine());
            var together = workload with { Threads = threads };
            team.Measure(threads, 1);                                              // past the runtime's second compilation
            var counts = Enumerable.Range(0, 31).Select(i => 1 << i).TakeWhile(count => count <= most).ToArray();
            var rates = counts.Select(_ => new double[rounds]).ToArray();
            var shared = new double[rounds];
            for (var round = 0; round < rounds; round++)
            {
                shared[round] = alone.Measure(together, seconds);
                for (var i = 0; i < counts.Length; i++) { rates[i][round] = team.Measure(counts[i], seconds); }
            }
            Print(output, workload, threads, counts, rates, shared);
        }
        return 0;
    }

    private static void Print(TextWriter output, Workload workload, int threads, int[] counts, double[][] rates, double[] shared)
    {
        output.WriteLine();
        output.WriteLine($"## {workload.Name}: {workload.What}");
        output.WriteLine();
        output.WriteLine(Figures.Head("members", "threads", "run-steps/s", "against one member"));
        output.WriteLine(Figures.Row("1, its step cut", $"{threads}", Figures.Show(shared), Against(shared)));
        for (var i = 0; i < counts.Length; i++)
        {
            output.WriteLine(Figures.Row(
                $"{counts[i]}", $"{Math.Min(counts[i], threads)}", Figures.Show(rates[i]), Against(rates[i])));
        }

        string Against(double[] mine) => $"{Figures.Digits(Figures.Median(mine) / Figures.Median(rates[0]))}×";
    }
}
