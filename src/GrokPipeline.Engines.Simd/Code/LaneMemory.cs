using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace GrokPipeline.Engines.Simd.Code;

/// <summary>
/// What generated loops do at the ends of rows and with truth values, for each vector width. Loads may run past a row's end (every buffer
/// has room for it); stores never do.
/// </summary>
internal static unsafe class LaneMemory
{
    /// <summary>All bits set in the first <paramref name="count"/> lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> FirstLanes512(nint count) =>
        Vector512.LessThan(Vector512<float>.Indices, Vector512.Create((float)count));

    /// <summary>All bits set in the first <paramref name="count"/> lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> FirstLanes256(nint count) =>
        Vector256.LessThan(Vector256<float>.Indices, Vector256.Create((float)count));

    /// <summary>All bits set in the first <paramref name="count"/> lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> FirstLanes128(nint count) =>
        Vector128.LessThan(Vector128<float>.Indices, Vector128.Create((float)count));

    /// <summary>Stores the first lanes; all when <paramref name="count"/> is the width or more, none when it is not positive.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreFirst512(float* to, Vector512<float> value, nint count)
    {
        if (count >= 16) { value.Store(to); }
        else if (Avx512F.IsSupported) { Avx512F.MaskStore(to, FirstLanes512(count), value); }
        else { Some(to, (float*)&value, count); }
    }

    /// <summary>Stores the first lanes; all when <paramref name="count"/> is the width or more, none when it is not positive.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreFirst256(float* to, Vector256<float> value, nint count)
    {
        if (count >= 8) { value.Store(to); }
        else if (Avx.IsSupported) { Avx.MaskStore(to, FirstLanes256(count), value); }
        else { Some(to, (float*)&value, count); }
    }

    /// <summary>Stores the first lanes; all when <paramref name="count"/> is the width or more, none when it is not positive.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreFirst128(float* to, Vector128<float> value, nint count)
    {
        if (count >= 4) { value.Store(to); }
        else { Some(to, (float*)&value, count); }
    }

    /// <summary>Truth values as lane masks.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> LoadTruths512(byte* from)
    {
        var bytes = Vector512.WidenLower(Vector512.WidenLower(Vector512.Create(Vector256.Create(Vector128.Load(from), default), default)));
        return Vector512.GreaterThan(bytes, Vector512<uint>.Zero).AsSingle();
    }

    /// <summary>Truth values as lane masks.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> LoadTruths256(byte* from) => Vector256.Create(LoadTruths128(from), LoadTruths128(from + 4));

    /// <summary>Truth values as lane masks.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> LoadTruths128(byte* from) =>
        Vector128.GreaterThan(Vector128.Create((uint)from[0], from[1], from[2], from[3]), Vector128<uint>.Zero).AsSingle();

    /// <summary>One truth value in every lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Truth(byte value) => BitConverter.Int32BitsToSingle(value != 0 ? -1 : 0);

    /// <summary>Lane masks as truth values, the first <paramref name="count"/> of them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreTruths512(byte* to, Vector512<float> mask, nint count) =>
        Truths(to, mask.ExtractMostSignificantBits(), count, 16);

    /// <summary>Lane masks as truth values, the first <paramref name="count"/> of them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreTruths256(byte* to, Vector256<float> mask, nint count) =>
        Truths(to, mask.ExtractMostSignificantBits(), count, 8);

    /// <summary>Lane masks as truth values, the first <paramref name="count"/> of them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreTruths128(byte* to, Vector128<float> mask, nint count) =>
        Truths(to, mask.ExtractMostSignificantBits(), count, 4);

    /// <summary>The 16 lanes added in the order of <see cref="GrokPipeline.Lanes.Fold"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum512(Vector512<float> lanes) => Sum256(lanes.GetLower(), lanes.GetUpper());

    /// <summary>The 16 lanes added in the order of <see cref="GrokPipeline.Lanes.Fold"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum256(Vector256<float> a, Vector256<float> b)
    {
        var eight = a + b;
        return Four(eight.GetLower() + eight.GetUpper());
    }

    /// <summary>The 16 lanes added in the order of <see cref="GrokPipeline.Lanes.Fold"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum128(Vector128<float> a, Vector128<float> b, Vector128<float> c, Vector128<float> d) => Four((a + c) + (b + d));

    /// <summary>The largest of 16 lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Largest512(Vector512<float> lanes) => Largest256(lanes.GetLower(), lanes.GetUpper());

    /// <summary>The largest of 16 lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Largest256(Vector256<float> a, Vector256<float> b) =>
        Largest128(a.GetLower(), a.GetUpper(), b.GetLower(), b.GetUpper());

    /// <summary>The largest of 16 lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Largest128(Vector128<float> a, Vector128<float> b, Vector128<float> c, Vector128<float> d)
    {
        var four = Larger(Larger(a, c), Larger(b, d));
        var two = Larger(four, Vector128.Shuffle(four, Vector128.Create(2, 3, 0, 1)));
        return Larger(two, Vector128.Shuffle(two, Vector128.Create(1, 0, 3, 2)))[0];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Larger(Vector128<float> a, Vector128<float> b) =>
        X86Base.IsSupported ? Vector128.MaxNative(a, b) : Vector128.ConditionalSelect(Vector128.GreaterThan(a, b), a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Four(Vector128<float> four) => (four[0] + four[2]) + (four[1] + four[3]);

    private static void Some(float* to, float* from, nint count)
    {
        for (nint i = 0; i < count; i++) { to[i] = from[i]; }
    }

    private static void Truths(byte* to, ulong bits, nint count, int width)
    {
        for (var i = 0; i < width && i < count; i++) { to[i] = (byte)((bits >> i) & 1); }
    }
}
