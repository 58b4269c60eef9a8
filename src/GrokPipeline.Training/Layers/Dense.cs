using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Ops;

namespace GrokPipeline.Training.Layers;

/// <summary>The affine map of a dense layer.</summary>
public static class Dense
{
    extension(Value x)
    {
        /// <summary><c>x·W + b</c> over the last axis.</summary>
        /// <param name="weight">[inputs, outputs].</param>
        /// <param name="bias">[outputs], or null for none.</param>
        public Value Affine(Value weight, Value? bias)
        {
            var (inputs, outputs) = (weight.Shape[0], weight.Shape[1]);
            // One product of two matrices: leading axes would be broadcast, and the weight's gradient summed over them afterwards.
            var rows = x.Shape.Rank == 2 ? x : x.Reshape([x.Shape.Count / inputs, inputs]);
            var product = rows.MatMul(weight);
            var y = bias is null ? product : product + bias;
            return y.Reshape(x.Shape.With(-1, outputs));
        }
    }
}
