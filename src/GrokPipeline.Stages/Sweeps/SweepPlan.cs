using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using GrokPipeline.Evaluation.Sweeps;
using GrokPipeline.Stages.Configuration;
using GrokPipeline.Stages.Files;
using GrokPipeline.Stages.Options;

namespace GrokPipeline.Stages.Sweeps;

/// <summary>
/// The members of a sweep, fixed. Its text is a heading and one line for each member, with all that is needed to train it; its id is the
/// beginning of the text's hash, so that a plan cannot change and keep its name.
/// </summary>
public sealed class SweepPlan
{
    /// <summary>The usual name of a plan's file.</summary>
    public const string FileName = "plan.jsonl";

    private const string SchemaName = "grokpipe/plan/1";

    private SweepPlan(PlanHeading heading, ImmutableArray<PlannedMember> members, string text)
    {
        Heading = heading;
        Members = members;
        Text = text;
        Hash = FileHash.OfText(text);
    }

    /// <summary>The sweep's name.</summary>
    public string Sweep => Heading.Sweep;

    /// <summary>The first 12 digits of <see cref="Hash"/>: the name of the plan's folder.</summary>
    public string Id => Hash[..MemberOptions.IdDigits];

    /// <summary>SHA-256 of <see cref="Text"/>.</summary>
    public string Hash { get; }

    /// <summary>The text of the file.</summary>
    public string Text { get; }

    /// <summary>How many members there are.</summary>
    public int Count => Members.Length;

    /// <summary>What holds for all members.</summary>
    internal PlanHeading Heading { get; }

    /// <summary>The members in order.</summary>
    internal ImmutableArray<PlannedMember> Members { get; }

    /// <summary>Makes a plan.</summary>
    internal static SweepPlan Of(PlanHeading heading, ImmutableArray<PlannedMember> members)
    {
        var text = new StringBuilder(CanonicalText.Of(heading.ToJson(SchemaName, members.Length))).Append('\n');
        foreach (var member in members) { text.Append(CanonicalText.Of(member.ToJson())).Append('\n'); }
        return new SweepPlan(heading, members, text.ToString());
    }

    /// <summary>Reads a plan, and refuses one that was changed since it was written.</summary>
    /// <param name="path">The file; its hash stands beside it in a file that ends in <c>.sha256</c>.</param>
    /// <param name="shown">What messages call it.</param>
    /// <exception cref="GrokException">Of kind Integrity: it is missing, changed, or no plan.</exception>
    internal static SweepPlan Read(string path, string shown)
    {
        const string remedy = "Make it again: grokpipe sweep plan.";
        var hashFile = HashFileOf(path);
        foreach (var needed in (string[])[path, hashFile])
        {
            if (!File.Exists(needed))
            {
                throw new GrokException("is missing.", remedy, needed == path ? shown : HashFileOf(shown), ProblemKind.Integrity);
            }
        }
        var text = File.ReadAllText(path, Encoding.UTF8);
        var hash = FileHash.OfText(text);
        if (!File.ReadAllText(hashFile).StartsWith(hash, StringComparison.Ordinal))
        {
            throw new GrokException(
                $"was changed after it was made: its hash is {hash[..MemberOptions.IdDigits]}, and {Path.GetFileName(hashFile)} "
                + "names another.",
                "A plan is never edited; change the pipeline file and make another plan.", shown, ProblemKind.Integrity);
        }
        try
        {
            var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            var heading = PlanHeading.Of(Line(lines[0]), SchemaName, shown);
            var plan = new SweepPlan(heading, [.. lines.Skip(1).Select(line => PlannedMember.Of(Line(line)))], text);
            return Names.IsSound(plan.Sweep) && plan.Members.All(member => MemberOptions.IsId(member.Id)) ? plan
                : throw new FormatException("A name or an id in it is none, and would become a path.");
        }
        catch (Exception error) when (
            error is JsonException or NullReferenceException or InvalidOperationException or InvalidCastException or FormatException
                or IndexOutOfRangeException)
        {
            throw new GrokException("is no plan of a sweep.", remedy, shown, ProblemKind.Integrity, error);
        }
    }

    /// <summary>The same plan, whose members look for files that their dataset names in a folder.</summary>
    internal SweepPlan In(string folder) => new(Heading, [.. Members.Select(member => member with { Folder = folder })], Text);

    /// <summary>Writes the plan and its hash; the hash first, so that a plan that is there has one, however this ends.</summary>
    internal void Write(DurableFile files, string path)
    {
        files.ReplaceText(HashFileOf(path), $"{Hash}  {Path.GetFileName(path)}\n");
        files.ReplaceText(path, Text);
    }

    /// <summary>The file of the hash of the plan in a file.</summary>
    internal static string HashFileOf(string path) => Path.ChangeExtension(path, ".sha256");

    private static JsonObject Line(string line) =>
        JsonNode.Parse(line, documentOptions: new JsonDocumentOptions { MaxDepth = 16 }) as JsonObject
        ?? throw new JsonException("no object");
}

/// <summary>What holds for all members of a plan.</summary>
/// <param name="Sweep">The sweep's name.</param>
/// <param name="Title">What people call it.</param>
/// <param name="Experiment">The experiment's name.</param>
/// <param name="SeedOption">The option that repeats each setting; null when none does.</param>
/// <param name="Retire">When members end early.</param>
/// <param name="Checkpoints">Which state is kept.</param>
/// <param name="Refines">The id of the plan that this one adds members to; null for a plan of its own.</param>
internal sealed record PlanHeading(
    string Sweep, string Title, string Experiment, string? SeedOption, RetireOptions Retire, MemberCheckpoints Checkpoints, string? Refines)
{
    /// <summary>The first line of the file.</summary>
    public JsonObject ToJson(string schema, int members) => new()
    {
        ["schema"] = schema,
        ["sweep"] = Sweep,
        ["title"] = Title,
        ["experiment"] = Experiment,
        ["seed_option"] = SeedOption,
        ["generalized_for"] = Retire.GeneralizedFor,
        ["collapsed_for"] = Retire.CollapsedFor,
        ["checkpoints"] = (JsonNode?)CanonicalJson.Of(Checkpoints),
        ["refines"] = Refines,
        ["members"] = members,
    };

    /// <summary>Reads the first line.</summary>
    public static PlanHeading Of(JsonObject json, string schema, string shown)
    {
        if ((string?)json["schema"] != schema)
        {
            throw new GrokException(
                $"has the format '{(string?)json["schema"]}'; this version reads {schema}.", "Use a newer grokpipe.", shown,
                ProblemKind.Integrity);
        }
        // not null: written by ToJson, and the hash was checked
        return new PlanHeading(
            (string)json["sweep"]!, (string)json["title"]!, (string)json["experiment"]!, (string?)json["seed_option"],
            new RetireOptions { GeneralizedFor = (int)json["generalized_for"]!, CollapsedFor = (int)json["collapsed_for"]! },
            Enum.Parse<MemberCheckpoints>((string)json["checkpoints"]!, ignoreCase: true), (string?)json["refines"]);
    }
}

/// <summary>One member of a plan.</summary>
/// <param name="Index">Its place, from 0.</param>
/// <param name="Id">The beginning of the hash of its resolved options.</param>
/// <param name="Settings">What the sweep varies, without the seed.</param>
/// <param name="Seed">The number of this repetition; null when nothing is repeated.</param>
/// <param name="Resolved">The experiment and its dataset with the settings applied: a pipeline file of its own.</param>
internal sealed record PlannedMember(int Index, string Id, ImmutableArray<SweepSetting> Settings, long? Seed, string Resolved)
{
    /// <summary>The options when they are at hand, so that <see cref="Resolved"/> need not be read.</summary>
    public MemberOptions? Ready { get; init; }

    /// <summary>The folder in which files that its dataset names are looked for.</summary>
    public string Folder { get; init; } = "";

    /// <summary>Its settings and seed on one line, for people.</summary>
    public string Described => string.Join(", ", Settings.Select(setting => $"{Short(setting.Option)}={setting.Value}")
        .Concat(Seed is { } seed ? [$"seed {seed.ToString(CultureInfo.InvariantCulture)}"] : []));

    /// <summary>A line of the file.</summary>
    public JsonObject ToJson() => new()
    {
        ["index"] = Index,
        ["id"] = Id,
        ["settings"] = new JsonArray([.. Settings.Select(setting => (JsonNode)new JsonArray(setting.Option, setting.Value))]),
        ["seed"] = Seed,
        ["resolved"] = Resolved,
    };

    /// <summary>Reads a line.</summary>
    public static PlannedMember Of(JsonObject json) => new(
        (int)json["index"]!, (string)json["id"]!,                               // not null: written by ToJson, and the hash was checked
        [.. ((JsonArray)json["settings"]!).Select(pair => new SweepSetting((string)pair![0]!, (string)pair[1]!))],
        (long?)json["seed"], (string)json["resolved"]!);

    /// <summary>The options.</summary>
    /// <exception cref="GrokException">Of kind Integrity: this version reads them otherwise than the one that planned them.</exception>
    public MemberOptions Options(PlanHeading heading)
    {
        if (Ready is not null) { return Ready; }
        var file = PipelineFile.Parse($"{SweepPlan.FileName}#{Index}", Encoding.UTF8.GetBytes(Resolved), Folder, []);
        var experiment = file.Experiments[0];
        var options = new MemberOptions(
            experiment, file.Datasets.First(dataset => dataset.Name == experiment.Options.Data), heading.Retire, heading.Checkpoints);
        return options.Id() == Id ? options : throw new GrokException(
            $"member {Index} has the id {Id}, and its options now give {options.Id()}.",
            "The plan is of another version of grokpipe; make it again: grokpipe sweep plan.", kind: ProblemKind.Integrity);
    }

    private static string Short(string option) =>
        option.StartsWith("params.", StringComparison.Ordinal) ? option["params.".Length..] : option.Split('.')[^1];
}
