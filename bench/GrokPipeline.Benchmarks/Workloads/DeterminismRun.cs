using System.Runtime.Intrinsics;
using GrokPipeline.Engines.Simd;
using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Graphs.Ops;

namespace GrokPipeline.Benchmarks.Workloads;

/// <summary>
/// <c>determinism [--rounds 21]</c>: what the promise of the same bytes costs. Each part of it is timed against what one would write
/// without the promise, in turns.
/// </summary>
internal static class DeterminismRun
{
    private const int Rows = 2048;
    private const int Columns = 512;

    /// <summary>Prints the table.</summary>
    public static int Run(string[] args, TextWriter output)
    {
        var rounds = new Flags(args, ["--rounds"]).Whole("--rounds", 21);
        var threads = Environment.ProcessorCount;
        output.WriteLine("# What the same bytes cost");
        output.WriteLine();
        output.WriteLine($"Microseconds a call, {rounds} rounds in turns, medians, in brackets the smallest and largest; the ratio is the"
            + $" median of ratios within a round. {Machine.Line}");
        output.WriteLine();
        output.WriteLine(Figures.Head("part of the promise", "with it", "without it", "with / without"));
        var stream = new Seed(1).Stream();
        var numbers = new float[16_384];
        foreach (ref var x in numbers.AsSpan()) { x = (float)stream.NextNormal(); }
        var results = new float[numbers.Length];
        var sink = 0f;

        Row($"sum of {numbers.Length:N0} floats on 16 lanes that meet in a fixed tree, against four vectors at a time",
            () => sink += Lanes.Sum(numbers), () => sink += PlainSum(numbers));

        TensorShape shape = [32, numbers.Length / 32];
        using (var sums = Compiled(shape, x => x.Sum([1])))
        {
            sums.Write("x", Tensor.Of<float>(shape, numbers));
            Row($"sums of the rows of {shape} in the engine's loop, one thread, against four vectors at a time",
                sums.Run, () => PlainSums(numbers, shape[1], results));
        }
        using (var exp = Compiled(shape, x => x.Exp()))
        {
            exp.Write("x", Tensor.Of<float>(shape, numbers));
            Row($"exp of {numbers.Length:N0} floats by our own polynomial, one thread, against the runtime's vectors' Exp",
                exp.Run, () => RuntimeExp(numbers, results));
        }

        // 16 pieces are what the engine cuts this sum into, whatever the number of threads.
        foreach (var team in new[] { threads, 1 }.Distinct())
        {
            using var byShape = new ColumnSums(Rows, Columns, pieces: 16, team);
            using var byThreads = new ColumnSums(Rows, Columns, pieces: team, team);
            Row($"column sums of [{Rows}, {Columns}] on {team} {(team == 1 ? "thread" : "threads")}, in 16 partial sums merged in order,"
                + " against one for each thread",
                byShape.Run, byThreads.Run);
        }
        return float.IsNaN(sink) ? 1 : 0;

        void Row(string what, Action promised, Action plain)
        {
            var times = Turns.Time([promised, plain], rounds);
            var (with, without) = (times[0], times[1]);
            var ratios = with.Zip(without, (one, other) => one / other).ToArray();
            output.WriteLine(Figures.Row(what, Figures.Show(with), Figures.Show(without), $"{Figures.Show(ratios)}×"));
        }
    }

    // As fast as additions go: nothing fixes the order but the number of vectors.
    private static float PlainSum(ReadOnlySpan<float> numbers)
    {
        var (a, b, c, d) = (Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero);
        for (; numbers.Length >= 64; numbers = numbers[64..])
        {
            a += Vector512.Create(numbers);
            b += Vector512.Create(numbers[16..]);
            c += Vector512.Create(numbers[32..]);
            d += Vector512.Create(numbers[48..]);
        }
        return Lanes.Fold(a + b + (c + d));
    }

    private static void RuntimeExp(ReadOnlySpan<float> from, Span<float> to)
    {
        for (; from.Length >= 16; from = from[16..], to = to[16..]) { Vector512.Exp(Vector512.Create(from)).CopyTo(to); }
    }

    private static void PlainSums(ReadOnlySpan<float> from, int columns, Span<float> to)
    {
        for (var row = 0; row * columns < from.Length; row++) { to[row] = PlainSum(from.Slice(row * columns, columns)); }
    }

    private static ISession Compiled(TensorShape shape, Func<Value, Value> function)
    {
        var x = Value.Input("x", TensorType.Float32(shape));
        return new SimdEngine().Compile(Graph.Of("part", [x], [new("y", function(x))]), new CompileOptions { Threads = 1 });
    }
}
