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
        public Value Affine(Value weight, Value? bias) => bias is null ? x.MatMul(weight) : x.MatMul(weight) + bias;
    }
}
