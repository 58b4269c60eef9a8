using System.Collections.Immutable;

namespace GrokPipeline.Graphs.Ops;

/// <summary>A run of indices along one axis (ONNX <c>Slice</c>, opset 13). Any element type.</summary>
/// <param name="Axis">The axis, from 0.</param>
/// <param name="Start">The first index.</param>
/// <param name="Length">How many indices, at least 1.</param>
public sealed record Slice(int Axis, int Start, int Length) : Movement
{
    /// <inheritdoc/>
    public override string OpType => "Slice";

    /// <inheritdoc/>
    public override ImmutableArray<OpAttribute> ConstantInputs =>
        [One("starts", Start), One("ends", Start + Length), One("axes", Axis)];

    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        OpInputs.Expect(OpType, inputs, 1);
        var extent = inputs[0].Shape[inputs[0].Shape.Axis(Axis)];
        return Start >= 0 && Length >= 1 && Length <= extent - Start ? new(inputs[0].Element, inputs[0].Shape.With(Axis, Length))
            : throw new GrokException(
                $"Slice of {inputs[0]} along axis {Axis} asks for {Length} from {Start}.", $"Stay within the extent {extent}.");
    }

    /// <inheritdoc/>
    public override ImmutableArray<Value?> Vjp(Value output, Value cotangent)
    {
        var shape = output.Inputs[0].Shape;
        var pieces = new List<Value>();
        if (Start > 0) { pieces.Add(Zeros(shape.With(Axis, Start))); }
        pieces.Add(cotangent);
        if (Start + Length < shape[Axis]) { pieces.Add(Zeros(shape.With(Axis, shape[Axis] - Start - Length))); }
        return [Value.Concat(Axis, [.. pieces])];
    }

    /// <inheritdoc/>
    protected override void Move<T, TElement>(Buffers<T> buffers)
    {
        var x = buffers.Elements<TElement>(0);
        var y = buffers.OutputElements<TElement>();
        var shape = buffers.Shape(0);
        var inner = 1;
        for (var axis = Axis + 1; axis < shape.Rank; axis++) { inner *= shape[axis]; }
        var (from, to) = (shape[Axis] * inner, Length * inner);
        for (var outer = 0; outer * to < y.Length; outer++)
        {
            x.Slice((outer * from) + (Start * inner), to).CopyTo(y[(outer * to)..]);
        }
    }

    private static OpAttribute One(string name, int number) => OpAttribute.Of(name, IntegerList.Create([number]));

    private static Value Zeros(TensorShape shape) => Value.Of(new Fill(0, TensorType.Float32(shape)));
}

/// <summary>Slicing values.</summary>
public static class SliceExtensions
{
    extension(Value x)
    {
        /// <summary>Some indices along an axis, which may count from the end; all of them are the value itself.</summary>
        public Value Slice(int axis, int start, int length) =>
            start == 0 && length == x.Shape[axis] ? x : Value.Of(new Slice(x.Shape.Axis(axis), start, length), x);
    }
}
