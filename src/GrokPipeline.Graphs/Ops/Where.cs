using System.Collections.Immutable;

namespace GrokPipeline.Graphs.Ops;

/// <summary>Chooses element by element, <c>y = c ? a : b</c>, of floats (ONNX <c>Where</c>, opset 16); all three broadcast.</summary>
public sealed record Where : Op
{
    /// <inheritdoc/>
    public override string OpType => "Where";

    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        OpInputs.Expect(OpType, inputs, 3);
        var condition = OpInputs.Of(OpType, inputs, 0, ElementType.Bool);
        var a = OpInputs.Float(OpType, inputs, 1);
        var b = OpInputs.Float(OpType, inputs, 2);
        return new(a.Element, TensorShape.Broadcast(condition.Shape, TensorShape.Broadcast(a.Shape, b.Shape)));
    }

    /// <inheritdoc/>
    public override ImmutableArray<Value?> Vjp(Value output, Value cotangent)
    {
        var (condition, a, b) = (output.Inputs[0], output.Inputs[1], output.Inputs[2]);
        return [null, condition.Where(cotangent, 0).SumTo(a.Shape), condition.Where(0, cotangent).SumTo(b.Shape)];
    }

    /// <inheritdoc/>
    public override void Evaluate<T>(Buffers<T> buffers)
    {
        var condition = buffers.Bools(0);
        var a = buffers.Input(1);
        var b = buffers.Input(2);
        var y = buffers.Output;
        var shape = buffers.OutputType.Shape;
        var walk = new IndexWalk(shape, Strides.Broadcast(buffers.Shape(1), shape), Strides.Broadcast(buffers.Shape(2), shape));
        var choice = new IndexWalk(shape, Strides.Broadcast(buffers.Shape(0), shape));
        for (var i = 0; i < y.Length; i++, walk.Next(), choice.Next())
        {
            y[i] = condition[choice.OffsetA] ? a[walk.OffsetA] : b[walk.OffsetB];
        }
    }
}

/// <summary>Choosing between values.</summary>
public static class WhereExtensions
{
    extension(Value condition)
    {
        /// <summary><paramref name="a"/> where the condition holds, elsewhere <paramref name="b"/>; shapes broadcast.</summary>
        public Value Where(Value a, Value b) => Value.Of(new Where(), condition, a, b);
    }
}
