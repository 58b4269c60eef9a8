using GrokPipeline.Engines.OnnxRuntime;
using GrokPipeline.Testing;

namespace GrokPipeline.Engines.Tests.OnnxRuntime;

/// <summary>The second reader beside ONNX Runtime, on the same file and rows.</summary>
internal static class AnotherRuntime
{
    /// <summary>Compares shapes and numbers of all outputs, and the shapes of an empty batch.</summary>
    /// <param name="file">An ONNX file.</param>
    /// <param name="inputs">Its inputs by name, of some rows.</param>
    public static void GivesTheSameAlsoOnNoRows(byte[] file, IReadOnlyDictionary<string, Tensor> inputs)
    {
        var given = inputs.ToDictionary(pair => pair.Key, pair => SecondReaderTensor.Of(pair.Value), StringComparer.Ordinal);
        var none = given.ToDictionary(pair => pair.Key, pair => pair.Value with { Dims = [0, .. pair.Value.Dims[1..]], Data = [] });
        var answers = SecondReader.Run(file, [given, none]);
        using var session = OnnxRuntimeEngine.Open(file);
        foreach (var (input, tensor) in inputs) { session.Write(input, tensor); }
        session.Run();
        foreach (var output in session.Signature.Outputs)
        {
            var type = session.OutputType(output.Name);
            Assert.Equal([.. type.Shape.Extents], answers[0][output.Name].Dims);
            Assert.Equal([0, .. type.Shape.Extents.Skip(1)], answers[1][output.Name].Dims);
            var tensor = new Tensor(type);
            session.Read(output.Name, tensor);
            var expected = SecondReaderTensor.Of(tensor).Data;
            for (var i = 0; i < expected.Length; i++) { Assert.Equal(expected[i], answers[0][output.Name].Data[i], 1e-4); }
        }
    }
}
