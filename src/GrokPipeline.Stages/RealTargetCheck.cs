using System.Collections.Immutable;
using GrokPipeline.Data;
using GrokPipeline.Evaluation;
using GrokPipeline.Probes;
using GrokPipeline.Stages.Configuration;
using GrokPipeline.Stages.Options;
using GrokPipeline.Training.Losses;
using GrokPipeline.Training.Models;

namespace GrokPipeline.Stages;

/// <summary>What an experiment on real targets may not ask for: whatever compares scores of classes.</summary>
internal sealed class RealTargetCheck(ProblemList problems)
{
    /// <summary>Notes what does not go with real targets.</summary>
    /// <param name="options">The experiment.</param>
    /// <param name="model">Its model.</param>
    /// <param name="map">Where it stands.</param>
    /// <param name="at">Its path.</param>
    public void Check(ExperimentOptions options, Model model, YamlMap map, string at)
    {
        if (model.Target != TargetKind.Real)
        {
            Add(map, at, "model", $"{options.Model?.Kind} tells classes apart; the dataset has real targets. Use linear or mlp.");
        }
        if (!Loss.All.Find(options.Train.Loss.Kind).Make(options.Train.Loss.Options).TakesReal)
        {
            Add(map, at, "train.loss", $"{options.Train.Loss.Kind} compares scores of classes; the dataset has real targets. "
                + "Use squared_error.");
        }
        CheckMetrics(options.Evaluate.Metrics, map, at, "evaluate.metrics");
        CheckMetrics(options.Evaluate.Trajectory.Metrics, map, at, "evaluate.trajectory.metrics");
        if (options.Evaluate.Groups.Length > 0) { Add(map, at, "evaluate.groups", "rows of real targets have no groups. Leave it out."); }
        if (options.Evaluate.Predictions != PredictionsKept.None)
        {
            Add(map, at, "evaluate.predictions", "predictions are written for classes only. Leave it out, or give none.");
        }
        foreach (var probe in options.Probe.Probes.Where(probe => ProbeCatalogue.All.Find(probe.Kind).Make(probe.Options).NeedsClasses))
        {
            Add(map, at, "probe.probes", $"{probe.Kind} looks at classes; the dataset has real targets. Leave it out.");
        }
    }

    // Metrics that nobody named are those of classes; what real targets have no use for is left out of them.
    private void CheckMetrics(ImmutableArray<string> metrics, YamlMap map, string at, string path)
    {
        if (Find(map, path) is null) { return; }
        foreach (var name in metrics.Where(name => Metric.All.ContainsKey(name) && !Metric.OfReal.ContainsKey(name)))
        {
            Add(map, at, path, $"{name} is a metric of classes; the dataset has real targets. Use some of: "
                + $"{string.Join(", ", Metric.OfReal.Keys.Order(StringComparer.Ordinal))}.");
        }
    }

    private void Add(YamlMap map, string at, string path, string problem) =>
        problems.Add((Find(map, path) ?? map).Place, $"{at}.{path}", problem);

    private static YamlNode? Find(YamlMap map, string path) =>
        path.Split('.').Aggregate((YamlNode?)map, (node, name) => (node as YamlMap)?[name]);
}
