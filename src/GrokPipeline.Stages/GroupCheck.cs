using GrokPipeline.Data;
using GrokPipeline.Stages.Configuration;
using GrokPipeline.Stages.Options;
using GrokPipeline.Training.Measures;

namespace GrokPipeline.Stages;

/// <summary>
/// A metric over the groups of train needs rows of each: without them it would be that of the other groups, and would not say so.
/// </summary>
internal sealed class GroupCheck(ProblemList problems, KnownData known)
{
    private const string Adjusted = "adjusted_accuracy";

    public void Check(ExperimentOptions options, DatasetSpec data, YamlMap map, string at)
    {
        if (known.FactsOf(data).Group is not { } group) { return; }
        var (train, evaluate) = (options.Train.Metrics, options.Evaluate);
        if (train.Contains(FurtherMetrics.WorstGroupMargin)) { Check(FurtherMetrics.WorstGroupMargin, "train", FurtherMetrics.MarginMin); }
        if (evaluate.Groups == group && evaluate.Metrics.Concat(evaluate.Trajectory.Metrics).Contains(Adjusted))
        {
            Check(Adjusted, "evaluate", "mean_group_accuracy");
        }

        void Check(string metric, string part, string other)
        {
            var empty = known.EmptyGroupsOf(data);
            if (empty.IsEmpty) { return; }
            problems.Add(
                ExperimentCheck.Place(map, part, "metrics"), $"{at}.{part}.metrics",
                $"{metric} needs rows of every {group} in train; there is none of {string.Join(", ", empty)}. "
                + $"Give it a subclass_rate above 0, which leaves at least one row, or use {other}.");
        }
    }
}
