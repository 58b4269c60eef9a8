using System.Collections.Immutable;

namespace GrokPipeline.Graphs.Ops;

/// <summary>Tensors one after the other along an axis (ONNX <c>Concat</c>, opset 13). Any one element type.</summary>
/// <param name="Axis">The axis, from 0; all other extents agree.</param>
public sealed record Concat(int Axis) : Movement
{
    /// <inheritdoc/>
    public override string OpType => "Concat";

    /// <inheritdoc/>
    public override ImmutableArray<OpAttribute> Attributes => [OpAttribute.Of("axis", Axis)];

    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        if (inputs.Length == 0) { throw new GrokException("Concat of nothing has no shape.", "Give at least one value."); }
        var first = inputs[0];
        var extent = 0;
        foreach (var type in inputs)
        {
            if (type.Element != first.Element || type.Shape.Rank != first.Shape.Rank || type.Shape.With(Axis, 1) != first.Shape.With(Axis, 1))
            {
                throw new GrokException(
                    $"Concat along axis {Axis} cannot join {first} and {type}.", "Element types and all other extents must agree.");
            }
            extent += type.Shape[Axis];
        }
        return new(first.Element, first.Shape.With(Axis, extent));
    }

    /// <inheritdoc/>
    public override ImmutableArray<Value?> Vjp(Value output, Value cotangent)
    {
        var shares = ImmutableArray.CreateBuilder<Value?>();
        var start = 0;
        foreach (var input in output.Inputs)
        {
            shares.Add(cotangent.Slice(Axis, start, input.Shape[Axis]));
            start += input.Shape[Axis];
        }
        return shares.ToImmutable();
    }

    /// <inheritdoc/>
    protected override void Move<T, TElement>(Buffers<T> buffers)
    {
        var y = buffers.OutputElements<TElement>();
        var row = Block(buffers.OutputType.Shape);
        var start = 0;
        for (var input = 0; input < buffers.Count; input++)
        {
            var x = buffers.Elements<TElement>(input);
            var block = Block(buffers.Shape(input));
            for (var outer = 0; outer * block < x.Length; outer++)
            {
                x.Slice(outer * block, block).CopyTo(y[((outer * row) + start)..]);
            }
            start += block;
        }
    }

    // Elements from one index of the axes before ours to the next.
    private int Block(TensorShape shape)
    {
        var block = 1;
        for (var axis = Axis; axis < shape.Rank; axis++) { block *= shape[axis]; }
        return block;
    }
}

/// <summary>Joining values.</summary>
public static class ConcatExtensions
{
    extension(Value)
    {
        /// <summary>Values one after the other along an axis, which may count from the end; a single one is itself.</summary>
        public static Value Concat(int axis, params ReadOnlySpan<Value> values) =>
            values.Length == 1 ? values[0] : Value.Of(new Concat(values.Length == 0 ? axis : values[0].Shape.Axis(axis)), values);
    }
}
