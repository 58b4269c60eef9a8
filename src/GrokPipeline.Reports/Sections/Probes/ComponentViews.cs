using System.Collections.Immutable;
using System.Globalization;
using GrokPipeline.Reports.Drawing;

namespace GrokPipeline.Reports.Sections.Probes;

/// <summary>Principal components of embeddings as points in a plane: before beside after, and step by step.</summary>
internal static class ComponentViews
{
    private const int FewestFrames = 3, MostFrames = 24;

    public static ImmutableArray<ProbeView> All { get; } =
    [
        new(
            "pca", "Principal components",
            "Each point is a token, its colour a sixth of the range of tokens, its place the first two principal components of "
                + "the matrix's rows. A model that has "
            + "learnt addition modulo a number lays the tokens out on circles; the plane shows one of them at best.")
        {
            Figures = (_, findings) => findings.Select(f => f.Target).Distinct().SelectMany((target, i) => Figures(findings, target, i)),
        },
    ];

    private static IEnumerable<ReportFigure> Figures(IReadOnlyList<ReportFinding> findings, string target, int index)
    {
        var steps = findings.Where(f => f.Target == target).GroupBy(f => f.Step).OrderBy(group => group.Key)
            .Select(group => Frame([.. group])).OfType<ScatterFrame>().ToList();
        if (steps.Count == 0) { yield break; }
        var id = $"pca-{index.ToString(CultureInfo.InvariantCulture)}";
        if (Marks.Pair(Marks.In(findings.Where(f => f.Target == target).Select(f => f.Mark))) is { } pair)
        {
            string[] marks = [.. new[] { pair.Before, pair.After }.Distinct()];
            var chosen = marks.Select(mark =>
                steps.First(s => s.Step == findings.First(f => f.Target == target && f.Mark == mark).Step) with { Label = Marks.Words(mark) });
            yield return new ScatterPlot
            {
                Id = id,
                Title = $"{target} along two components",
                Alternative = $"The rows of {target} along their first two principal components, "
                    + $"{string.Join(" and ", marks.Select(Marks.Words))}; each on its own scale.",
                Frames = [.. chosen],
            }.Beside();
        }
        if (steps.Count < FewestFrames) { yield break; }
        yield return new ScatterPlot
        {
            Id = $"{id}-steps",
            Title = $"{target}, step by step",
            Alternative = $"The same plane, each time on its own scale, at {Math.Min(steps.Count, MostFrames)} checkpoints from "
                + $"step {Text.Count(steps[0].Step)} to {Text.Count(steps[^1].Step)}, one after the "
                + "other. Hold the pointer over the figure to stop it.",
            Frames = Thinned(steps),
        }.Moving();
    }

    private static List<ScatterFrame> Thinned(List<ScatterFrame> steps) => steps.Count <= MostFrames ? steps
        : [.. Enumerable.Range(0, MostFrames).Select(i => steps[i * (steps.Count - 1) / (MostFrames - 1)])];

    // Null when there is one component only, or a number is not finite.
    private static ScatterFrame? Frame(List<ReportFinding> findings)
    {
        var (first, second) = (Along(findings, "pc1"), Along(findings, "pc2"));
        if (first.Count == 0 || second.Count != first.Count || !first.Concat(second).All(double.IsFinite)) { return null; }
        return new("", findings[0].Step, [.. first.Zip(second)]);
    }

    private static List<double> Along(List<ReportFinding> findings, string vector) =>
        [.. findings.Where(f => Vectors.Has(f.Name, vector)).DistinctBy(f => f.Name).OrderBy(f => Vectors.Index(f.Name)).Select(f => f.Value)];
}
