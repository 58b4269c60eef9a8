using GrokPipeline.Graphs;
using GrokPipeline.Onnx;
using GrokPipeline.Training.Models;

namespace GrokPipeline.Stages.Exports;

/// <summary>A model with its parameters as the bytes of an ONNX file.</summary>
internal static class ExportedFile
{
    // An extent that differs between the two is the batch's, or a multiple of it. Primes, so that no other extent is such a multiple by
    // chance; small, so that each head's output of a wide model is no tensor of more than 2^31 elements.
    private const int Small = 61;
    private const int Large = 67;

    /// <summary>The bytes of a model as it was trained.</summary>
    /// <param name="model">The model.</param>
    /// <param name="name">The graph's name.</param>
    /// <param name="parameters">Values of all parameters.</param>
    /// <param name="metadata">What the file says of itself.</param>
    /// <param name="opset">ONNX operator set.</param>
    public static byte[] Write(
        Model model, string name, IReadOnlyDictionary<string, Tensor> parameters, OnnxMetadata metadata, int opset) =>
        Write(batch => model.Build(batch).ToGraph(name), parameters, metadata, opset);

    /// <summary>The bytes of a graph that can be built at any batch size; they keep the rules of ONNX.</summary>
    /// <exception cref="GrokException">An operator or a number in the graph cannot be written.</exception>
    public static byte[] Write(
        Func<int, Graph> build, IReadOnlyDictionary<string, Tensor> parameters, OnnxMetadata metadata, int opset)
    {
        var file = OnnxWriter.Write(build(Small), build(Large), parameters, metadata, opset);
        return OnnxCheck.Problems(file) is not [var problem, ..] ? file : throw new GrokException(
            $"the file breaks a rule of ONNX: {problem}", "This is a mistake in the writer; report it.", kind: ProblemKind.Failed);
    }
}
