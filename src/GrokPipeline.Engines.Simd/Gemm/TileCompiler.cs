using System.Collections.Concurrent;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using GrokPipeline.Engines.Simd.Code;

namespace GrokPipeline.Engines.Simd.Gemm;

/// <summary>
/// C (+)= A·B for a few rows and 16 or 32 columns, C in registers while k runs. <paramref name="stride"/>: bytes between rows of A, or
/// between its columns where rows are side by side; <paramref name="b"/>: a panel of 32 columns, [k][32]; <paramref name="columns"/>: how
/// many columns of C to store.
/// </summary>
internal unsafe delegate void TileCode(
    float* a, nint stride, float* b, float* c, nint rowStrideC, nint k, nint columns, bool accumulate);

/// <summary>
/// Compiles the inner kernel of matrix products. Each element of C is one chain of fused multiply-adds over ascending k, whatever the
/// tile's size: the bits do not depend on the vector width or on how a product is cut.
/// </summary>
internal static class TileCompiler
{
    /// <summary>Columns of a packed panel of B.</summary>
    public const int PanelColumns = 32;

    /// <summary>Rows of a packed panel of A.</summary>
    public const int PanelRows = 8;

    private static readonly ConcurrentDictionary<(int Rows, int Units, bool Turned), TileCode> Compiled = new();

    /// <summary>Rows of the largest tile on this machine: it fits the registers.</summary>
    public static int Rows => VectorEmitter.Lanes switch { 16 => 8, 8 => 4, _ => 2 };

    /// <summary>Groups of 16 columns of the largest tile on this machine.</summary>
    public static int Units => VectorEmitter.Lanes == 16 ? 2 : 1;

    /// <summary>The code for a tile.</summary>
    /// <param name="rows">1 to <see cref="Rows"/>.</param>
    /// <param name="units">Groups of 16 columns, 1 or 2.</param>
    /// <param name="turned">Rows of A are side by side, as in a packed panel or a transposed matrix; else each row is dense.</param>
    public static TileCode Of(int rows, int units, bool turned) => Compiled.GetOrAdd((rows, units, turned), static key =>
    {
        Type[] parameters =
            [typeof(float*), typeof(nint), typeof(float*), typeof(float*), typeof(nint), typeof(nint), typeof(nint), typeof(bool)];
        var method = new DynamicMethod("tile", typeof(void), parameters, typeof(TileCompiler).Module, skipVisibility: true);
        Emit(method.GetILGenerator(), key.Rows, key.Units, key.Turned);
        var code = method.CreateDelegate<TileCode>();
        RuntimeHelpers.PrepareDelegate(code);
        return code;
    });

    private static void Emit(ILGenerator il, int rows, int units, bool turned)
    {
        var e = new VectorEmitter(il);
        var vectors = units * VectorEmitter.Parts;
        var sums = new LocalBuilder[rows, vectors];
        for (var row = 0; row < rows; row++)
        {
            for (var vector = 0; vector < vectors; vector++) { sums[row, vector] = e.Variable(0f); }
        }
        var rowOfA = RowAddresses(il, rows, turned);
        var offset = il.DeclareLocal(typeof(nint));
        var end = il.DeclareLocal(typeof(nint));
        Set(il, offset, () => { il.Emit(OpCodes.Ldc_I4_0); il.Emit(OpCodes.Conv_I); });
        Set(il, end, () =>
        {
            il.Emit(OpCodes.Ldarg_S, (byte)5);
            Stride();
            il.Emit(OpCodes.Mul);
        });
        var (next, check) = (il.DefineLabel(), il.DefineLabel());
        il.Emit(OpCodes.Br, check);
        il.MarkLabel(next);
        Step(e, rows, vectors, turned, rowOfA, offset, sums);
        Set(il, offset, () =>
        {
            il.Emit(OpCodes.Ldloc, offset);
            Stride();
            il.Emit(OpCodes.Add);
        });
        il.Emit(OpCodes.Ldarg_2);
        il.Emit(OpCodes.Ldc_I4, 4 * PanelColumns);
        il.Emit(OpCodes.Add);
        il.Emit(OpCodes.Starg_S, (byte)2);
        il.MarkLabel(check);
        il.Emit(OpCodes.Ldloc, offset);
        il.Emit(OpCodes.Ldloc, end);
        il.Emit(OpCodes.Blt, next);
        Finish(e, rows, vectors, sums);
        il.Emit(OpCodes.Ret);

        // From one step of k to the next in A.
        void Stride()
        {
            if (turned) { il.Emit(OpCodes.Ldarg_1); }
            else { il.Emit(OpCodes.Ldc_I4, sizeof(float)); }
        }
    }

    private static LocalBuilder[] RowAddresses(ILGenerator il, int rows, bool turned)
    {
        var addresses = new LocalBuilder[rows];
        for (var row = 0; row < (turned ? 1 : rows); row++)
        {
            var (local, index) = (il.DeclareLocal(typeof(nint)), row);
            addresses[row] = local;
            Set(il, local, () =>
            {
                if (index == 0) { il.Emit(OpCodes.Ldarg_0); il.Emit(OpCodes.Conv_I); return; }
                il.Emit(OpCodes.Ldloc, addresses[index - 1]);
                il.Emit(OpCodes.Ldarg_1);
                il.Emit(OpCodes.Add);
            });
        }
        return addresses;
    }

    private static void Step(
        VectorEmitter e, int rows, int vectors, bool turned, LocalBuilder[] rowOfA, LocalBuilder offset, LocalBuilder[,] sums)
    {
        var il = e.IL;
        var b = new LocalBuilder[vectors];
        for (var vector = 0; vector < vectors; vector++)
        {
            il.Emit(OpCodes.Ldarg_2);
            AddBytes(il, vector * VectorEmitter.Lanes * 4);
            b[vector] = e.Load();
        }
        for (var row = 0; row < rows; row++)
        {
            il.Emit(OpCodes.Ldloc, turned ? rowOfA[0] : rowOfA[row]);
            il.Emit(OpCodes.Ldloc, offset);
            il.Emit(OpCodes.Add);
            if (turned) { AddBytes(il, row * 4); }
            il.Emit(OpCodes.Ldind_R4);
            var a = e.Splat();
            for (var vector = 0; vector < vectors; vector++) { e.Copy(e.Fma(a, b[vector], sums[row, vector]), sums[row, vector]); }
        }
    }

    // Stores the sums, or adds them to what is there; past the last column nothing is written.
    private static void Finish(VectorEmitter e, int rows, int vectors, LocalBuilder[,] sums)
    {
        var il = e.IL;
        var (accumulate, partial, done) = (il.DefineLabel(), il.DefineLabel(), il.DefineLabel());
        var store = typeof(LaneMemory).GetMethod("StoreFirst" + (VectorEmitter.Lanes * 32))!;                // written beside this class
        il.Emit(OpCodes.Ldarg_S, (byte)7);
        il.Emit(OpCodes.Brfalse, accumulate);
        Each((row, vector) =>
        {
            Address(row, vector);
            e.Copy(e.Call("Add", e.Load(), sums[row, vector]), sums[row, vector]);
        });
        il.MarkLabel(accumulate);
        il.Emit(OpCodes.Ldarg_S, (byte)6);
        il.Emit(OpCodes.Ldc_I4, vectors * VectorEmitter.Lanes);
        il.Emit(OpCodes.Blt, partial);
        Each((row, vector) =>
        {
            Address(row, vector);
            e.Store(sums[row, vector]);
        });
        il.Emit(OpCodes.Br, done);
        il.MarkLabel(partial);
        Each((row, vector) =>
        {
            Address(row, vector);
            il.Emit(OpCodes.Ldloc, sums[row, vector]);
            il.Emit(OpCodes.Ldarg_S, (byte)6);
            AddBytes(il, -vector * VectorEmitter.Lanes);
            il.Emit(OpCodes.Call, store);
        });
        il.MarkLabel(done);

        void Each(Action<int, int> action)
        {
            for (var row = 0; row < rows; row++)
            {
                for (var vector = 0; vector < vectors; vector++) { action(row, vector); }
            }
        }

        void Address(int row, int vector)
        {
            il.Emit(OpCodes.Ldarg_3);
            if (row > 0)
            {
                il.Emit(OpCodes.Ldarg_S, (byte)4);
                il.Emit(OpCodes.Ldc_I4, row);
                il.Emit(OpCodes.Mul);
                il.Emit(OpCodes.Add);
            }
            AddBytes(il, vector * VectorEmitter.Lanes * 4);
        }
    }

    private static void AddBytes(ILGenerator il, int bytes)
    {
        if (bytes == 0) { return; }
        il.Emit(OpCodes.Ldc_I4, bytes);
        il.Emit(OpCodes.Add);
    }

    private static void Set(ILGenerator il, LocalBuilder local, Action value)
    {
        value();
        il.Emit(OpCodes.Stloc, local);
    }
}
