using System.Collections.Immutable;
using System.Numerics;

namespace GrokPipeline.Graphs.Ops;

/// <summary>A function of two numbers, applied element by element: its name, meaning and partial derivatives.</summary>
/// <typeparam name="TSelf">The function itself.</typeparam>
public interface IElementwise2<TSelf>
    where TSelf : IElementwise2<TSelf>
{
    /// <summary>The operator's name in ONNX.</summary>
    static abstract string OpType { get; }

    /// <summary>The function.</summary>
    static abstract T Invoke<T>(T x, T y)
        where T : IFloatingPointIeee754<T>;

    /// <summary>The cotangent's share for each input, in the output's shape; the caller sums over broadcast axes.</summary>
    static abstract (Value A, Value B) Shares(Value a, Value b, Value output, Value cotangent);
}

/// <summary>A binary operator that treats each pair of elements alone; shapes broadcast as in NumPy.</summary>
/// <typeparam name="TFunction">The function of two numbers.</typeparam>
public sealed record Elementwise2<TFunction> : Op
    where TFunction : IElementwise2<TFunction>
{
    /// <inheritdoc/>
    public override string OpType => TFunction.OpType;

    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        OpInputs.Expect(OpType, inputs, 2);
        var a = OpInputs.AnyFloat(OpType, inputs, 0);
        var b = OpInputs.Of(OpType, inputs, 1, a.Element);
        return new(a.Element, TensorShape.Broadcast(a.Shape, b.Shape));
    }

    /// <inheritdoc/>
    public override ImmutableArray<Value?> Vjp(Value output, Value cotangent)
    {
        var (a, b) = (output.Inputs[0], output.Inputs[1]);
        var (shareA, shareB) = TFunction.Shares(a, b, output, cotangent);
        return [shareA.SumTo(a.Shape), shareB.SumTo(b.Shape)];
    }

    /// <inheritdoc/>
    public override void Evaluate<T>(Buffers<T> buffers)
    {
        var a = buffers.Input(0);
        var b = buffers.Input(1);
        var y = buffers.Output;
        var strideA = Strides.Broadcast(buffers.Shape(0), buffers.OutputType.Shape);
        var strideB = Strides.Broadcast(buffers.Shape(1), buffers.OutputType.Shape);
        var walk = new IndexWalk(buffers.OutputType.Shape, strideA, strideB);
        for (var i = 0; i < y.Length; i++, walk.Next()) { y[i] = TFunction.Invoke(a[walk.OffsetA], b[walk.OffsetB]); }
    }
}
