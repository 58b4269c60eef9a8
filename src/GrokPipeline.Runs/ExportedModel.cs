using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using GrokPipeline.Onnx;

namespace GrokPipeline.Runs;

/// <summary>One exported file.</summary>
/// <param name="Step">Its step.</param>
/// <param name="Marks">Its marks; may be empty.</param>
/// <param name="Path">The file.</param>
/// <param name="Inputs">How it is fed: <c>plain</c>, <c>vector</c> or <c>application</c>.</param>
/// <param name="Activations">True when it gives out activations too.</param>
/// <param name="Checks">How it compared with the training engine.</param>
internal sealed record ExportedModel(
    long Step, ImmutableArray<string> Marks, string Path, string Inputs, bool Activations, ImmutableArray<ParityDifference> Checks)
{
    /// <summary>The files that are fed as the model was trained; these are scored.</summary>
    public const string Plain = "plain";

    /// <summary>The files of a folder that are scored, by step: fed as the model was trained, without activations.</summary>
    /// <exception cref="GrokException">The folder's list is missing or damaged.</exception>
    public static ImmutableArray<ExportedModel> In(string folder) =>
        [.. All(folder).Where(model => model is { Inputs: Plain, Activations: false })];

    /// <summary>All exported files of a folder, by step.</summary>
    /// <exception cref="GrokException">The folder's list is missing or damaged.</exception>
    public static ImmutableArray<ExportedModel> All(string folder)
    {
        var path = System.IO.Path.Combine(folder, RunLayout.Parity);
        var json = JsonFiles.Read(path);
        try
        {
            return [.. ((JsonArray)json["models"]!).Select(model => new ExportedModel(
                (long)model!["step"]!, [.. ((JsonArray)model["marks"]!).Select(mark => (string)mark!)],
                System.IO.Path.Combine(folder, (string)model["file"]!), (string?)model["inputs"] ?? Plain,
                (bool?)model["activations"] ?? false,
                [.. ((JsonArray)model["checks"]!).Select(Check)]))];
        }
        catch (Exception error) when (
            error is NullReferenceException or InvalidOperationException or FormatException or InvalidCastException)
        {
            throw new GrokException("is damaged.", "Rebuild with --force.", path, ProblemKind.Integrity, error);
        }
    }

    private static ParityDifference Check(JsonNode? node)
    {
        var worst = node!["worst"]!;
        return new(
            (string)node["name"]!, (string)node["distribution"]!, Number(node["largest_absolute"]!), Number(node["largest_relative"]!),
            Number(node["scale"]!), (long)node["agreeing_rows"]!, (long)node["rows"]!,
            new((long)worst["row"]!, (int)worst["batch_size"]!, Number(worst["expected"]!), Number(worst["actual"]!)))
        {
            Condition = node["condition"] is { } condition ? Number(condition) : 1,
        };
    }

    // Numbers that are not finite stand there as text.
    private static double Number(JsonNode node) => node.GetValueKind() == JsonValueKind.String
        ? double.Parse((string)node!, CultureInfo.InvariantCulture) : (double)node;
}
