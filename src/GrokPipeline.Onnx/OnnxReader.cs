using System.Globalization;
using GrokPipeline.Onnx.Proto;
using GrokPipeline.Onnx.Reading;

namespace GrokPipeline.Onnx;

/// <summary>Reads ONNX files. Files are hostile until checked: all that is wrong with one is a <see cref="GrokException"/>.</summary>
public static class OnnxReader
{
    /// <summary>More axes than this has no tensor.</summary>
    public const int MaximumRank = 64;

    /// <summary>More nodes than this has no file that is read.</summary>
    public const int MaximumNodes = 1_000_000;

    /// <summary>What a file takes and gives. Works for any ONNX file, also one with operators that we do not know.</summary>
    /// <exception cref="GrokException">The bytes are no ONNX model, or it keeps data outside the file (kind Integrity).</exception>
    public static OnnxSignature Signature(ReadOnlySpan<byte> file) => SignatureForms.Of(ModelFile.Parse(file));

    /// <summary>The computation in a file, at one batch size: the same canonical text as that of the graph that was written.</summary>
    /// <param name="file">The file's bytes, as <see cref="OnnxWriter"/> writes them or another program with the same operators.</param>
    /// <param name="batch">What the symbolic axis stands for, at least 1.</param>
    /// <exception cref="GrokException">
    /// Kind Integrity, with the node's place and name: an operator or domain that is none of ours, a name used twice, a value used before
    /// it is computed (so there is no cycle), types that do not fit, data of another size than its shape, data outside the file, a
    /// truncated file. Nothing is allocated for a size that the file does not fill.
    /// </exception>
    public static OnnxModel Read(ReadOnlySpan<byte> file, int batch = 1)
    {
        if (batch < 1)
        {
            throw new GrokException($"A batch of {batch.ToString(CultureInfo.InvariantCulture)} rows cannot be.", "Give at least 1.");
        }
        var model = ModelFile.Parse(file);
        CheckVersions(model);
        var decoder = new GraphDecoder(model.Graph, batch);
        return new(decoder.Decode(), decoder.Initializers, SignatureForms.Metadata(model), SignatureForms.Opset(model));
    }

    private static void CheckVersions(ModelProto model)
    {
        if (model.IrVersion is < 4 or > 10)
        {
            throw ModelFile.Broken($"The file's format version is {model.IrVersion}; 4 to 10 are read.", "file");
        }
        if (model.OpsetImport.FirstOrDefault(import => import.Domain is not ("" or "ai.onnx")) is { } other)
        {
            throw ModelFile.Broken($"The file imports operators of the domain '{other.Domain}'; only ONNX's own are read.", "opset_import");
        }
        var opset = SignatureForms.Opset(model);
        if (opset is < OnnxWriter.FirstOpset or > OnnxWriter.LastOpset)
        {
            throw ModelFile.Broken(
                $"The file is of opset {opset}; {OnnxWriter.FirstOpset} to {OnnxWriter.LastOpset} are read.", "opset_import");
        }
        if (model.Functions.Count > 0) { throw ModelFile.Broken("The file defines functions of its own.", "functions"); }
        if (model.Graph.SparseInitializer.Count > 0) { throw ModelFile.Broken("The file has sparse initializers.", "graph"); }
        if (model.Graph.Node.Count > MaximumNodes)
        {
            throw ModelFile.Broken($"The graph has {model.Graph.Node.Count} nodes; {MaximumNodes} are the limit.", "graph");
        }
    }
}
