using System.Globalization;
using GrokPipeline.Evaluation;
using GrokPipeline.Tables;

namespace GrokPipeline.Stages.Running;

/// <summary>The lines at the end of a run.</summary>
internal static class Summaries
{
    /// <summary>What came out of an experiment; null when it was not trained.</summary>
    public static ExperimentSummary? Of(Experiment experiment, Workspace workspace, ITableStore store)
    {
        var root = workspace.Experiment(experiment.Name);
        if (StageRecord.Read(Path.Combine(root, Train.Checkpoints)) is not { } record) { return null; }
        return new ExperimentSummary(experiment.Name, Verdict(record), Results.Accuracies(Results.Scores(root, store)));
    }

    private static string Verdict(StageRecord record)
    {
        var name = (string?)record.Facts["verdict"] ?? "";
        var culture = CultureInfo.InvariantCulture;
        return ((long?)record.Facts["memorization_step"], (long?)record.Facts["generalization_step"]) switch
        {
            ({ } m, { } g) => string.Create(culture, $"{name}: memorized at {m:N0}, generalized at {g:N0}, delay {g - m:N0}"),
            ({ } m, null) => string.Create(
                culture, $"{name}: memorized at {m:N0}, not generalized in {(long?)record.Facts["steps"]:N0} steps"),
            _ => name,
        };
    }
}

/// <summary>Looking at what a pipeline file requires of the numbers.</summary>
internal static class Requirements
{
    /// <summary>The requirements that do not hold, one line each.</summary>
    public static IEnumerable<string> Missed(Experiment experiment, Workspace workspace, ITableStore store)
    {
        if (experiment.Options.Evaluate.Require.Length == 0) { yield break; }
        var scores = Results.Scores(workspace.Experiment(experiment.Name), store);
        if (scores.Count == 0) { yield break; }                    // not evaluated; that it failed was told
        foreach (var require in experiment.Options.Evaluate.Require)
        {
            foreach (var miss in require.That?.Missed(Named(scores, require.Model, experiment.Options.Data)) ?? [])
            {
                yield return $"{experiment.Name}, {require.Model}: {miss}";
            }
            foreach (var (metric, bound) in (IEnumerable<(string, Bound?)>)
                [("accuracy", require.Accuracy), ("loss", require.Loss), ("worst_group_accuracy", require.WorstGroupAccuracy)])
            {
                if (bound is not { } wanted) { continue; }
                var found = scores.FirstOrDefault(score => score.Metric == metric && Is(score, require.Model)
                    && (score.Group == Scorer.AllRows || metric == "worst_group_accuracy")
                    && ExperimentCheck.Is(new(score.Dataset, score.Distribution), require.On, experiment.Options.Data));
                var what = $"{experiment.Name}: {metric} of {require.Model} on {require.On}";
                if (found is null) { yield return $"{what} should be {wanted}, but there is no such number."; }
                else if (!wanted.Holds(found.Value))
                {
                    yield return string.Create(CultureInfo.InvariantCulture, $"{what} is {found.Value:G6}, but should be {wanted}.");
                }
            }
        }
    }

    // The scores of a model by the names of its distributions: bare in its own dataset, and always with the dataset's name.
    private static IReadOnlyList<(string Name, IReadOnlyList<Score> Scores)> Named(
        IReadOnlyList<ScoreRow> scores, string model, string own)
    {
        var groups = scores.Where(score => Is(score, model)).GroupBy(score => new Distribution(score.Dataset, score.Distribution))
            .Select(group => (group.Key, Scores: (IReadOnlyList<Score>)[.. group.Select(score => new Score(
                score.Group, score.Metric, new(score.Value, score.Low, score.High), score.Rows, 0, score.Note))])).ToArray();
        return
        [
            .. groups.Select(group => (group.Key.Dataset == own ? group.Key.Name : $"{group.Key.Dataset}.{group.Key.Name}", group.Scores)),
        ];
    }

    private static bool Is(ScoreRow score, string model) =>
        score.Mark == model || (
            model.StartsWith("step:", StringComparison.Ordinal) && model[5..] == score.Step.ToString(CultureInfo.InvariantCulture));
}
