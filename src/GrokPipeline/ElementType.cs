namespace GrokPipeline;

/// <summary>What one element of a tensor is. The numbers are ONNX's <c>TensorProto.DataType</c>.</summary>
public enum ElementType
{
    /// <summary>IEEE 754 single precision, 4 bytes.</summary>
    Float32 = 1,

    /// <summary>Signed 64-bit integer, 8 bytes: tokens, labels, indices.</summary>
    Int64 = 7,

    /// <summary>Truth value, 1 byte.</summary>
    Bool = 9,

    /// <summary>IEEE 754 double precision, 8 bytes: gradient checks and logged losses.</summary>
    Float64 = 11,
}

/// <summary>Facts about element types.</summary>
public static class ElementTypes
{
    /// <summary>Bytes of one element.</summary>
    public static int SizeInBytes(this ElementType type) => type switch
    {
        ElementType.Float32 => 4,
        ElementType.Int64 or ElementType.Float64 => 8,
        ElementType.Bool => 1,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Not an element type."),
    };

    /// <summary>True for the two floating-point types, which alone have gradients.</summary>
    public static bool IsFloat(this ElementType type) => type is ElementType.Float32 or ElementType.Float64;

    /// <summary>The element type whose managed counterpart is <typeparamref name="T"/>.</summary>
    /// <exception cref="NotSupportedException"><typeparamref name="T"/> is not float, double, long or bool.</exception>
    public static ElementType Of<T>()
        where T : unmanaged
    {
        if (typeof(T) == typeof(float)) { return ElementType.Float32; }
        if (typeof(T) == typeof(double)) { return ElementType.Float64; }
        if (typeof(T) == typeof(long)) { return ElementType.Int64; }
        if (typeof(T) == typeof(bool)) { return ElementType.Bool; }
        throw new NotSupportedException($"{typeof(T)} is no element type; use float, double, long or bool.");
    }
}
