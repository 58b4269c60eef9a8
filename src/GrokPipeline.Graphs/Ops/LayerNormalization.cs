using System.Collections.Immutable;

namespace GrokPipeline.Graphs.Ops;

/// <summary>
/// Each row of the last axis brought to mean 0 and variance 1, then scaled and shifted (ONNX <c>LayerNormalization</c>, opset 17; Ba, Kiros,
/// Hinton 2016): <c>y = (x − μ)/√(σ² + ε) · scale + bias</c>, with the variance of n, not n − 1.
/// </summary>
/// <param name="Epsilon">Added to the variance, above 0; usually 1e-5.</param>
public sealed record LayerNormalization(double Epsilon) : Op
{
    /// <inheritdoc/>
    public override string OpType => "LayerNormalization";

    /// <inheritdoc/>
    public override ImmutableArray<OpAttribute> Attributes =>
        [OpAttribute.Of("axis", -1L), OpAttribute.Of("epsilon", (float)Epsilon), OpAttribute.Of("stash_type", 1L)];

    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        OpInputs.Expect(OpType, inputs, 3);
        var x = OpInputs.Rows(OpType, inputs, 0);
        var expected = TensorType.Float32([x.Shape[-1]]);
        return inputs[1] == expected && inputs[2] == expected ? x : throw new GrokException(
            $"LayerNormalization of {x} needs scale and bias {expected}; {inputs[1]} and {inputs[2]} were given.",
            "Give one number per index of the last axis.");
    }

    /// <inheritdoc/>
    public override ImmutableArray<Value?> Vjp(Value output, Value cotangent)
    {
        var (x, scale) = (output.Inputs[0], output.Inputs[1]);
        var centered = x - x.Mean([-1], keep: true);
        var inverse = ((centered * centered).Mean([-1], keep: true) + Epsilon).Sqrt().Reciprocal();
        var normal = centered * inverse;
        var flow = cotangent * scale;
        var change = flow - flow.Mean([-1], keep: true) - (normal * (flow * normal).Mean([-1], keep: true));
        return [inverse * change, (cotangent * normal).SumTo(scale.Shape), cotangent.SumTo(scale.Shape)];
    }

    /// <inheritdoc/>
    public override void Evaluate<T>(Buffers<T> buffers)
    {
        var scale = buffers.Input(1);
        var bias = buffers.Input(2);
        var width = scale.Length;
        var count = T.CreateChecked(width);
        for (var start = 0; start < buffers.Output.Length; start += width)
        {
            var x = buffers.Input(0).Slice(start, width);
            var y = buffers.Output.Slice(start, width);
            var sum = T.Zero;
            foreach (var number in x) { sum += number; }
            var mean = sum / count;
            var squares = T.Zero;
            foreach (var number in x) { squares += (number - mean) * (number - mean); }
            var deviation = T.Sqrt((squares / count) + T.CreateChecked(Epsilon));
            for (var i = 0; i < width; i++) { y[i] = ((x[i] - mean) / deviation * scale[i]) + bias[i]; }
        }
    }
}

/// <summary>Normalizing values.</summary>
public static class LayerNormalizationExtensions
{
    extension(Value x)
    {
        /// <summary>Rows of the last axis with mean 0 and variance 1, times <paramref name="scale"/>, plus <paramref name="bias"/>.</summary>
        public Value LayerNormalization(Value scale, Value bias, double epsilon = 1e-5) =>
            Value.Of(new LayerNormalization(epsilon), x, scale, bias);
    }
}
