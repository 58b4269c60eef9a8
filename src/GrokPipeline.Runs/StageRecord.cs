using System.Text.Json;
using System.Text.Json.Nodes;

namespace GrokPipeline.Runs;

/// <summary>
/// <c>stage.json</c>: what a finished stage folder was made from. It is written last, so that its presence says "complete".
/// It holds no time and no machine: the same work gives the same bytes.
/// </summary>
internal sealed record StageRecord
{
    /// <summary>The file's name.</summary>
    public const string FileName = "stage.json";

    private const string SchemaName = "grokpipe/stage/1";
    private const string CheckName = "sha256";

    /// <summary>Which stage: <c>data</c>, <c>train</c>, ….</summary>
    public required string Stage { get; init; }

    /// <summary>SHA-256 over all below but the manifest and the facts.</summary>
    public required string Key { get; init; }

    /// <summary>The number of the stage's code; a higher one may give other bytes.</summary>
    public required int Revision { get; init; }

    /// <summary>The resolved options.</summary>
    public required JsonObject Options { get; init; }

    /// <summary>What was read, and its hash.</summary>
    public required IReadOnlyDictionary<string, string> Inputs { get; init; }

    /// <summary>Name and version of the engine; empty when the stage needs none.</summary>
    public required string Engine { get; init; }

    /// <summary>The hash of the folder's manifest.</summary>
    public required string Manifest { get; init; }

    /// <summary>A few results for people and for later stages; not part of the key.</summary>
    public JsonObject Facts { get; init; } = [];

    /// <summary>Makes the record of a stage that is about to run; the manifest is not known yet.</summary>
    public static StageRecord Of(string stage, int revision, JsonObject options, IReadOnlyDictionary<string, string> inputs, string engine)
    {
        var identity = new JsonObject
        {
            ["stage"] = stage,
            ["revision"] = revision,
            ["options"] = options.DeepClone(),
            ["inputs"] = Map(inputs),
            ["engine"] = engine,
        };
        return new StageRecord
        {
            Stage = stage,
            Key = FileHash.OfText(CanonicalText.Of(identity)),
            Revision = revision,
            Options = options,
            Inputs = inputs,
            Engine = engine,
            Manifest = "",
        };
    }

    /// <summary>The text of the file.</summary>
    public string Text()
    {
        var json = new JsonObject
        {
            ["schema"] = SchemaName,
            ["stage"] = Stage,
            ["key"] = Key,
            ["revision"] = Revision,
            ["engine"] = Engine,
            ["options"] = JsonNode.Parse(CanonicalText.Of(Options)),
            ["inputs"] = Map(Inputs),
            ["manifest"] = Manifest,
            ["facts"] = Facts.DeepClone(),
        };
        json[CheckName] = Check(json);
        return json.ToJsonString(JsonFiles.Indented) + "\n";
    }

    /// <summary>Reads the record of a folder; null when there is none, which means that the folder is not a finished stage.</summary>
    /// <exception cref="GrokException">It cannot be understood, or a newer version of the tool wrote it.</exception>
    public static StageRecord? Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path)) { return null; }
        try
        {
            var json = JsonFiles.Read(path);
            var schema = (string?)json["schema"];
            if (schema != SchemaName)
            {
                throw new GrokException(
                    $"has the format '{schema}'; this version reads {SchemaName}.", "Use a newer grokpipe.", path, ProblemKind.Integrity);
            }
            if ((string?)json[CheckName] is not { } check || check != Check(json)) { throw Changed(path); }
            return new StageRecord
            {
                Stage = (string)json["stage"]!,
                Key = (string)json["key"]!,
                Revision = (int)json["revision"]!,
                Engine = (string)json["engine"]!,
                Options = (JsonObject)json["options"]!.DeepClone(),
                Inputs = ((JsonObject)json["inputs"]!).ToDictionary(pair => pair.Key, pair => (string)pair.Value!, StringComparer.Ordinal),
                Manifest = (string)json["manifest"]!,
                Facts = (JsonObject)json["facts"]!.DeepClone(),
            };
        }
        catch (Exception error) when (
            error is JsonException or NullReferenceException or InvalidOperationException or InvalidCastException or FormatException)
        {
            throw new GrokException("is damaged.", "Rebuild it with --force.", path, ProblemKind.Integrity, error);
        }
    }

    // The hash of all that is said above it: no manifest names this file, so that it must tell by itself that a byte changed.
    private static string Check(JsonObject json)
    {
        var rest = (JsonObject)json.DeepClone();
        rest.Remove(CheckName);
        return FileHash.OfText(CanonicalText.Of(rest));
    }

    private static GrokException Changed(string path) =>
        new("changed since it was written.", "Rebuild it with --force.", path, ProblemKind.Integrity);

    private static JsonObject Map(IReadOnlyDictionary<string, string> map) =>
        new(map.OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)JsonValue.Create(pair.Value))));
}
