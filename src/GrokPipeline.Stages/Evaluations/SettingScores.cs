using GrokPipeline.Evaluation;
using GrokPipeline.Runs.Scoring;
using GrokPipeline.Stages.Running;
using GrokPipeline.Tables;

namespace GrokPipeline.Stages.Evaluations;

/// <summary>What an experiment's options say about scores, for exported files and for checkpoints alike.</summary>
internal static class SettingScores
{
    /// <summary>The column of groups of a table; null when it has none or none is asked for.</summary>
    public static string? GroupOf(this ExperimentSetting setting, Table rows) =>
        setting.Experiment.Options.Evaluate.Groups is { Length: > 0 } groups && rows.Schema.Contains(groups) ? groups : null;

    /// <summary>Each group's share of the rows of train; null when no metric of some needs it.</summary>
    public static IReadOnlyDictionary<long, double>? GroupShares(this ExperimentSetting setting, IEnumerable<string> metrics)
    {
        if (!metrics.Contains("adjusted_accuracy")) { return null; }
        var train = setting.Rows(new(setting.Experiment.Options.Data, "train"));
        return setting.GroupOf(train) is { } group ? FileScoring.SharesOf(train.Groups(group).ToArray()) : null;
    }

    /// <summary>The scores of a model on some distributions, each with its gap from the yardstick.</summary>
    public static IEnumerable<(Distribution Distribution, IReadOnlyList<Score> Scores)> WithGaps(
        this ExperimentSetting setting, IReadOnlyList<(Distribution Distribution, IReadOnlyList<Score> Scores)> scores)
    {
        var within = setting.Yardstick(scores.Select(pair => pair.Distribution)) is { } yardstick
            ? scores.First(pair => pair.Distribution == yardstick) : default;
        foreach (var (distribution, own) in scores)
        {
            IEnumerable<Score> gaps = within.Scores is null || distribution == within.Distribution
                ? [] : Scorer.Gaps(within.Scores, own).Select(
                    gap => gap with { Note = $"{within.Distribution.Name} minus {distribution.Name}" });
            yield return (distribution, [.. own, .. gaps]);
        }
    }

    // What gaps are measured from: the split of generalization, or else the first split that is scored.
    private static Distribution? Yardstick(this ExperimentSetting setting, IEnumerable<Distribution> scored)
    {
        var all = setting.Experiment.Options;
        var own = scored.Where(distribution => distribution.Dataset == all.Data).ToArray();
        var splits = setting.Data.Entry.Splits().ToArray();
        foreach (var name in splits.Where(name => name != "train").Prepend(all.Grokking.Generalization.Split))
        {
            foreach (var distribution in own.Where(distribution => distribution.Name == name)) { return distribution; }
        }
        return null;
    }
}
