using System.Collections.Immutable;
using GrokPipeline.Stages.Configuration;

namespace GrokPipeline.Stages.Running;

/// <summary>All stages of a pipeline, each after those that it reads, and which of them a user means.</summary>
internal sealed class StageGraph
{
    /// <summary>The kinds of an experiment's stages, in order.</summary>
    public static ImmutableArray<string> Kinds { get; } = ["train", "export", "evaluate", "probe", "report"];

    private readonly PipelineFile _file;
    private readonly Dictionary<string, Generate> _data = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ImmutableArray<Stage>> _experiments = new(StringComparer.Ordinal);

    /// <summary>The stages of a pipeline.</summary>
    public StageGraph(PipelineFile file, Workspace workspace, PipelineTools tools)
    {
        _file = file;
        foreach (var dataset in file.Datasets) { _data.Add(dataset.Name, new Generate(dataset, workspace, tools)); }
        foreach (var experiment in file.Experiments) { Add(experiment); }

        // One that starts with another's checkpoint comes after it, wherever it stands in the file.
        Train Add(Experiment experiment)
        {
            if (_experiments.TryGetValue(experiment.Name, out var known)) { return (Train)known[0]; }
            var setting = new ExperimentSetting(experiment, workspace, tools, _data);
            var train = new Train(setting, experiment.Parent is { } parent ? Add(parent) : null);
            var export = new Export(setting, train);
            var evaluate = new Evaluate(setting, train, export);
            var probe = new Probe(setting, train, export);
            _experiments.Add(experiment.Name, [train, export, evaluate, probe, new Report(setting, train, export, evaluate, probe)]);
            return train;
        }
    }

    /// <summary>The datasets' stages in the order of the file.</summary>
    public IEnumerable<Generate> Datasets => _file.Datasets.Select(dataset => _data[dataset.Name]);

    /// <summary>The experiments' stages in the order of the file.</summary>
    public IEnumerable<(Experiment Experiment, ImmutableArray<Stage> Stages)> Experiments =>
        _file.Experiments.Select(experiment => (experiment, _experiments[experiment.Name]));

    /// <summary>The stages of one experiment.</summary>
    public ImmutableArray<Stage> Of(string experiment) => _experiments[experiment];

    /// <summary>The stages that targets name; all when there is none.</summary>
    /// <exception cref="GrokException">A target is none.</exception>
    public ImmutableArray<Stage> Named(IReadOnlyCollection<string> targets)
    {
        if (targets.Count == 0) { return [.. Datasets, .. _file.Experiments.SelectMany(experiment => _experiments[experiment.Name])]; }
        return [.. targets.SelectMany(Named).Distinct()];
    }

    /// <summary>Some stages and all that they read, each after those that it reads.</summary>
    public static ImmutableArray<Stage> WithInputs(IEnumerable<Stage> stages)
    {
        var order = new List<Stage>();
        foreach (var stage in stages) { Visit(stage); }
        return [.. order];

        void Visit(Stage stage)
        {
            if (order.Contains(stage)) { return; }
            foreach (var input in stage.Inputs) { Visit(input.Producer); }
            order.Add(stage);
        }
    }

    private IEnumerable<Stage> Named(string target)
    {
        var text = target.TrimEnd('/');
        if (text.StartsWith("models/", StringComparison.Ordinal)) { text = text["models/".Length..]; }
        if (text.StartsWith("data/", StringComparison.Ordinal) && _data.TryGetValue(text["data/".Length..], out var dataset))
        {
            return [dataset];
        }
        if (_experiments.TryGetValue(text, out var all)) { return all; }
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash > 0 && _experiments.TryGetValue(text[..slash], out var stages)
            && stages.FirstOrDefault(stage => stage.Kind == text[(slash + 1)..]) is { } one)
        {
            return [one];
        }
        var known = _data.Keys.Select(name => $"data/{name}")
            .Concat(_experiments.SelectMany(pair => pair.Value.Select(stage => stage.Target).Prepend(pair.Key))).ToArray();
        throw new GrokException(
            $"there is no target '{target}' in this pipeline.{DidYouMean.Of(text, known)}",
            $"Use data/<dataset>, <experiment> or <experiment>/<stage>. Experiments: {string.Join(", ", _experiments.Keys)}.", _file.Path);
    }
}
