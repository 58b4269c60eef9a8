using System.Diagnostics;

namespace GrokPipeline.Benchmarks.Workloads;

/// <summary>Ways to do the same, timed in turns.</summary>
internal static class Turns
{
    private const double RoundSeconds = 0.05;

    /// <summary>Microseconds of a call of each, round by round.</summary>
    /// <param name="ways">What is timed.</param>
    /// <param name="rounds">How often each is.</param>
    public static double[][] Time(IReadOnlyList<Action> ways, int rounds)
    {
        foreach (var way in ways) { Time(way); }
        var times = ways.Select(_ => new double[rounds]).ToArray();
        for (var round = 0; round < rounds; round++)
        {
            for (var way = 0; way < ways.Count; way++) { times[way][round] = Time(ways[way]); }
        }
        return times;
    }

    private static double Time(Action action)
    {
        var clock = Stopwatch.StartNew();
        var calls = 0;
        do
        {
            for (var i = 0; i < 16; i++) { action(); }
            calls += 16;
        }
        while (clock.Elapsed.TotalSeconds < RoundSeconds);
        return clock.Elapsed.TotalMicroseconds / calls;
    }
}
