using System.Collections.Immutable;
using System.Numerics;

namespace GrokPipeline.Graphs.Ops;

/// <summary>A function of one number, applied to each element: its name, meaning and derivative.</summary>
/// <typeparam name="TSelf">The function itself.</typeparam>
public interface IElementwise<TSelf>
    where TSelf : IElementwise<TSelf>
{
    /// <summary>The operator's name in ONNX.</summary>
    static abstract string OpType { get; }

    /// <summary>The function.</summary>
    static abstract T Invoke<T>(T x)
        where T : IFloatingPointIeee754<T>;

    /// <summary>dy/dx as a value, from the input and the output; null where it is zero everywhere.</summary>
    static abstract Value? Derivative(Value x, Value y);
}

/// <summary>A unary operator that treats each element alone; input and output have one float type.</summary>
/// <typeparam name="TFunction">The function of one number.</typeparam>
public sealed record Elementwise<TFunction> : Op
    where TFunction : IElementwise<TFunction>
{
    /// <inheritdoc/>
    public override string OpType => TFunction.OpType;

    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        OpInputs.Expect(OpType, inputs, 1);
        return OpInputs.AnyFloat(OpType, inputs, 0);
    }

    /// <inheritdoc/>
    public override ImmutableArray<Value?> Vjp(Value output, Value cotangent) =>
        [TFunction.Derivative(output.Inputs[0], output) is { } slope ? cotangent * slope : null];

    /// <inheritdoc/>
    public override void Evaluate<T>(Buffers<T> buffers)
    {
        var x = buffers.Input(0);
        var y = buffers.Output;
        for (var i = 0; i < y.Length; i++) { y[i] = TFunction.Invoke(x[i]); }
    }
}
