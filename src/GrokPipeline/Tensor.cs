using System.Runtime.InteropServices;

namespace GrokPipeline;

/// <summary>
/// A dense, row-major block of host memory with a type. It is what enters and leaves an engine; its memory is pinned, so that
/// native code may be handed its address as long as the tensor is alive.
/// </summary>
public sealed class Tensor
{
    private readonly byte[] _bytes;

    /// <summary>A tensor of zeros.</summary>
    public Tensor(TensorType type)
    {
        Type = type;
        _bytes = GC.AllocateArray<byte>(checked((int)type.SizeInBytes), pinned: true);
    }

    /// <summary>Element type and shape.</summary>
    public TensorType Type { get; }

    /// <summary>The extents.</summary>
    public TensorShape Shape => Type.Shape;

    /// <summary>The elements as raw little-endian bytes.</summary>
    public Span<byte> Bytes => _bytes;

    /// <summary>A tensor that holds a copy of <paramref name="elements"/>.</summary>
    /// <exception cref="GrokException">The shape asks for another number of elements.</exception>
    public static Tensor Of<T>(TensorShape shape, ReadOnlySpan<T> elements)
        where T : unmanaged
    {
        if (shape.Count != elements.Length)
        {
            throw new GrokException(
                $"A tensor of shape {shape} needs {shape.Count} elements; {elements.Length} were given.",
                "Give as many elements as the product of the extents.");
        }
        var tensor = new Tensor(new TensorType(ElementTypes.Of<T>(), shape));
        elements.CopyTo(tensor.AsSpan<T>());
        return tensor;
    }

    /// <summary>A scalar.</summary>
    public static Tensor Scalar<T>(T value)
        where T : unmanaged => Of([], [value]);

    /// <summary>The elements, row-major, sharing this tensor's memory.</summary>
    /// <exception cref="GrokException"><typeparamref name="T"/> is not the tensor's element type.</exception>
    public Span<T> AsSpan<T>()
        where T : unmanaged
    {
        if (ElementTypes.Of<T>() != Type.Element)
        {
            throw new GrokException(
                $"A tensor of {Type} was read as {ElementTypes.Of<T>()}.", "Read it with its own element type.");
        }
        return MemoryMarshal.Cast<byte, T>(_bytes.AsSpan());
    }

    /// <summary>A copy that shares nothing.</summary>
    public Tensor Copy()
    {
        var copy = new Tensor(Type);
        _bytes.CopyTo(copy._bytes, 0);
        return copy;
    }

    /// <summary>The type, not the elements.</summary>
    public override string ToString() => Type.ToString();
}
