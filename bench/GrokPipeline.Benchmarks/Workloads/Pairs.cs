using System.Diagnostics;

namespace GrokPipeline.Benchmarks.Workloads;

/// <summary>Two ways to do the same, timed in turns.</summary>
internal static class Pairs
{
    private const double RoundSeconds = 0.05;

    /// <summary>Microseconds of a call of each, round by round.</summary>
    public static (double[] One, double[] Other) Time(Action one, Action other, int rounds)
    {
        Time(one);
        Time(other);
        var (first, second) = (new double[rounds], new double[rounds]);
        for (var round = 0; round < rounds; round++) { (first[round], second[round]) = (Time(one), Time(other)); }
        return (first, second);
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
