using System.Collections.Immutable;
using System.Globalization;
using GrokPipeline.Data;
using GrokPipeline.Data.Files;
using GrokPipeline.Stages.Configuration;
using GrokPipeline.Stages.Options;
using GrokPipeline.Stages.Sweeps;
using GrokPipeline.Training.Losses;
using GrokPipeline.Training.Models;
using GrokPipeline.Training.Optimizers;
using GrokPipeline.Training.Schedules;

namespace GrokPipeline.Stages;

/// <summary>From nodes to a checked pipeline.</summary>
internal sealed class PipelineReader(string path, string workspace, ProblemList? list = null, KnownData? known = null)
{
    private static readonly string[] Sections = ["schema", "name", "params", "datasets", "defaults", "experiments", "sweeps", "reproduction"];

    private readonly ProblemList _problems = list ?? new();
    private readonly KnownData _known = known ?? new();
    private readonly Dictionary<string, Experiment?> _read = new(StringComparer.Ordinal);
    private readonly List<string> _reading = [];

    /// <summary>The catalogues that <c>kind:</c> chooses from.</summary>
    internal static IReadOnlyDictionary<Type, CatalogueNames> Catalogues { get; } = new Dictionary<Type, CatalogueNames>
    {
        [typeof(Func<DatasetFacts, Model>)] = CatalogueNames.Of(Model.All),
        [typeof(Optimizer)] = CatalogueNames.Of(Optimizer.All),
        [typeof(Loss)] = CatalogueNames.Of(Loss.All),
        [typeof(Schedule)] = CatalogueNames.Of(Schedule.All),
        [typeof(Probes.Probe)] = CatalogueNames.Of(Probes.ProbeCatalogue.All),
        [typeof(SweepMethod)] = CatalogueNames.Of(SweepMethod.All),
    };

    private Binder Binder => field ??= new Binder(Catalogues, _problems);

    private ShiftReader Shifts => field ??= new ShiftReader(Binder, _problems, (map, at) => Chosen(map, "kind", at, Data.Shifts.All));

    /// <summary>Reads a document.</summary>
    public PipelineFile Read(YamlMap root, IEnumerable<string> overrides)
    {
        CheckFormat(root);
        foreach (var text in overrides) { root = Overrides.Apply(root, text, _problems); }
        _problems.ThrowIfAny();                                    // what follows would only repeat them
        CheckSections(root);
        var parameters = Section(root, "params") ?? new YamlMap(root.Place, []);
        var datasets = Group(root, "datasets", parameters);
        var experiments = Experiments(root, parameters);
        var known = datasets.Entries.Select(ReadDataset).OfType<DatasetEntry>().ToImmutableArray();
        var context = new Context(experiments, known, datasets, NameOf(root));
        var read = experiments.Entries.Select(entry => ReadExperiment(entry, context)).OfType<Experiment>().ToImmutableArray();
        var names = experiments.Entries.Select(entry => entry.Key).ToArray();
        if (experiments.Find(SweepFolder.Name) is { } taken)
        {
            _problems.Add(taken.KeyPlace, $"experiments.{taken.Key}", "models/sweeps is the folder of all sweeps; use another name.");
        }
        var reader = new SweepReader(Binder, _problems, root);
        var sweeps = Group(root, "sweeps", parameters).Entries.Select(entry => reader.Read(entry, names)).OfType<Sweep>()
            .ToImmutableArray();
        var reproduction = Reproduction(root, names);
        _problems.ThrowIfAny();
        return new PipelineFile(path, workspace, context.Name, known, read, sweeps, reproduction);
    }

    /// <summary>
    /// Reads one experiment of a document that was read before and has changed in a few values since, with its dataset; null when that
    /// made it wrong, and then <paramref name="problems"/> say so. Of the other experiments, only those are looked at that it starts with.
    /// </summary>
    public static (Experiment Experiment, DatasetEntry Data)? ReadOne(
        string path, string workspace, YamlMap root, string experiment, ProblemList problems, KnownData found)
    {
        var before = problems.Count;
        var reader = new PipelineReader(path, workspace, problems, found);
        var parameters = reader.Section(root, "params") ?? new YamlMap(root.Place, []);
        var datasets = reader.Group(root, "datasets", parameters);
        var experiments = reader.Experiments(root, parameters);
        var entry = experiments.Find(experiment);
        if (entry is null || problems.Count > before) { return null; }
        var used = DatasetsNamedBy(entry, experiments);
        var known = datasets.Entries.Where(dataset => used.Contains(dataset.Key)).Select(reader.ReadDataset).OfType<DatasetEntry>()
            .ToImmutableArray();
        if (problems.Count > before) { return null; }
        var read = reader.ReadExperiment(entry, new Context(experiments, known, datasets, reader.NameOf(root)));
        return read is null || problems.Count > before ? null : (read, read.Data);
    }

    // Its own dataset, what stands before a dot in what it is evaluated on, and the same of the experiments that it starts with.
    private static HashSet<string> DatasetsNamedBy(YamlEntry experiment, YamlMap experiments)
    {
        var (names, seen) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        for (var each = experiment; each is not null && seen.Add(each.Key); each = experiments.Find(FromOf(each.Value) ?? ""))
        {
            var map = each.Value as YamlMap;
            var evaluated = ((map?["evaluate"] as YamlMap)?["on"] as YamlList)?.Items ?? [];
            names.UnionWith(evaluated.OfType<YamlScalar>().Select(on => on.Text.Split('.')[0]));
            names.Add((map?["data"] as YamlScalar)?.Text ?? "");
        }
        return names;
    }

    private static string? FromOf(YamlNode experiment) =>
        ((((experiment as YamlMap)?["train"] as YamlMap)?["start"] as YamlMap)?["from"] as YamlScalar)?.Text;

    // The experiments with what they are like, their parameters and their defaults.
    private YamlMap Experiments(YamlMap root, YamlMap parameters)
    {
        var experiments = Group(root, "experiments", parameters);
        if (Section(root, "defaults") is not { } defaults) { return experiments; }
        var under = (YamlMap)Substitution.Apply(defaults, parameters, _problems, "defaults");
        return new YamlMap(experiments.Place, [.. experiments.Entries.Select(e => e with { Value = YamlMerge.Merge(under, e.Value) })]);
    }

    private ReproductionOptions? Reproduction(YamlMap root, string[] experiments)
    {
        const string at = "reproduction";
        if (Section(root, at) is not { } map) { return null; }
        var options = Binder.Record<ReproductionOptions>(map, at);
        foreach (var name in options.Experiments.Where(name => !experiments.Contains(name)))
        {
            _problems.Add(
                map["experiments"]!.Place, $"{at}.experiments",                 // not null: the name was read from it
                $"there is no experiment named '{name}'.{DidYouMean.Of(name, experiments)} Known: {string.Join(", ", experiments)}.");
        }
        return options;
    }

    private string NameOf(YamlMap root) => (root["name"] as YamlScalar)?.Text ?? Path.GetFileNameWithoutExtension(path);

    private void CheckFormat(YamlMap root)
    {
        var schema = root["schema"];
        if (schema is null) { _problems.Add(root.Place, "schema", $"is missing; write schema: {PipelineFile.FormatVersion}."); }
        else if ((schema as YamlScalar)?.Text is var text && text != PipelineFile.FormatVersion.ToString(CultureInfo.InvariantCulture))
        {
            _problems.Add(schema.Place, "schema", $"is {schema.Kind}; this version of grokpipe reads {PipelineFile.FormatVersion}.");
        }
    }

    private void CheckSections(YamlMap root)
    {
        foreach (var entry in root.Entries.Where(entry => !Sections.Contains(entry.Key)))
        {
            var hint = DidYouMean.Of(entry.Key, Sections);
            _problems.Add(entry.KeyPlace, entry.Key,
                $"unknown section.{(hint.Length > 0 ? hint : $" Known: {string.Join(", ", Sections)}.")}");
        }
        var experiments = root["experiments"];
        if (experiments is null) { _problems.Add(root.Place, "experiments", "is missing; there is nothing to run."); }
        else if (experiments is YamlScalar { IsNull: true } or YamlMap { Entries.Length: 0 })
        {
            _problems.Add(experiments.Place, "experiments", "is empty; there is nothing to run.");
        }
    }

    private YamlMap? Section(YamlMap root, string name)
    {
        if (root[name] is not { } node || node is YamlScalar { IsNull: true }) { return null; }
        if (node is YamlMap map) { return map; }
        _problems.Add(node.Place, name, $"is {node.Kind}; give a map.");
        return null;
    }

    private YamlMap Group(YamlMap root, string name, YamlMap parameters)
    {
        if (Section(root, name) is not { } group) { return new YamlMap(root.Place, []); }
        foreach (var entry in group.Entries.Where(entry => !Names.IsSound(entry.Key)))
        {
            _problems.Add(entry.KeyPlace, name, $"'{entry.Key}' cannot be a folder's name. {Names.Rule}");
        }
        return (YamlMap)Substitution.Apply(YamlMerge.ResolveLike(group, name, _problems), parameters, _problems, name);
    }

    private DatasetEntry? ReadDataset(YamlEntry entry)
    {
        var at = $"datasets.{entry.Key}";
        if (entry.Value is not YamlMap map)
        {
            _problems.Add(entry.Value.Place, at, $"is {entry.Value.Kind}; give a map with use, with, seed, split, train_shift and shifts.");
            return null;
        }
        string[] known = ["use", "with", "answer", "seed", "split", "train_shift", "shifts", "like"];
        foreach (var other in map.Entries.Where(other => !known.Contains(other.Key)))
        {
            _problems.Add(other.KeyPlace, $"{at}.{other.Key}",
                $"unknown option.{DidYouMean.Of(other.Key, known)} Known: {string.Join(", ", known)}.");
        }
        if (Chosen(map, "use", at, Datasets.All) is not { } use) { return null; }
        var spec = new DatasetSpec
        {
            Use = use.Name,
            With = Binder.Options(map["with"], use.OptionsType, $"{at}.with") is var with && with is IFileOptions files
                ? files.In(Path.GetFullPath(workspace.Length == 0 ? "." : workspace)) : with,
            Answer = map["answer"] is { } answer ? Binder.Bind(answer, typeof(AnswerSpec), $"{at}.answer") as AnswerSpec : null,
            Seed = map["seed"] is { } seed && Binder.Bind(seed, typeof(ulong), $"{at}.seed") is ulong number ? number : 0,
            Split = Binder.Record<SplitSpec>(map["split"], $"{at}.split"),
            TrainShift = map["train_shift"] is { } steps ? Shifts.Steps(steps, $"{at}.train_shift", onTrain: true) : [],
            Shifts = Section(map, "shifts") is { } shifts ? [.. Shifts.Read(shifts, $"{at}.shifts")] : [],
        };
        CheckProblems(spec, map, at);
        return new DatasetEntry(entry.Key, spec);
    }

    private CatalogueEntry<T>? Chosen<T>(YamlMap map, string key, string at, Catalogue<T> catalogue)
    {
        var node = map[key];
        try
        {
            if (node is YamlScalar { IsNull: false } name) { return catalogue.Find(name.Text); }
            _problems.Add(node?.Place ?? map.Place, $"{at}.{key}", $"is missing. Use one of: {string.Join(", ", catalogue.Names)}.");
        }
        // not null: it was read
        catch (GrokException error) { _problems.Add(node!.Place, $"{at}.{key}", $"{error.Problem} {error.Remedy}"); }
        return null;
    }

    private void CheckProblems(DatasetSpec options, YamlMap map, string at)
    {
        foreach (var problem in _known.ProblemsOf(options))
        {
            YamlNode place = map;
            foreach (var part in problem.Option.Split('.'))
            {
                if (ShiftReader.Inside(place, part) is not { } inner) { break; }
                place = inner;
            }
            _problems.Add(place.Place, Substitution.Join(at, problem.Option), problem.Problem);
        }
    }

    // What all experiments of a file are read with.
    private sealed record Context(YamlMap Experiments, ImmutableArray<DatasetEntry> Datasets, YamlMap Nodes, string Name);

    // Each is read once, although others may start with it.
    private Experiment? ReadExperiment(YamlEntry entry, Context context)
    {
        if (_read.TryGetValue(entry.Key, out var before)) { return before; }
        _reading.Add(entry.Key);
        var read = ReadNew(entry, context);
        _reading.Remove(entry.Key);
        _read[entry.Key] = read;
        return read;
    }

    private Experiment? ReadNew(YamlEntry entry, Context context)
    {
        var at = $"experiments.{entry.Key}";
        if (entry.Value is not YamlMap map)
        {
            _problems.Add(entry.Value.Place, at, $"is {entry.Value.Kind}; give a map.");
            return null;
        }
        var options = Binder.Record<ExperimentOptions>(map, at);
        var distributions = new ExperimentCheck(context.Datasets, context.Nodes, _problems, _known).Check(options, map, at);
        var parent = options.Train.Start is { From.Length: > 0 } start ? ReadParent(start.From, map, at, context) : null;
        if (distributions is null || (options.Train.Start is not null && parent is null)) { return null; }
        var data = context.Datasets.First(dataset => dataset.Name == options.Data);
        if (parent is not null) { new StartCheck(map, at, _problems, _known).Check(options, data, parent); }
        var used = distributions.Value.Select(d => d.Dataset).Prepend(options.Data).ToHashSet(StringComparer.Ordinal);
        foreach (var other in parent is null ? [] : parent.Ancestors().Prepend(parent))
        {
            used.UnionWith(other.Distributions.Select(d => d.Dataset).Prepend(other.Options.Data));
        }
        var resolved = new ResolvedYaml(
            context.Name, [.. context.Nodes.Entries.Where(node => used.Contains(node.Key))], entry, parent?.Entries ?? []);
        return new Experiment(entry.Key, options, data, distributions.Value, parent, resolved);
    }

    // The experiment that another starts with; null when there is none such, or it is wrong itself.
    private Experiment? ReadParent(string name, YamlMap map, string at, Context context)
    {
        var place = ExperimentCheck.Place(map, "train", "start", "from");
        if (_reading.Contains(name))
        {
            _problems.Add(place, $"{at}.train.start.from", $"'{name}' starts with this experiment itself: "
                + $"{string.Join(" -> ", _reading.SkipWhile(other => other != name).Append(name))}. One of them must start with none.");
            return null;
        }
        if (context.Experiments.Find(name) is { } entry) { return ReadExperiment(entry, context); }
        var names = context.Experiments.Entries.Select(other => other.Key).ToArray();
        _problems.Add(
            place, $"{at}.train.start.from",
            $"there is no experiment named '{name}'.{DidYouMean.Of(name, names)} Known: {string.Join(", ", names)}.");
        return null;
    }
}
