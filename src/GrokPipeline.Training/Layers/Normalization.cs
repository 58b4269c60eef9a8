using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Ops;

namespace GrokPipeline.Training.Layers;

/// <summary>Normalisation of vectors of features.</summary>
public static class Normalization
{
    extension(Value x)
    {
        /// <summary>
        /// <c>x/√(mean x² + ε)·gain</c> over the last axis (Zhang and Sennrich 2019). A composition: the operator of that name came to ONNX with
        /// opset 23.
        /// </summary>
        /// <param name="gain">[features].</param>
        /// <param name="epsilon">Added to the mean of squares, above 0.</param>
        public Value RmsNormalization(Value gain, double epsilon) =>
            x * (x.Square().Mean([-1], keep: true) + epsilon).Sqrt().Reciprocal() * gain;
    }
}
