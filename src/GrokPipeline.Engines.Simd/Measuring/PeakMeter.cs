using System.Diagnostics;
using System.Reflection.Emit;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using GrokPipeline.Engines.Simd.Code;
using GrokPipeline.Engines.Simd.Gemm;
using GrokPipeline.Engines.Simd.Kernels;

namespace GrokPipeline.Engines.Simd.Measuring;

/// <summary>Short runs at the machine's limits, the same on all threads at once.</summary>
internal static unsafe class PeakMeter
{
    private const double LeastSeconds = 0.0004;
    private const double MeasuredSeconds = 0.4;

    // Latency times throughput of multiply-adds is 8 to 10 on today's processors; 12 and two operands fit 16 registers.
    private const int Chains = 12;
    private const int Rounds = 2048;

    // Both panels of a tile in a first-level cache of 32 KiB.
    private const int TileDepth = 128;
    private const int TileCalls = 64;
    private const nint LeastStreamBytes = 128 << 20;
    private const nint LeastPart = 8 << 20;
    private const nint StreamPiece = 1 << 20;

    private delegate float FusedCode(nint rounds);

    /// <summary>10⁹ operations a second of fused multiply-adds that depend on nothing but themselves.</summary>
    public static double Fused(int threads)
    {
        var code = FusedLoop();
        return Best(threads, 2.0 * Chains * VectorEmitter.Lanes * Rounds, _ => code(Rounds)) / 1e9;
    }

    /// <summary>10⁹ operations a second of the largest tile on packed panels.</summary>
    public static double Tiles(int threads)
    {
        var (rows, columns) = (TileCompiler.Rows, TileCompiler.Units * 16);
        var tile = TileCompiler.Of(rows, TileCompiler.Units, turned: true);
        const int Floats = TileDepth * (TileCompiler.PanelRows + TileCompiler.PanelColumns);
        var room = Floats + (TileCompiler.PanelRows * TileCompiler.PanelColumns);
        var memory = (float*)NativeMemory.AlignedAlloc((nuint)threads * (nuint)room * sizeof(float), 64);
        try
        {
            NativeMemory.Clear(memory, (nuint)threads * (nuint)room * sizeof(float));
            return Best(threads, 2.0 * rows * columns * TileDepth * TileCalls, thread =>
            {
                var a = memory + (thread * room);
                var b = a + (TileDepth * TileCompiler.PanelRows);
                for (var i = 0; i < TileCalls; i++)
                {
                    tile(a, TileCompiler.PanelRows * sizeof(float), b, a + Floats, TileCompiler.PanelColumns * sizeof(float), TileDepth, columns, false);
                }
            }) / 1e9;
        }
        finally
        {
            NativeMemory.AlignedFree(memory);
        }
    }

    /// <summary>10⁹ bytes a second that all threads together read from a block larger than caches.</summary>
    public static double Stream(int threads)
    {
        var part = Math.Max(LeastStreamBytes / threads, LeastPart) / StreamPiece * StreamPiece;
        var bytes = (nuint)(part * threads);
        var memory = (byte*)NativeMemory.AlignedAlloc(bytes, 64);
        try
        {
            // Written once: pages that never were are all the same page.
            NativeMemory.Fill(memory, bytes, 0);
            // In pieces, so that a run may be as short as the others: each call reads on where the last one of its thread has stopped.
            var places = new nint[threads * 8];                                        // each on a cache line of its own
            return Best(threads, StreamPiece, thread =>
            {
                var place = places[thread * 8];
                Read((float*)(memory + (thread * part) + place), StreamPiece / sizeof(float));
                places[thread * 8] = place + (2 * StreamPiece) > part ? 0 : place + StreamPiece;
            }) / 1e9;
        }
        finally
        {
            NativeMemory.AlignedFree(memory);
        }
    }

    private static float Read(float* from, nint count)
    {
        var (a, b) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (c, d) = (Vector512<float>.Zero, Vector512<float>.Zero);
        for (nint i = 0; i < count; i += 64)
        {
            a += Vector512.Load(from + i);
            b += Vector512.Load(from + i + 16);
            c += Vector512.Load(from + i + 32);
            d += Vector512.Load(from + i + 48);
        }
        return Lanes.Fold(a + b + (c + d));
    }

    // x = x / 2 + 1 in every chain: stays near 2.
    private static FusedCode FusedLoop()
    {
        var method = new DynamicMethod("fused", typeof(float), [typeof(nint)], typeof(PeakMeter).Module, skipVisibility: true);
        var il = method.GetILGenerator();
        var e = new VectorEmitter(il);
        var (half, one) = (e.Constant(0.5f), e.Constant(1f));
        var chains = Enumerable.Range(0, Chains).Select(i => e.Variable(i)).ToArray();
        var (next, check) = (il.DefineLabel(), il.DefineLabel());
        il.Emit(OpCodes.Br, check);
        il.MarkLabel(next);
        foreach (var chain in chains) { e.Copy(e.Fma(chain, half, one), chain); }
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldc_I4_1);
        il.Emit(OpCodes.Conv_I);
        il.Emit(OpCodes.Sub);
        il.Emit(OpCodes.Starg_S, (byte)0);
        il.MarkLabel(check);
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Brtrue, next);
        var sum = chains.Aggregate((a, b) => e.Call("Add", a, b));
        il.Emit(OpCodes.Ldloc, sum);
        il.Emit(OpCodes.Call, e.Method("ToScalar", e.Vector));
        il.Emit(OpCodes.Ret);
        return method.CreateDelegate<FusedCode>();
    }

    // Units a second over all threads, each call being so many units. Runs are as short as kernels are, and many: on a machine that others
    // use too, only few of them have all threads to themselves.
    private static double Best(int threads, double units, Action<int> work)
    {
        var calls = 1;
        while (Seconds(() => { for (var i = 0; i < calls; i++) { work(0); } }) < LeastSeconds) { calls *= 2; }
        using var team = threads > 1 ? new WorkerTeam([new Share(threads, calls, work)], threads, null, 0) : null;
        var best = double.PositiveInfinity;
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed.TotalSeconds < MeasuredSeconds)
        {
            best = Math.Min(best, Seconds(() =>
            {
                if (team is not null) { team.Run(0); }
                else { for (var i = 0; i < calls; i++) { work(0); } }
            }));
        }
        return threads * calls * units / best;
    }

    private static double Seconds(Action run)
    {
        var start = Stopwatch.GetTimestamp();
        run();
        return (double)(Stopwatch.GetTimestamp() - start) / Stopwatch.Frequency;
    }

    /// <summary>The same work for each thread.</summary>
    private sealed class Share : Kernel
    {
        private readonly int _calls;
        private readonly Action<int> _work;

        public Share(int threads, int calls, Action<int> work) => (Chunks, _calls, _work) = (threads, calls, work);

        /// <inheritdoc/>
        public override IEnumerable<Slot> Reads => [];

        /// <inheritdoc/>
        public override IEnumerable<Slot> Writes => [];

        /// <inheritdoc/>
        public override KernelWork Work => default;

        /// <inheritdoc/>
        public override string ToString() => "Share";

        /// <inheritdoc/>
        public override void Run(int chunk, byte* scratch)
        {
            for (var i = 0; i < _calls; i++) { _work(chunk); }
        }
    }
}
