using System.Collections.Immutable;
using System.Numerics;

namespace GrokPipeline.Graphs.Ops;

/// <summary>
/// Another element type (ONNX <c>Cast</c>, opset 13). A float becomes an integer by dropping its fraction and a truth value by asking
/// whether it differs from 0; what does not fit an integer is cut off at the largest, NaN becomes 0.
/// </summary>
/// <param name="To">
/// Float32, Int64 or Bool; or Float64, for sums and logarithms that float32 is too coarse for. Between floats the gradient passes.
/// </param>
public sealed record Cast(ElementType To) : Op
{
    /// <inheritdoc/>
    public override string OpType => "Cast";

    /// <inheritdoc/>
    public override ImmutableArray<OpAttribute> Attributes => [OpAttribute.Of("to", (long)To)];

    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        OpInputs.Expect(OpType, inputs, 1);
        return To is ElementType.Float32 or ElementType.Float64 or ElementType.Int64 or ElementType.Bool ? inputs[0] with { Element = To }
            : throw new GrokException($"Cast to {To} is not among a graph's types.", "Cast to Float32, Float64, Int64 or Bool.");
    }

    /// <inheritdoc/>
    public override ImmutableArray<Value?> Vjp(Value output, Value cotangent) =>
        [output.Type == output.Inputs[0].Type || (To.IsFloat() && output.Inputs[0].Type.Element.IsFloat())
            ? cotangent.Cast(output.Inputs[0].Type.Element) : null];

    /// <inheritdoc/>
    public override void Evaluate<T>(Buffers<T> buffers)
    {
        switch (buffers.Type(0).Element)
        {
            case ElementType.Int64: From(buffers.Integers(0), buffers); break;
            case ElementType.Bool: FromBool(buffers.Bools(0), buffers); break;
            default: From(buffers.Input(0), buffers); break;
        }
    }

    private void From<T, TElement>(ReadOnlySpan<TElement> x, Buffers<T> buffers)
        where T : IFloatingPointIeee754<T>
        where TElement : INumber<TElement>
    {
        for (var i = 0; i < x.Length; i++)
        {
            switch (To)
            {
                case ElementType.Int64: buffers.OutputIntegers[i] = long.CreateSaturating(x[i]); break;
                case ElementType.Bool: buffers.OutputBools[i] = x[i] != TElement.Zero; break;
                default: buffers.Output[i] = T.CreateTruncating(x[i]); break;
            }
        }
    }

    private void FromBool<T>(ReadOnlySpan<bool> x, Buffers<T> buffers)
        where T : IFloatingPointIeee754<T>
    {
        for (var i = 0; i < x.Length; i++)
        {
            switch (To)
            {
                case ElementType.Int64: buffers.OutputIntegers[i] = x[i] ? 1 : 0; break;
                case ElementType.Bool: buffers.OutputBools[i] = x[i]; break;
                default: buffers.Output[i] = x[i] ? T.One : T.Zero; break;
            }
        }
    }
}

/// <summary>Changing the element type of values.</summary>
public static class CastExtensions
{
    extension(Value x)
    {
        /// <summary>The value in another element type; itself when it has that one.</summary>
        public Value Cast(ElementType to) => x.Type.Element == to ? x : Value.Of(new Cast(to), x);
    }
}
