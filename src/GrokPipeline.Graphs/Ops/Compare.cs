using System.Collections.Immutable;
using System.Numerics;

namespace GrokPipeline.Graphs.Ops;

/// <summary>A question about two numbers.</summary>
/// <typeparam name="TSelf">The question itself.</typeparam>
public interface IComparison<TSelf>
    where TSelf : IComparison<TSelf>
{
    /// <summary>The operator's name in ONNX.</summary>
    static abstract string OpType { get; }

    /// <summary>True when Int64 inputs are accepted besides floats.</summary>
    static abstract bool TakesIntegers { get; }

    /// <summary>The answer.</summary>
    static abstract bool Invoke<T>(T x, T y)
        where T : INumber<T>;
}

/// <summary>Compares each pair of elements: Bool out, no gradient; shapes broadcast as in NumPy.</summary>
/// <typeparam name="TFunction">The question.</typeparam>
public sealed record Compare<TFunction> : Op
    where TFunction : IComparison<TFunction>
{
    /// <inheritdoc/>
    public override string OpType => TFunction.OpType;

    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        OpInputs.Expect(OpType, inputs, 2);
        var element = TFunction.TakesIntegers && inputs[0].Element == ElementType.Int64 ? ElementType.Int64 : ElementType.Float32;
        var a = OpInputs.Of(OpType, inputs, 0, element);
        var b = OpInputs.Of(OpType, inputs, 1, element);
        return new(ElementType.Bool, TensorShape.Broadcast(a.Shape, b.Shape));
    }

    /// <inheritdoc/>
    public override ImmutableArray<Value?> Vjp(Value output, Value cotangent) => [null, null];

    /// <inheritdoc/>
    public override void Evaluate<T>(Buffers<T> buffers)
    {
        if (buffers.Type(0).Element == ElementType.Int64) { Answer<T, long>(buffers); }
        else { Answer<T, T>(buffers); }
    }

    private static void Answer<T, TElement>(Buffers<T> buffers)
        where TElement : INumber<TElement>
    {
        var a = buffers.Elements<TElement>(0);
        var b = buffers.Elements<TElement>(1);
        var y = buffers.OutputBools;
        var shape = buffers.OutputType.Shape;
        var walk = new IndexWalk(shape, Strides.Broadcast(buffers.Shape(0), shape), Strides.Broadcast(buffers.Shape(1), shape));
        for (var i = 0; i < y.Length; i++, walk.Next()) { y[i] = TFunction.Invoke(a[walk.OffsetA], b[walk.OffsetB]); }
    }
}
