using System.Collections.Immutable;
using System.Text.Json.Nodes;
using GrokPipeline.Data;
using GrokPipeline.Data.Files;
using GrokPipeline.Stages.Configuration;
using GrokPipeline.Stages.Options;

namespace GrokPipeline.Stages;

/// <summary>One dataset of a pipeline.</summary>
/// <param name="Name">Its name and the name of its folder.</param>
/// <param name="Spec">What it is.</param>
public sealed record DatasetEntry(string Name, DatasetSpec Spec)
{
    /// <summary>The names of its splits and shifts, in order.</summary>
    internal IEnumerable<string> Distributions() => Splits().Concat(Spec.Shifts.Select(shift => shift.Name));

    /// <summary>The names of its splits, in order.</summary>
    internal IEnumerable<string> Splits()
    {
        if (Spec.Split.Train is not null) { yield return "train"; }
        if (Spec.Split.Validation is not null) { yield return "validation"; }
        if (Spec.Split.Test is not null) { yield return "test"; }
    }

    /// <summary>Where a split or shift lies in the dataset's folder.</summary>
    internal string FileOf(string distribution) =>
        Splits().Contains(distribution) ? $"{distribution}.parquet" : $"shifts/{distribution}.parquet";

    /// <summary>All options in canonical form.</summary>
    internal JsonObject ToJson()
    {
        var shifts = new JsonObject();
        foreach (var shift in Spec.Shifts)
        {
            var options = Step(new ShiftStep(shift.Kind, shift.Options));
            if (!shift.Then.IsEmpty) { options["then"] = Steps(shift.Then); }
            shifts[shift.Name] = options;
        }
        var json = new JsonObject
        {
            ["use"] = Spec.Use,
            ["with"] = CanonicalJson.Of(Spec.With),
            ["seed"] = CanonicalJson.Of(Spec.Seed),
            ["split"] = CanonicalJson.Of(Spec.Split),
            ["shifts"] = shifts,
            ["shift_order"] = new JsonArray([.. Spec.Shifts.Select(shift => (JsonNode)shift.Name)]),
        };
        if (Spec.Answer is not null) { json["answer"] = CanonicalJson.Of(Spec.Answer); }
        // A file of the user's is an option: other bytes are another dataset.
        if (Spec.With is IFileOptions { ContentHash: { } hash }) { json["content"] = hash; }
        if (!Spec.TrainShift.IsEmpty) { json["train_shift"] = Steps(Spec.TrainShift); }
        return json;
    }

    private static JsonArray Steps(IEnumerable<ShiftStep> steps) => new([.. steps.Select(step => (JsonNode)Step(step))]);

    private static JsonObject Step(ShiftStep step)
    {
        var options = (JsonObject)CanonicalJson.Of(step.Options)!;                        // not null: a record
        options["kind"] = step.Kind;
        return options;
    }
}

/// <summary>A split or shift that is evaluated on.</summary>
/// <param name="Dataset">The dataset's name.</param>
/// <param name="Name">The split's or shift's name.</param>
internal readonly record struct Distribution(string Dataset, string Name);

/// <summary>One experiment of a pipeline.</summary>
public sealed class Experiment
{
    private readonly ResolvedYaml _resolved;

    internal Experiment(
        string name, ExperimentOptions options, DatasetEntry data, ImmutableArray<Distribution> distributions, Experiment? parent,
        ResolvedYaml resolved)
    {
        Name = name;
        Options = options;
        Data = data;
        Distributions = distributions;
        Parent = parent;
        _resolved = resolved;
        Resolved = resolved.Text();
    }

    /// <summary>Its name and the name of its folder.</summary>
    public string Name { get; }

    /// <summary>What people call it.</summary>
    public string Title => Options.Title.Length > 0 ? Options.Title : Name;

    /// <summary>All its options.</summary>
    public ExperimentOptions Options { get; }

    /// <summary>The experiment and its datasets as a pipeline file of their own, everything resolved.</summary>
    public string Resolved { get; }

    /// <summary>Where its training engine is named, for messages.</summary>
    internal Place EnginePlace => _resolved.PlaceOf("train", "engine");

    /// <summary>Its dataset.</summary>
    internal DatasetEntry Data { get; }

    /// <summary>What is evaluated on, in order.</summary>
    internal ImmutableArray<Distribution> Distributions { get; }

    /// <summary>The experiment whose checkpoint its training starts with; null when it starts with none.</summary>
    internal Experiment? Parent { get; }

    /// <summary>The parent, its parent, and so on.</summary>
    internal IEnumerable<Experiment> Ancestors()
    {
        for (var each = Parent; each is not null; each = each.Parent) { yield return each; }
    }

    /// <summary>It and its ancestors in canonical form, as far as the start of a training of it depends on them.</summary>
    internal JsonObject TrainingJson()
    {
        var train = (JsonObject)CanonicalJson.Of(Options.Train)!;                         // not null: a record
        train.Remove("limits");
        var json = new JsonObject
        {
            ["data"] = Data.ToJson(),
            ["model"] = CanonicalJson.Of(Options.Model),
            ["train"] = train,
            ["grokking"] = CanonicalJson.Of(Options.Grokking),
            ["schedule"] = CanonicalJson.Of(Options.Checkpoints.Schedule),
            ["ring"] = Options.Checkpoints.Ring,
        };
        if (Parent is not null) { json["start"] = Parent.TrainingJson(); }
        return json;
    }

    /// <summary>The entries of its text and of its ancestors' texts.</summary>
    internal ImmutableArray<YamlEntry> Entries => [_resolved.Experiment, .. Parent?.Entries ?? []];

    /// <summary>The same, with some experiments (it or its ancestors) and some datasets under other names.</summary>
    internal Experiment Renamed(IReadOnlyDictionary<string, string> experiments, IReadOnlyDictionary<string, string> datasets)
    {
        var start = Options.Train.Start is { } old ? old with { From = experiments.GetValueOrDefault(old.From, old.From) } : null;
        var options = Options with { Data = NewName(Options.Data), Train = Options.Train with { Start = start } };
        return new Experiment(
            experiments.GetValueOrDefault(Name, Name), options, Data with { Name = options.Data },
            [.. Distributions.Select(d => d with { Dataset = NewName(d.Dataset) })], Parent?.Renamed(experiments, datasets),
            _resolved.Renamed(experiments, datasets));

        string NewName(string dataset) => datasets.GetValueOrDefault(dataset, dataset);
    }
}

/// <summary>Names that become folders.</summary>
internal static class Names
{
    /// <summary>The rule in words.</summary>
    public const string Rule = "Use 1 to 64 letters, digits, '.', '_' or '-', beginning with a letter or digit.";

    /// <summary>True for a name that is safe everywhere.</summary>
    public static bool IsSound(string name) =>
        name.Length is >= 1 and <= 64 && char.IsAsciiLetterOrDigit(name[0])
            && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');
}
