using System.Collections.Immutable;

namespace GrokPipeline.Graphs.Ops;

/// <summary>The axes in another order (ONNX <c>Transpose</c>, opset 13). Any element type.</summary>
/// <param name="Permutation">Output axis i is input axis <c>Permutation[i]</c>; each axis once.</param>
public sealed record Transpose(IntegerList Permutation) : Movement
{
    /// <inheritdoc/>
    public override string OpType => "Transpose";

    /// <inheritdoc/>
    public override ImmutableArray<OpAttribute> Attributes => [OpAttribute.Of("perm", Permutation)];

    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        OpInputs.Expect(OpType, inputs, 1);
        var shape = inputs[0].Shape;
        if (!Permutation.Order().SequenceEqual(Enumerable.Range(0, shape.Rank)))
        {
            throw new GrokException(
                $"Transpose of {inputs[0]} by {Permutation} does not name each axis once.", $"Give {shape.Rank} axes from 0.");
        }
        return new(inputs[0].Element, [.. Permutation.Select(axis => shape[axis])]);
    }

    /// <inheritdoc/>
    public override ImmutableArray<Value?> Vjp(Value output, Value cotangent) => [cotangent.Transpose(Inverse())];

    /// <inheritdoc/>
    protected override void Move<T, TElement>(Buffers<T> buffers)
    {
        var x = buffers.Elements<TElement>(0);
        var y = buffers.OutputElements<TElement>();
        var strides = Strides.Of(buffers.Shape(0));
        var walk = new IndexWalk(buffers.OutputType.Shape, [.. Permutation.Select(axis => strides[axis])]);
        for (var i = 0; i < y.Length; i++, walk.Next()) { y[i] = x[walk.OffsetA]; }
    }

    private IntegerList Inverse()
    {
        var inverse = new int[Permutation.Count];
        for (var i = 0; i < inverse.Length; i++) { inverse[Permutation[i]] = i; }
        return [.. inverse];
    }
}

/// <summary>Transposing values.</summary>
public static class TransposeExtensions
{
    extension(Value x)
    {
        /// <summary>The last two axes swapped.</summary>
        public Value Transpose()
        {
            int[] axes = [.. Enumerable.Range(0, x.Shape.Rank)];
            var last = x.Shape.Axis(-1);
            (axes[last], axes[x.Shape.Axis(-2)]) = (axes[x.Shape.Axis(-2)], axes[last]);
            return x.Transpose([.. axes]);
        }

        /// <summary>
        /// The axes in another order: output axis i is input axis <c>permutation[i]</c>. Two transpositions become one, and one that
        /// changes nothing is the value itself.
        /// </summary>
        public Value Transpose(IntegerList permutation)
        {
            var both = Value.Of(new Transpose(permutation), x);                     // checks the permutation
            if (x.Op is Transpose inner)
            {
                return x.Inputs[0].Transpose([.. permutation.Select(axis => inner.Permutation[axis])]);
            }
            return permutation.SequenceEqual(Enumerable.Range(0, x.Shape.Rank)) ? x : both;
        }
    }
}
