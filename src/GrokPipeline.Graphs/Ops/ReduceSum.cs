using System.Collections.Immutable;

namespace GrokPipeline.Graphs.Ops;

/// <summary>
/// Sum over some axes (ONNX <c>ReduceSum</c>, opset 13). The only reduction: a mean is a sum times a number known in advance, and this is
/// the one that kept its form from opset 13 to 20.
/// </summary>
/// <param name="Axes">Axes from 0, ascending; none is the identity.</param>
/// <param name="KeepAxes">True: summed axes stay with extent 1.</param>
public sealed record ReduceSum(IntegerList Axes, bool KeepAxes) : Op
{
    /// <inheritdoc/>
    public override string OpType => "ReduceSum";

    /// <inheritdoc/>
    public override ImmutableArray<OpAttribute> Attributes =>
        [OpAttribute.Of("keepdims", KeepAxes ? 1L : 0L), OpAttribute.Of("noop_with_empty_axes", 1L)];

    /// <inheritdoc/>
    public override ImmutableArray<OpAttribute> ConstantInputs => [OpAttribute.Of("axes", Axes)];

    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        OpInputs.Expect(OpType, inputs, 1);
        var type = OpInputs.AnyFloat(OpType, inputs, 0);
        var extents = new List<int>();
        for (var axis = 0; axis < type.Shape.Rank; axis++)
        {
            var summed = Axes.Items.Contains(axis);
            if (!summed) { extents.Add(type.Shape[axis]); }
            else if (KeepAxes) { extents.Add(1); }
        }
        foreach (var axis in Axes) { type.Shape.Axis(axis); }
        return new(type.Element, [.. extents]);
    }

    /// <inheritdoc/>
    public override ImmutableArray<Value?> Vjp(Value output, Value cotangent)
    {
        var shape = output.Inputs[0].Shape;
        var kept = shape;
        foreach (var axis in Axes) { kept = kept.With(axis, 1); }
        return [cotangent.Reshape(kept).Expand(shape)];
    }

    /// <inheritdoc/>
    public override void Evaluate<T>(Buffers<T> buffers)
    {
        var shape = buffers.Shape(0);
        var kept = shape;
        foreach (var axis in Axes) { kept = kept.With(axis, 1); }
        var x = buffers.Input(0);
        var y = buffers.Output;
        y.Clear();
        var walk = new IndexWalk(shape, Strides.Broadcast(kept, shape));
        for (var i = 0; i < x.Length; i++, walk.Next()) { y[walk.OffsetA] += x[i]; }
    }
}

/// <summary>Sums and means of values.</summary>
public static class Reductions
{
    extension(Value x)
    {
        /// <summary>The sum of all elements, a scalar.</summary>
        public Value Sum() => x.Sum([.. Enumerable.Range(0, x.Shape.Rank)]);

        /// <summary>The sum over some axes; negative ones count from the end.</summary>
        public Value Sum(IntegerList axes, bool keep = false) =>
            Value.Of(new ReduceSum([.. axes.Select(axis => x.Shape.Axis(axis)).Order()], keep), x);

        /// <summary>The mean of all elements, a scalar.</summary>
        public Value Mean() => x.Sum() * (1.0 / x.Shape.Count);

        /// <summary>The mean over some axes; negative ones count from the end.</summary>
        public Value Mean(IntegerList axes, bool keep = false)
        {
            var count = 1;
            foreach (var axis in axes) { count *= x.Shape[axis]; }
            return x.Sum(axes, keep) * (1.0 / count);
        }

        /// <summary>Undoes broadcasting: the sum over the axes along which <paramref name="shape"/> was stretched.</summary>
        public Value SumTo(TensorShape shape)
        {
            if (x.Shape == shape) { return x; }
            var added = x.Shape.Rank - shape.Rank;
            var axes = Enumerable.Range(0, x.Shape.Rank)
                .Where(axis => axis < added || (shape[axis - added] == 1 && x.Shape[axis] != 1)).ToArray();
            var leading = axes.All(axis => axis < added);
            return x.Sum([.. axes], keep: !leading).Reshape(shape);
        }
    }
}
