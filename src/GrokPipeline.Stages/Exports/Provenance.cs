using System.Globalization;
using GrokPipeline.Data;
using GrokPipeline.Stages.Running;
using GrokPipeline.Stages.Trainings;
using GrokPipeline.Training;

namespace GrokPipeline.Stages.Exports;

/// <summary>Where an exported file comes from, as properties of the file. No time, machine or path is among them.</summary>
internal sealed class Provenance
{
    /// <summary>The property of the key of the training.</summary>
    public const string TrainKey = "grokpipe.train.key";

    /// <summary>The property of the hash of the checkpoint's file.</summary>
    public const string CheckpointHash = "grokpipe.checkpoint.sha256";

    private readonly ExperimentSetting _setting;
    private readonly string _engines;
    private readonly Lazy<ILookup<long, Measurement>> _metrics;
    private readonly Lazy<DataCard> _card;

    /// <summary>Of an experiment whose training and data are there.</summary>
    public Provenance(ExperimentSetting setting)
    {
        _setting = setting;
        _engines = EnginesOf(setting);
        _metrics = new(() => GrokkingCurve.Rows(setting.Tools.Store.Read(Path.Combine(setting.Root, Train.Metrics, Train.MetricsName)))
            .ToLookup(row => row.Step, row => row.Measurement));
        _card = new(() =>
        {
            var path = Path.Combine(setting.Workspace.Dataset(setting.Experiment.Options.Data), Generate.CardName);
            return DataCard.FromJson(File.ReadAllText(path), setting.Workspace.Display(path));
        });
    }

    /// <summary>Names and versions of the engine that trained and of the one that checks.</summary>
    public static string EnginesOf(ExperimentSetting setting) =>
        $"{ExperimentSetting.Identity(setting.Tools.Engine(setting.Experiment.Options.Train.Engine).Facts)}, "
        + ExperimentSetting.Identity(setting.Tools.Scoring);

    /// <summary>The properties of one checkpoint.</summary>
    /// <param name="step">Its step.</param>
    /// <param name="marks">Its marks.</param>
    /// <param name="checkpoint">Its folder.</param>
    /// <param name="metadata">What its file says of itself.</param>
    public Dictionary<string, string> Of(
        long step, IReadOnlyCollection<string> marks, string checkpoint, IReadOnlyDictionary<string, string> metadata)
    {
        var all = _setting.Experiment.Options;
        var properties = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["grokpipe.experiment"] = _setting.Experiment.Name,
            ["grokpipe.step"] = Text(step),
            ["grokpipe.marks"] = string.Join(' ', marks),
            ["grokpipe.seed"] = all.Train.Seed.ToString(CultureInfo.InvariantCulture),
            ["grokpipe.dataset"] = all.Data,
            ["grokpipe.input"] = _setting.Model.InputName,
            [ModelFacts.Key] = _setting.Facts.ToJson(),
            ["grokpipe.version"] = _setting.Tools.Version,
            [TrainKey] = metadata.GetValueOrDefault("train_key") ?? "",
            ["grokpipe.verification.engines"] = _engines,
            [CheckpointHash] = FileHash.Of(Path.Combine(checkpoint, RunLayout.Parameters)),
        };
        var splits = _setting.Data.Entry.Splits().ToHashSet(StringComparer.Ordinal);
        foreach (var split in _card.Value.Distributions.Where(distribution => splits.Contains(distribution.Name)))
        {
            properties[$"grokpipe.data.{split.Name}.sha256"] = split.ContentHash;
        }
        // A step that was not evaluated says the last one before it that was.
        if (_metrics.Value.Select(group => group.Key).Where(measured => measured <= step).Order().Select(measured => (long?)measured)
            .LastOrDefault() is not { } at)
        {
            return properties;
        }
        properties["grokpipe.metrics.step"] = Text(at);
        foreach (var measurement in _metrics.Value[at])
        {
            properties[$"grokpipe.metrics.{measurement.Split}.{measurement.Metric}"] =
                measurement.Value.ToString("R", CultureInfo.InvariantCulture);
        }
        return properties;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
