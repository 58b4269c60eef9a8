using System.Globalization;
using GrokPipeline.Evaluation.Stopping;
using GrokPipeline.Reports.Drawing;

namespace GrokPipeline.Reports.Sections;

/// <summary>The time of grokking by other definitions, and what stopping early would have cost: parts of the analysis.</summary>
internal static class LogSection
{
    public static void Write(Html html, ReportContent content)
    {
        if (!content.Times.IsEmpty) { Times(html, content); }
        if (!content.Stops.IsEmpty) { Stops(html, content); }
    }

    private static void Times(Html html, ReportContent content) => html
        .Element("h3", "Grokking time by other definitions")
        .Element("p", "All from the same log. Compare with a paper only under its own definition. DNF-train: train never reached the "
            + "threshold within the run; DNF-test: train did, the other split did not.", "soft")
        .Table("", ["definition", "#train", "#test", "#delay", "#ratio", "not reached", "source"],
            content.Times.Select(time => (IReadOnlyList<Cell>)
            [
                new Cell(time.Definition, time.Grokked switch { true => "grokked", false => "not grokked", _ => "" }),
                Step(time.TrainStep), Step(time.TestStep), Step(time.Delay),
                time.Ratio is { } ratio ? Text.Number(ratio) : "–", time.UnfinishedName, time.Source,
            ]));

    private static void Stops(Html html, ReportContent content) => html
        .Element("h3", "What stopping early would have cost")
        .Element("p", "Four rules, judged after the run; rules and thresholds are our choice. Lost: the best accuracy from the stop on, minus "
            + "that at the stop.", "soft")
        .Table("", ["rule", "#stops at", "#steps saved", "before generalization", "accuracy lost"],
            content.Stops.Select(stop => (IReadOnlyList<Cell>)
            [
                new Cell(stop.Rule.Replace('_', ' '), stop.Definition), At(stop), Step(stop.Saved), Early(stop),
                string.Join(", ", stop.Costs.Select(cost => $"{cost.Split} {cost.Lost.ToString("0.000", CultureInfo.InvariantCulture)}")),
            ]));

    private static Cell At(StoppingJudgement stop)
    {
        var text = stop.Missing.Length > 0 ? "not judged" : stop.Step is { } step ? Text.Count(step) : "never";
        return new Cell(text, stop.Missing.Length > 0 ? stop.Missing
            : stop.FactorNeeded is { } factor ? $"factor needed: {factor.ToString("0.#", CultureInfo.InvariantCulture)}" : "");
    }

    private static string Early(StoppingJudgement stop) => stop.BeforeGeneralization switch
    {
        true => "yes",
        false => "no",
        _ => stop.Step is null ? "" : "nothing was generalized",
    };

    private static string Step(long? step) => step is { } number ? Text.Count(number).Replace('-', '−') : "–";
}
