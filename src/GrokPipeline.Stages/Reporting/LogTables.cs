using GrokPipeline.Evaluation;
using GrokPipeline.Evaluation.Stopping;
using GrokPipeline.Tables;

namespace GrokPipeline.Stages.Reporting;

/// <summary>What is read off a finished training's log besides the verdict, as tables beside the report.</summary>
internal static class LogTables
{
    private static readonly TableSchema _times =
    [
        new("experiment", ColumnKind.Text) { Description = "Name of the experiment." },
        new("definition", ColumnKind.Text) { Description = "Name of the definition." },
        new("source", ColumnKind.Text) { Description = "Whose definition it is." },
        Number("train_step", "Step at which train reached the threshold; NaN: not within the run."),
        Number("test_step", "Step at which the split of generalization did; NaN: not within the run."),
        Number("delay", "test_step minus train_step; NaN unless there are both."),
        Number("ratio", "test_step by train_step, which counts as 1 when it is 0; NaN unless there are both."),
        new("not_reached", ColumnKind.Text) { Description = "DNF-train or DNF-test: the threshold that was not reached; else empty." },
        new("grokked", ColumnKind.Text) { Description = "yes or no, by a definition that says so; else empty." },
    ];

    private static readonly TableSchema _stops =
    [
        new("experiment", ColumnKind.Text) { Description = "Name of the experiment." },
        new("rule", ColumnKind.Text) { Description = "Name of the rule; all four are our choice." },
        new("definition", ColumnKind.Text) { Description = "When it stops." },
        new("split", ColumnKind.Text) { Description = "Split that the cost is of; empty when it would not have stopped." },
        Number("stop_step", "Evaluation at which it would have stopped; NaN: not within the run, or not judged."),
        new("last_step", ColumnKind.Int64) { Description = "Last evaluation of the run." },
        Number("steps_saved", "last_step minus stop_step; NaN when it would not have stopped."),
        new("before_generalization", ColumnKind.Text)
        {
            Description = "yes or no; empty when it would not have stopped, or nothing was generalized.",
        },
        Number("accuracy", "Accuracy of the split at the stop."),
        Number("best_later", "Best accuracy of the split from the stop on."),
        Number("accuracy_lost", "best_later minus accuracy."),
        Number("factor_needed", "patience: longest wait before generalization, in units of the memorization step; else NaN."),
        new("missing", ColumnKind.Text) { Description = "What the log lacks for the rule; empty when it was judged." },
    ];

    /// <summary>Times by each definition; by the representation too, where it was probed.</summary>
    public static IReadOnlyList<GrokkingTime> Times(MetricLog log, GrokkingOptions options, Table probes)
    {
        var curve = log.Curve(options);
        var times = GrokkingTimes.Of(curve, options.Band);
        var quality = Quality(probes);
        return quality.Count == 0 ? times : [.. times, GrokkingTimes.OfRepresentation(curve, quality)];
    }

    /// <summary>Times as a table, a row per definition.</summary>
    public static Table OfTimes(string experiment, IEnumerable<GrokkingTime> times)
    {
        var builder = new TableBuilder(_times);
        foreach (var time in times)
        {
            builder.Add(
                experiment, time.Definition, time.Source, Step(time.TrainStep), Step(time.TestStep), Step(time.Delay),
                time.Ratio ?? double.NaN, time.UnfinishedName, Answer(time.Grokked));
        }
        return builder.ToTable();
    }

    /// <summary>What stopping rules would have done, a row per rule and split.</summary>
    public static Table OfStops(string experiment, IEnumerable<StoppingJudgement> stops)
    {
        var builder = new TableBuilder(_stops);
        foreach (var stop in stops)
        {
            foreach (var cost in stop.Costs.Cast<StoppingCost?>().DefaultIfEmpty())
            {
                builder.Add(
                    experiment, stop.Rule, stop.Definition, cost?.Split ?? "", Step(stop.Step), stop.LastStep, Step(stop.Saved),
                    Answer(stop.BeforeGeneralization), cost?.AtStop ?? double.NaN, cost?.BestLater ?? double.NaN,
                    cost?.Lost ?? double.NaN, stop.FactorNeeded ?? double.NaN, stop.Missing);
            }
        }
        return builder.ToTable();
    }

    // The first matrix whose rows were probed; a checkpoint with two marks has its findings twice, which changes no first step.
    private static List<(long Step, double Value)> Quality(Table probes)
    {
        var (steps, values) = (probes.Int64("step").ToArray(), probes.Float64("value").ToArray());
        var (names, targets) = (probes.Text("name"), probes.Text("target"));
        var places = Enumerable.Range(0, probes.Rows).Where(i => names[i] == "rqi").ToArray();
        return [.. places.Where(i => targets[i] == targets[places[0]]).Select(i => (steps[i], values[i])).OrderBy(point => point.Item1)];
    }

    private static Column Number(string name, string description) => new(name, ColumnKind.Float64) { Description = description };

    private static double Step(long? step) => step ?? double.NaN;

    private static string Answer(bool? answer) => answer switch { true => "yes", false => "no", _ => "" };
}
