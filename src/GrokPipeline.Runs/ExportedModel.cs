using System.Collections.Immutable;
using System.Text.Json.Nodes;
using GrokPipeline.Onnx;

namespace GrokPipeline.Runs;

/// <summary>One exported file.</summary>
/// <param name="Step">Its step.</param>
/// <param name="Marks">Its marks; may be empty.</param>
/// <param name="Path">The file.</param>
/// <param name="Checks">How it compared with the training engine.</param>
internal sealed record ExportedModel(long Step, ImmutableArray<string> Marks, string Path, ImmutableArray<ParityDifference> Checks)
{
    /// <summary>The exported files of a folder, by step.</summary>
    /// <exception cref="GrokException">The folder's list is missing or damaged.</exception>
    public static ImmutableArray<ExportedModel> In(string folder)
    {
        var path = System.IO.Path.Combine(folder, RunLayout.Parity);
        var json = JsonFiles.Read(path);
        try
        {
            return [.. ((JsonArray)json["models"]!).Select(model => new ExportedModel(
                (long)model!["step"]!, [.. ((JsonArray)model["marks"]!).Select(mark => (string)mark!)],
                System.IO.Path.Combine(folder, (string)model["file"]!), [.. ((JsonArray)model["checks"]!).Select(Check)]))];
        }
        catch (Exception error) when (
            error is NullReferenceException or InvalidOperationException or FormatException or InvalidCastException)
        {
            throw new GrokException("is damaged.", "Rebuild with --force.", path, ProblemKind.Integrity, error);
        }
    }

    private static ParityDifference Check(JsonNode? node) => new(
        (string)node!["name"]!, Number(node["largest_absolute"]!), Number(node["largest_relative"]!), (long)node["agreeing_rows"]!,
        (long)node["rows"]!);

    private static double Number(JsonNode node) =>
        node.GetValueKind() == System.Text.Json.JsonValueKind.String ? double.PositiveInfinity : (double)node;
}
