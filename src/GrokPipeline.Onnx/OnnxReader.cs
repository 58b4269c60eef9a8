using GrokPipeline.Onnx.Reading;

namespace GrokPipeline.Onnx;

/// <summary>Reads ONNX files. Files are hostile until checked: all that is wrong with one is a <see cref="GrokException"/>.</summary>
public static class OnnxReader
{
    /// <summary>What a file takes and gives. Works for any ONNX file, also one with operators that we do not know.</summary>
    /// <exception cref="GrokException">The bytes are no ONNX model, or it keeps data outside the file.</exception>
    public static OnnxSignature Signature(ReadOnlySpan<byte> file) => SignatureForms.Of(ModelFile.Parse(file));
}
