using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GrokPipeline.Runs;

/// <summary>Reading and writing small JSON files of our own, within limits.</summary>
internal static class JsonFiles
{
    private const int MaximumBytes = 64 << 20;

    /// <summary>How JSON files are laid out for people.</summary>
    public static JsonSerializerOptions Indented { get; } = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NewLine = "\n",
    };

    /// <summary>Reads an object; a name that stands twice, or more than 64 levels, is an error.</summary>
    /// <exception cref="GrokException">The file is missing, too large, or no JSON object.</exception>
    public static JsonObject Read(string path)
    {
        if (!File.Exists(path)) { throw new GrokException("is missing.", "Rebuild it with --force.", path, ProblemKind.Integrity); }
        if (new FileInfo(path).Length > MaximumBytes)
        {
            throw new GrokException(
                $"is larger than {MaximumBytes >> 20} MB.", "It is not a file of this tool.", path, ProblemKind.Integrity);
        }
        try
        {
            var options = new JsonDocumentOptions { MaxDepth = 64, AllowDuplicateProperties = false };
            return JsonNode.Parse(File.ReadAllBytes(path), documentOptions: options) as JsonObject ?? throw new JsonException("no object");
        }
        catch (JsonException error)
        {
            throw new GrokException("is damaged.", "Rebuild it with --force.", path, ProblemKind.Integrity, error);
        }
    }
}
