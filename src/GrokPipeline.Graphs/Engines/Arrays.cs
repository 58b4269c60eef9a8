using System.Numerics;

namespace GrokPipeline.Graphs.Engines;

/// <summary>The arrays behind <see cref="Buffers{T}"/>: <c>T[]</c> for floats of any precision, <c>long[]</c>, <c>bool[]</c>.</summary>
internal static class Arrays
{
    /// <summary>An array of zeros for a type.</summary>
    public static Array For<T>(TensorType type) => type.Element switch
    {
        ElementType.Int64 => new long[type.Shape.Count],
        ElementType.Bool => new bool[type.Shape.Count],
        ElementType.Float64 => new double[type.Shape.Count],
        _ => new T[type.Shape.Count],
    };

    /// <summary>Fills an array from a tensor of as many elements; floats are converted.</summary>
    public static void Fill<T>(Array array, Tensor from)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        switch (from.Type.Element)
        {
            case ElementType.Int64: from.AsSpan<long>().CopyTo((long[])array); break;
            case ElementType.Bool: from.AsSpan<bool>().CopyTo((bool[])array); break;
            case ElementType.Float32: Convert<float, T>(from.AsSpan<float>(), (T[])array); break;
            default: Convert<double, T>(from.AsSpan<double>(), (T[])array); break;
        }
    }

    /// <summary>Copies an array into a tensor of its type.</summary>
    public static void Copy<T>(Array array, Tensor to)
        where T : unmanaged
    {
        switch (array)
        {
            case long[] numbers: numbers.CopyTo(to.AsSpan<long>()); break;
            case bool[] bools: bools.CopyTo(to.AsSpan<bool>()); break;
            default: ((T[])array).CopyTo(to.AsSpan<T>()); break;
        }
    }

    /// <summary>An operator's result on tensors, in single precision.</summary>
    public static Tensor Evaluate(Op op, TensorType type, IReadOnlyList<Tensor> inputs)
    {
        var arrays = inputs.Select(input => For<float>(input.Type)).ToArray();
        for (var i = 0; i < arrays.Length; i++) { Fill<float>(arrays[i], inputs[i]); }
        var output = For<float>(type);
        op.Evaluate(new Buffers<float>([.. inputs.Select(input => input.Type)], arrays, type, output));
        var result = new Tensor(type);
        Copy<float>(output, result);
        return result;
    }

    /// <summary>Converts an array of floats of one precision into one of another.</summary>
    public static void Convert(Array from, Array to)
    {
        switch (from, to)
        {
            case (float[] single, double[] wide): Convert<float, double>(single, wide); break;
            case (double[] wide, float[] single): Convert<double, float>(wide, single); break;
            default: Array.Copy(from, to, to.Length); break;
        }
    }

    private static void Convert<TFrom, TTo>(ReadOnlySpan<TFrom> from, Span<TTo> to)
        where TFrom : IFloatingPointIeee754<TFrom>
        where TTo : IFloatingPointIeee754<TTo>
    {
        for (var i = 0; i < to.Length; i++) { to[i] = TTo.CreateTruncating(from[i]); }
    }
}
