using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using GrokPipeline.Stages.Configuration;

namespace GrokPipeline.Cli;

/// <summary>Errors and documents as people and programs read them.</summary>
internal static class Messages
{
    private static readonly JsonSerializerOptions Plain =
        new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>An error as lines: where, what, what to do.</summary>
    public static string Text(GrokException error)
    {
        if (error.InnerException is ConfigurationProblemsException problems) { return string.Join(Environment.NewLine, problems.Problems); }
        var text = error.Remedy.Length == 0 ? error.Problem : $"{error.Problem} {error.Remedy}";
        return error.Where is null ? text : HasLine(error.Where) ? $"{error.Where}  {text}" : $"{error.Where}: {text}";
    }

    /// <summary>An error as <c>{"code","message","path","line","column","hint"}</c>.</summary>
    public static JsonObject Json(GrokException error)
    {
        var first = (error.InnerException as ConfigurationProblemsException)?.Problems[0];
        var (path, line, column) = first is null ? Split(error.Where) : (first.Place.Source, first.Place.Line, first.Place.Column);
        var json = new JsonObject
        {
            ["code"] = Snake(error.Kind.ToString()),
            ["message"] = first is null ? error.Problem : first.Path.Length == 0 ? first.Problem : $"{first.Path}: {first.Problem}",
            ["path"] = path,
            ["line"] = line == 0 ? null : line,
            ["column"] = column == 0 ? null : column,
            ["hint"] = error.Remedy.Length == 0 ? null : error.Remedy,
        };
        if (error.InnerException is ConfigurationProblemsException { Problems.Count: > 1 } all)
        {
            json["all"] = new JsonArray([.. all.Problems.Select(problem => (JsonNode)problem.ToString())]);
        }
        return json;
    }

    /// <summary>One document: schema, success, exit code, error, then what the verb adds.</summary>
    public static string Document(string verb, ExitCode code, GrokException? error, JsonObject? more = null)
    {
        var json = new JsonObject
        {
            ["schema"] = $"grokpipe/{verb}/1",
            ["ok"] = code == ExitCode.Done,
            ["exit_code"] = (int)code,
            ["error"] = error is null ? null : Json(error),
        };
        foreach (var (name, value) in more ?? []) { json[name] = value?.DeepClone(); }
        return Line(json);
    }

    /// <summary>JSON on one line.</summary>
    public static string Line(JsonNode json) => json.ToJsonString(Plain);

    /// <summary>A number in JSON; those that are not finite as text.</summary>
    public static JsonNode Number(double value) => double.IsFinite(value)
        ? JsonNode.Parse(value.ToString("R", CultureInfo.InvariantCulture))!                       // not null: a number
        : JsonValue.Create(double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");

    /// <summary><c>OutOfDate</c> to <c>out_of_date</c>.</summary>
    public static string Snake(string name) =>
        string.Concat(name.Select((c, i) => char.IsUpper(c) ? $"{(i > 0 ? "_" : "")}{char.ToLowerInvariant(c)}" : c.ToString()));

    private static bool HasLine(string where) => Split(where).Line > 0 || where.StartsWith("-s ", StringComparison.Ordinal);

    private static (string? Path, int Line, int Column) Split(string? where)
    {
        var parts = where?.Split(':') ?? [];
        return parts.Length >= 3 && int.TryParse(parts[^2], NumberStyles.None, CultureInfo.InvariantCulture, out var line)
            && int.TryParse(parts[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var column)
            ? (string.Join(':', parts[..^2]), line, column)
            : (where, 0, 0);
    }
}
