using System.Collections.Immutable;
using GrokPipeline.Stages.Configuration;
using GrokPipeline.Stages.Files;
using GrokPipeline.Stages.Options;
using GrokPipeline.Stages.Sweeps;

namespace GrokPipeline.Stages;

/// <summary>
/// A pipeline file, read and checked: datasets and experiments with all parameters, overrides, likenesses and defaults resolved.
/// </summary>
public sealed class PipelineFile
{
    /// <summary>The version of the format that this version reads.</summary>
    public const int FormatVersion = 1;

    /// <summary>The usual name of the file.</summary>
    public const string DefaultName = "pipeline.yaml";

    internal PipelineFile(
        string path, string workspace, string name, ImmutableArray<DatasetEntry> datasets, ImmutableArray<Experiment> experiments,
        ImmutableArray<Sweep> sweeps, ReproductionOptions? reproduction = null)
    {
        Path = path;
        Workspace = workspace;
        Name = name;
        Datasets = datasets;
        Experiments = experiments;
        Sweeps = sweeps;
        Reproduction = reproduction;
    }

    /// <summary>The file as the user gave it.</summary>
    public string Path { get; }

    /// <summary>The folder of <c>data/</c> and <c>models/</c>: the file's own.</summary>
    public string Workspace { get; }

    /// <summary>What the file calls itself.</summary>
    public string Name { get; }

    /// <summary>The datasets in the order of the file.</summary>
    public ImmutableArray<DatasetEntry> Datasets { get; }

    /// <summary>The experiments in the order of the file.</summary>
    public ImmutableArray<Experiment> Experiments { get; }

    /// <summary>The sweeps in the order of the file; their members are not resolved yet.</summary>
    public ImmutableArray<Sweep> Sweeps { get; }

    /// <summary>Which published result the file repeats; null for none.</summary>
    public ReproductionOptions? Reproduction { get; }

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="overrides">Texts <c>path=value</c>, applied in order.</param>
    /// <exception cref="GrokException">
    /// The file is missing or wrong. All problems are told at once, each with its place; the cause below is a
    /// <see cref="ConfigurationProblemsException"/> that lists them.
    /// </exception>
    public static PipelineFile Read(string path, IEnumerable<string>? overrides = null)
    {
        if (!File.Exists(path))
        {
            var folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path));
            var others = Directory.Exists(folder)
                ? Directory.EnumerateFiles(folder, "*.yaml").Select(System.IO.Path.GetFileName).OfType<string>()
                : [];
            throw new GrokException(
                $"there is no such file.{DidYouMean.Of(System.IO.Path.GetFileName(path), others)}",
                "Name a pipeline file, or run where pipeline.yaml lies.", path);
        }
        var workspace = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path)) ?? ".";
        var bytes = BoundedFile.Read(path, YamlReader.MaximumBytes) ?? throw new GrokException(
            $"the file has more than {YamlReader.MaximumBytes:N0} bytes, which is the most that is read.", "Make it smaller.", path);
        return Parse(path, bytes, workspace, overrides ?? []);
    }

    /// <summary>Reads text as if it stood in a file.</summary>
    /// <param name="path">What messages call it.</param>
    /// <param name="utf8">The text.</param>
    /// <param name="workspace">The folder of <c>data/</c> and <c>models/</c>.</param>
    /// <param name="overrides">Texts <c>path=value</c>, applied in order.</param>
    /// <exception cref="GrokException">The text is wrong; see <see cref="Read"/>.</exception>
    public static PipelineFile Parse(string path, ReadOnlySpan<byte> utf8, string workspace, IEnumerable<string> overrides)
    {
        var root = YamlReader.Read(path, utf8);
        if (root is not YamlMap map)
        {
            throw new GrokException("the file is no map of options.", "Begin with schema: 1.", path);
        }
        return new PipelineReader(path, workspace).Read(map, overrides);
    }

    /// <summary>
    /// The same pipeline with one experiment under another name, and the datasets and the experiments that it starts with that differ from
    /// <paramref name="original"/>'s too, so that nothing that was made before is replaced.
    /// </summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="name">Its new name.</param>
    /// <param name="original">The pipeline without overrides.</param>
    /// <exception cref="GrokException">There is no such experiment, or the name cannot be a folder's.</exception>
    public PipelineFile As(string experiment, string name, PipelineFile original)
    {
        if (!Names.IsSound(name)) { throw new GrokException($"'{name}' cannot be a folder's name.", Names.Rule, "--as"); }
        var chosen = Find(experiment);
        var renamed = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var dataset in DatasetsOf(chosen))
        {
            var before = original.Datasets.FirstOrDefault(other => other.Name == dataset.Name);
            var same = before is not null && CanonicalText.Of(before.ToJson()) == CanonicalText.Of(dataset.ToJson());
            if (!same) { renamed.Add(dataset.Name, renamed.Count == 0 ? name : $"{name}.{dataset.Name}"); }
        }
        var experiments = new Dictionary<string, string>(StringComparer.Ordinal) { [chosen.Name] = name };
        foreach (var ancestor in chosen.Ancestors())
        {
            var same = original.Experiments.FirstOrDefault(other => other.Name == ancestor.Name)?.Resolved == ancestor.Resolved;
            if (!same) { experiments.Add(ancestor.Name, $"{name}.{ancestor.Name}"); }
        }
        var copy = chosen.Renamed(experiments, renamed);
        return new PipelineFile(
            Path, Workspace, Name,
            [.. DatasetsOf(chosen).Select(dataset => dataset with { Name = renamed.GetValueOrDefault(dataset.Name, dataset.Name) })],
            [.. copy.Ancestors().Prepend(copy)], []);
    }

    /// <summary>The experiment of a name.</summary>
    /// <exception cref="GrokException">There is none; the message suggests the nearest.</exception>
    public Experiment Find(string name) => Experiments.FirstOrDefault(experiment => experiment.Name == name) ?? throw new GrokException(
        $"there is no experiment named '{name}'.{DidYouMean.Of(name, Experiments.Select(e => e.Name))}",
        $"Use one of: {string.Join(", ", Experiments.Select(e => e.Name))}.", Path);

    /// <summary>The sweep of a name.</summary>
    /// <exception cref="GrokException">There is none; the message suggests the nearest.</exception>
    public Sweep FindSweep(string name) => Sweeps.FirstOrDefault(sweep => sweep.Name == name) ?? throw new GrokException(
        $"there is no sweep named '{name}'.{DidYouMean.Of(name, Sweeps.Select(sweep => sweep.Name))}",
        Sweeps.Length == 0 ? "Add one under sweeps." : $"Use one of: {string.Join(", ", Sweeps.Select(sweep => sweep.Name))}.", Path);

    /// <summary>The datasets that an experiment reads, its own first, and those of its ancestors.</summary>
    internal IEnumerable<DatasetEntry> DatasetsOf(Experiment experiment) =>
        experiment.Ancestors().Prepend(experiment)
            .SelectMany(each => each.Distributions.Select(distribution => distribution.Dataset).Prepend(each.Options.Data))
            .Distinct(StringComparer.Ordinal)
            .Select(name => Datasets.First(dataset => dataset.Name == name));
}
