using GrokPipeline.Onnx;
using GrokPipeline.Training.Models;

namespace GrokPipeline.Stages.Exports;

/// <summary>A model with its parameters as the bytes of an ONNX file.</summary>
internal static class ExportedFile
{
    // Two primes that no layer is likely to be as wide as: an extent that differs between the two is that of the batch.
    private const int Small = 1009;
    private const int Large = 2003;

    /// <summary>The bytes.</summary>
    /// <param name="model">The model.</param>
    /// <param name="name">The graph's name.</param>
    /// <param name="parameters">Values of all parameters.</param>
    /// <param name="metadata">What the file says of itself.</param>
    /// <param name="opset">ONNX operator set.</param>
    public static byte[] Write(
        Model model, string name, IReadOnlyDictionary<string, Tensor> parameters, OnnxMetadata metadata, int opset) =>
        OnnxWriter.Write(model.Build(Small).ToGraph(name), model.Build(Large).ToGraph(name), parameters, metadata, opset);
}
