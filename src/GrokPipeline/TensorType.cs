namespace GrokPipeline;

/// <summary>Element type and shape: all that is known of a value before it is computed.</summary>
/// <param name="Element">What one element is.</param>
/// <param name="Shape">The extents; always fully known.</param>
public readonly record struct TensorType(ElementType Element, TensorShape Shape)
{
    /// <summary>A float32 type.</summary>
    public static TensorType Float32(TensorShape shape) => new(ElementType.Float32, shape);

    /// <summary>An int64 type.</summary>
    public static TensorType Int64(TensorShape shape) => new(ElementType.Int64, shape);

    /// <summary>Bytes of a tensor of this type.</summary>
    public long SizeInBytes => (long)Shape.Count * Element.SizeInBytes();

    /// <summary><c>Float32[97, 128]</c>.</summary>
    public override string ToString() => $"{Element}{Shape}";
}
