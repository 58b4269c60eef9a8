using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using GrokPipeline.Evaluation.Sweeps;
using GrokPipeline.Stages.Configuration;
using GrokPipeline.Training;

namespace GrokPipeline.Stages.Sweeps;

/// <summary>
/// <c>member.json</c>: what came out of a member. Written last, so that its presence says "finished". It holds no time, no machine, and
/// nothing of the sweep that asked for it: the same training gives the same bytes.
/// </summary>
internal sealed record MemberResult
{
    /// <summary>The file's name.</summary>
    public const string FileName = "member.json";

    private const string SchemaName = "grokpipe/member/1";
    private const string Remedy = "Make it again: grokpipe sweep run --repair.";
    private const string CheckName = ",\"sha256\":\"";

    /// <summary>The options in canonical form; the member's id is the beginning of their hash.</summary>
    public required JsonObject Options { get; init; }

    /// <summary>Name and version of the engine.</summary>
    public required string Engine { get; init; }

    /// <summary>How it ended.</summary>
    public required MemberEnding Ending { get; init; }

    /// <summary>Steps that it was allowed.</summary>
    public required long Budget { get; init; }

    /// <summary>Steps that it made.</summary>
    public required long Steps { get; init; }

    /// <summary>True when a loss, gradient or weight was not finite.</summary>
    public required bool Nonfinite { get; init; }

    /// <summary>SHA-256 of the last state, parameters and optimizer, as a resume point would write it.</summary>
    public required string StateSha256 { get; init; }

    /// <summary>SHA-256 of the checkpoint beside this file; null when none is kept.</summary>
    public string? CheckpointSha256 { get; init; }

    /// <summary>What was measured, as in <c>metrics.parquet</c> of an experiment.</summary>
    public required IReadOnlyList<(long Step, Measurement Measurement)> Rows { get; init; }

    /// <summary>The text of the file: canonical JSON, its own hash last.</summary>
    public string Text()
    {
        var json = new JsonObject
        {
            ["budget"] = Budget,
            ["checkpoint_sha256"] = CheckpointSha256,
            ["curves"] = Curves(),
            ["ending"] = Name(Ending),
            ["engine"] = Engine,
            ["nonfinite"] = Nonfinite,
            ["options"] = Options.DeepClone(),
            ["schema"] = SchemaName,
            ["state_sha256"] = StateSha256,
            ["steps"] = Steps,
        };
        var text = CanonicalText.Of(json)[..^1];
        return $"{text}{CheckName}{FileHash.OfText(text)}\"}}\n";
    }

    /// <summary>The result in a member's folder, its checkpoint compared with the hash; null when there is none.</summary>
    /// <exception cref="GrokException">
    /// Of kind Integrity: the result changed, is no such file, or is that of another member; or the checkpoint is missing or changed.
    /// </exception>
    public static MemberResult? Find(SweepFolder folder, string id)
    {
        var path = Path.Combine(folder.Member(id), FileName);
        if (!File.Exists(path)) { return null; }
        var result = Read(path, id, folder.Workspace.Display(path));
        if (result.CheckpointSha256 is not { } hash) { return result; }
        var checkpoint = Path.Combine(folder.Member(id), SweepFolder.CheckpointName);
        var problem = !File.Exists(checkpoint) ? "is missing." : FileHash.Of(checkpoint) != hash ? "changed since it was written." : null;
        return problem is null ? result
            : throw new GrokException(problem, Remedy, folder.Workspace.Display(checkpoint), ProblemKind.Integrity);
    }

    /// <summary>Reads the file of a member.</summary>
    /// <exception cref="GrokException">Of kind Integrity: it changed, is no such file, or is that of another member.</exception>
    public static MemberResult Read(string path, string id, string shown)
    {
        try
        {
            var json = (JsonObject)JsonNode.Parse(Checked(path, shown))!;       // not null: its hash was checked, also below
            if ((string?)json["schema"] != SchemaName)
            {
                throw new GrokException(
                    $"has the format '{(string?)json["schema"]}'; this version reads {SchemaName}.", $"Use a newer grokpipe. {Remedy}",
                    shown, ProblemKind.Integrity);
            }
            var options = (JsonObject)json["options"]!;
            if (MemberOptions.IdOf(CanonicalText.Of(options)) != id)
            {
                throw new GrokException($"is not of member {id}.", Remedy, shown, ProblemKind.Integrity);
            }
            return new MemberResult
            {
                Options = (JsonObject)options.DeepClone(),
                Engine = (string)json["engine"]!,
                Ending = Enum.Parse<MemberEnding>((string)json["ending"]!, ignoreCase: true),
                Budget = (long)json["budget"]!,
                Steps = (long)json["steps"]!,
                Nonfinite = (bool)json["nonfinite"]!,
                StateSha256 = (string)json["state_sha256"]!,
                CheckpointSha256 = (string?)json["checkpoint_sha256"],
                Rows = Measured((JsonObject)json["curves"]!),
            };
        }
        catch (Exception error) when (
            error is JsonException or NullReferenceException or InvalidOperationException or InvalidCastException or FormatException
                or ArgumentException)
        {
            throw new GrokException("is damaged.", Remedy, shown, ProblemKind.Integrity, error);
        }
    }

    /// <summary>An ending as it is written: <c>budget</c>.</summary>
    public static string Name(MemberEnding ending) => OptionTypes.SnakeCase(ending.ToString());

    // One list of steps, then one of values for each split and metric; null where a step has no such value.
    private JsonObject Curves()
    {
        var steps = Rows.Select(row => row.Step).Distinct().ToArray();
        var at = steps.Select((step, i) => (step, i)).ToDictionary(pair => pair.step, pair => pair.i);
        var curves = new JsonArray();
        foreach (var group in Rows.GroupBy(row => (row.Measurement.Split, row.Measurement.Metric)))
        {
            var values = new JsonNode?[steps.Length];
            foreach (var (step, measurement) in group) { values[at[step]] = CanonicalJson.Of(measurement.Value); }
            curves.Add((JsonNode)new JsonArray(group.Key.Split, group.Key.Metric, new JsonArray(values)));
        }
        return new JsonObject { ["steps"] = new JsonArray([.. steps.Select(step => (JsonNode)step)]), ["values"] = curves };
    }

    private static List<(long, Measurement)> Measured(JsonObject curves)
    {
        var steps = ((JsonArray)curves["steps"]!).Select(step => (long)step!).ToArray();
        var columns = ((JsonArray)curves["values"]!).Select(
            column => (Split: (string)column![0]!, Metric: (string)column[1]!, Values: (JsonArray)column[2]!)).ToArray();
        var rows = new List<(long, Measurement)>(steps.Length * columns.Length);
        for (var i = 0; i < steps.Length; i++)
        {
            foreach (var (split, metric, values) in columns)
            {
                if (values[i] is { } value) { rows.Add((steps[i], new Measurement(split, metric, Number(value)))); }
            }
        }
        return rows;
    }

    private static double Number(JsonNode value) => value.GetValueKind() == JsonValueKind.String
        ? double.Parse((string)value!, CultureInfo.InvariantCulture)            // not null: a text
        : (double)value;

    // The text without its own hash, which is checked.
    private static string Checked(string path, string shown)
    {
        var text = File.ReadAllText(path, Encoding.UTF8);
        var at = text.Length - CheckName.Length - FileHash.Digits - 3;
        if (at < 0 || !text.AsSpan(at).StartsWith(CheckName, StringComparison.Ordinal)
            || !text.AsSpan(at + CheckName.Length).StartsWith(FileHash.OfText(text[..at]), StringComparison.Ordinal))
        {
            throw new GrokException("changed since it was written.", Remedy, shown, ProblemKind.Integrity);
        }
        return text[..at] + "}";
    }
}
