namespace GrokPipeline.Onnx;

/// <summary>A file that was read whole.</summary>
/// <param name="Graph">The computation; its inputs are the file's inputs, then the initializers, each in the file's order.</param>
/// <param name="Initializers">The values of those inputs that the file brings itself, by name.</param>
/// <param name="Metadata">Producer, text and properties.</param>
/// <param name="Opset">Version of ONNX's default operator set, 17 to 21.</param>
public sealed record OnnxModel(Graph Graph, IReadOnlyDictionary<string, Tensor> Initializers, OnnxMetadata Metadata, int Opset);
