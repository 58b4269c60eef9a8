using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;

namespace GrokPipeline.Runs;

/// <summary><c>checkpoints/marks.json</c>: which stored steps stand for before, at and after the transition.</summary>
internal sealed record MarksFile(ImmutableArray<Mark> Marks, ImmutableArray<long> Stored)
{
    /// <summary>The file's name.</summary>
    public const string FileName = "marks.json";

    /// <summary>Marks that happened, with their steps, by step and then in the order of the options.</summary>
    public IEnumerable<(string Name, long Step)> Found =>
        Marks.Where(mark => mark.Step is not null).Select(mark => (mark.Name, mark.Step!.Value)).OrderBy(pair => pair.Value);

    /// <summary>The text of the file.</summary>
    public string Text()
    {
        var json = new JsonObject
        {
            ["schema"] = "grokpipe/marks/1",
            ["marks"] = new JsonObject(Found.Select(pair => KeyValuePair.Create(pair.Name, (JsonNode?)JsonValue.Create(pair.Step)))),
            ["missing"] = new JsonObject(
                Marks.Where(mark => mark.Step is null)
                    .Select(mark => KeyValuePair.Create(mark.Name, (JsonNode?)JsonValue.Create(mark.Missing)))),
            ["stored"] = new JsonArray([.. Stored.Select(step => (JsonNode)step)]),
        };
        return json.ToJsonString(JsonFiles.Indented) + "\n";
    }

    /// <summary>Reads the file of a folder of checkpoints.</summary>
    /// <exception cref="GrokException">It is missing or damaged.</exception>
    public static MarksFile Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        var json = JsonFiles.Read(path);
        try
        {
            var found = ((JsonObject)json["marks"]!).Select(pair => new Mark(pair.Key, (long)pair.Value!, null));
            var missing = ((JsonObject)json["missing"]!).Select(pair => new Mark(pair.Key, null, (string?)pair.Value));
            return new MarksFile([.. found, .. missing], [.. ((JsonArray)json["stored"]!).Select(step => (long)step!)]);
        }
        catch (Exception error) when (
            error is NullReferenceException or InvalidOperationException or FormatException or InvalidCastException)
        {
            throw new GrokException("is damaged.", "Rebuild with --force.", path, ProblemKind.Integrity, error);
        }
    }

    /// <summary>The step of a mark or of <c>step:N</c>; null when the mark never happened.</summary>
    /// <exception cref="GrokException">No such checkpoint was stored.</exception>
    public long? StepOf(string text)
    {
        if (!text.StartsWith("step:", StringComparison.Ordinal)) { return Marks.FirstOrDefault(mark => mark.Name == text).Step; }
        if (!long.TryParse(text["step:".Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var step))
        {
            throw new GrokException($"'{text}' names no step.", "Write it as step:250.", text);
        }
        if (Stored.Contains(step)) { return step; }
        var near = Stored.MinBy(stored => Math.Abs(stored - step));
        throw new GrokException($"no checkpoint was stored at step {step}.", $"The nearest is step:{near}.", text);
    }
}
