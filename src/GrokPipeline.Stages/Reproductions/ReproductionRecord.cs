using System.Globalization;
using System.Text.Json.Nodes;
using GrokPipeline.Stages.Files;

namespace GrokPipeline.Stages.Reproductions;

/// <summary>Outcomes that are kept, and the page over them.</summary>
public static class ReproductionRecord
{
    /// <summary>An outcome for programs.</summary>
    public static JsonObject Json(ReproductionOutcome outcome) => ReproductionFiles.Json(outcome);

    /// <summary>An outcome in words.</summary>
    public static string Word(StatementOutcome outcome) => ReproductionFiles.Word(outcome);

    /// <summary>A number of a statement for people; what was not reached in words.</summary>
    public static string Number(double? value) => ReproductionFiles.Number(value);

    /// <summary>Copies an outcome, with what it ran on and how long, to a folder, and writes the page over all in that folder.</summary>
    /// <param name="outcome">What was run to its end.</param>
    /// <param name="root">The folder of <c>models/</c>.</param>
    /// <param name="folder">Where outcomes are kept; the page is this with <c>.md</c> behind it.</param>
    public static void Keep(ReproductionOutcome outcome, string root, string folder)
    {
        var files = new DurableFile();
        var run = Path.Combine(root, outcome.Folder, ReproductionFiles.RunName);
        var kept = Json(outcome);
        if (File.Exists(run)) { kept["run"] = JsonFiles.Read(run); }
        var place = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        files.CreateFolder(place);
        files.ReplaceText(Path.Combine(place, $"{outcome.Row.Options.Id}.json"), kept.ToJsonString(JsonFiles.Indented) + "\n");
        WritePage(folder);
    }

    /// <summary>Writes the page over all outcomes in a folder, beside it.</summary>
    /// <param name="folder">Where outcomes are kept.</param>
    public static void WritePage(string folder)
    {
        var place = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        new DurableFile().ReplaceText($"{place}.md", Page(Read(place)));
    }

    /// <summary>The outcomes in a folder, in the order of the catalogue; others after them.</summary>
    public static IReadOnlyList<JsonObject> Read(string folder)
    {
        var order = ReproductionCatalogue.All.Select(row => row.Options.Id).ToList();
        return [.. Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal).Select(JsonFiles.Read)
            .OrderBy(json => order.IndexOf((string?)json["id"] ?? "") is >= 0 and var at ? at : int.MaxValue)];
    }

    /// <summary>The page: what holds, in a table for each row; then the rows without an outcome.</summary>
    public static string Page(IReadOnlyList<JsonObject> outcomes)
    {
        var lines = new List<string>
        {
            "# Which published results come out?", "",
            "Written by `grokpipe reproduce ID --record docs/reproduction` from the outcomes in `docs/reproduction/`; not by hand. [How to "
            + "read and repeat this](reproduce.md). [F], [S], [C], [M] say where a published number comes from; bands without a tag are OUR "
            + "CHOICE.", "",
            "| | title | class | statements that hold | seconds | on |", "|---|---|---|---|---|---|",
        };
        lines.AddRange(outcomes.Select(Line));
        foreach (var outcome in outcomes) { lines.AddRange(Section(outcome)); }
        var known = outcomes.Select(outcome => (string?)outcome["id"]).ToHashSet();
        var others = ReproductionCatalogue.All.Where(row => !known.Contains(row.Options.Id)).ToArray();
        if (others.Length > 0)
        {
            lines.AddRange(["", "## Without an outcome", "", "| | title | class | why |", "|---|---|---|---|"]);
            lines.AddRange(others.Select(row =>
                $"| {row.Options.Id} | {Cell(row.Options.Title)} | {row.Options.Class} | {(row.Missing.Length == 0 ? $"not run: {row.Options.Cost}" : Cell(row.Missing))} |"));
        }
        return string.Join('\n', lines) + "\n";
    }

    private static string Line(JsonObject outcome)
    {
        var statements = Statements(outcome).ToArray();
        var run = outcome["run"] as JsonObject;
        var machine = run is null ? "" : $"{(string?)run["machine"]}, {(int?)run["processors"]} processors";
        return $"| {(string?)outcome["id"]} | {Cell((string?)outcome["title"])} | {(string?)outcome["class"]} | "
            + $"{statements.Count(statement => (string?)statement["outcome"] == "pass")} of {statements.Length} | "
            + $"{((double?)run?["seconds"])?.ToString("0", CultureInfo.InvariantCulture)} | {machine} |";
    }

    private static IEnumerable<string> Section(JsonObject outcome)
    {
        yield return "";
        yield return $"## {(string?)outcome["id"]}: {(string?)outcome["title"]}";
        yield return "";
        var trainings = (outcome["trainings"] as JsonObject ?? []).Select(pair => $"{pair.Key} {(int?)pair.Value}");
        yield return $"{(string?)outcome["source"]}. Trainings: {string.Join(", ", trainings)}.";
        yield return "";
        yield return "| statement | published | accepted | ours | |";
        yield return "|---|---|---|---|---|";
        foreach (var statement in Statements(outcome))
        {
            yield return $"| {Cell((string?)statement["text"])} | {Cell((string?)statement["published"])} | {Cell((string?)statement["accept"])} "
                + $"({Cell((string?)statement["band"])}) | {Number((double?)statement["value"])} | {(string?)statement["outcome"]} |";
        }
        foreach (var statement in Statements(outcome).Where(
            statement => (string?)statement["outcome"] == "fail" && (string?)statement["analysis"] is { Length: > 0 }))
        {
            yield return "";
            yield return $"{(string?)statement["text"]}: {(string?)statement["analysis"]}";
        }
        var choices = (outcome["our_choices"] as JsonArray ?? []).Select(choice => (string?)choice).ToArray();
        if (choices.Length == 0) { yield break; }
        yield return "";
        yield return "OUR CHOICE: " + string.Join(" ", choices);
    }

    private static IEnumerable<JsonNode> Statements(JsonObject outcome) => (outcome["statements"] as JsonArray ?? []).OfType<JsonNode>();

    private static string Cell(string? text) => (text ?? "").Replace("|", "\\|", StringComparison.Ordinal);
}
