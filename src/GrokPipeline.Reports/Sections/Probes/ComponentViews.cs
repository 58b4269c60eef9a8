using System.Collections.Immutable;
using System.Globalization;
using GrokPipeline.Reports.Drawing;

namespace GrokPipeline.Reports.Sections.Probes;

/// <summary>Vectors of tokens or classes as points in a plane: before beside after, and step by step.</summary>
internal static class ComponentViews
{
    private const int FewestFrames = 3, MostFrames = 24;

    private static readonly Plane _components = new(
        "pca", "pc1", "pc2", "along two components", "The rows of {0} along their first two principal components");

    private static readonly Plane _neighbours = new("tsne", "x", "y", "by t-SNE", "The columns of {0}, one per class, by t-SNE");

    public static ImmutableArray<ProbeView> All { get; } =
    [
        new(
            "pca", "Principal components",
            "Each point is a token, its colour a sixth of the range of tokens, its place the first two principal components of "
                + "the matrix's rows. A model that has "
            + "learnt addition modulo a number lays the tokens out on circles; the plane shows one of them at best.")
        {
            Figures = (_, findings) => Figures(findings, _components),
        },
        new(
            "tsne", "The last layer by t-SNE",
            "Each point is a class, its colour a sixth of the range of classes. What lies together has similar vectors in the last layer; "
                + "distances between groups mean little (van der Maaten and Hinton 2008; drawn so by Power et al. 2022, with parameters "
                + "of our choice).")
        {
            Figures = (_, findings) => Figures(findings, _neighbours),
        },
    ];

    private static IEnumerable<ReportFigure> Figures(IReadOnlyList<ReportFinding> findings, Plane plane) =>
        findings.Select(f => f.Target).Distinct().SelectMany((target, i) => Figures(findings, target, i, plane));

    private static IEnumerable<ReportFigure> Figures(IReadOnlyList<ReportFinding> findings, string target, int index, Plane plane)
    {
        var steps = findings.Where(f => f.Target == target).GroupBy(f => f.Step).OrderBy(group => group.Key)
            .Select(group => Frame([.. group], plane)).OfType<ScatterFrame>().ToList();
        if (steps.Count == 0) { yield break; }
        var id = $"{plane.Id}-{index.ToString(CultureInfo.InvariantCulture)}";
        if (Marks.Pair(Marks.In(findings.Where(f => f.Target == target).Select(f => f.Mark))) is { } pair)
        {
            string[] marks = [.. new[] { pair.Before, pair.After }.Distinct()];
            var chosen = marks.Select(mark =>
                steps.First(s => s.Step == findings.First(f => f.Target == target && f.Mark == mark).Step) with { Label = Marks.Words(mark) });
            yield return new ScatterPlot
            {
                Id = id,
                Title = $"{target} {plane.Title}",
                Alternative = $"{plane.Sentence.Replace("{0}", target, StringComparison.Ordinal)}, "
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
    private static ScatterFrame? Frame(List<ReportFinding> findings, Plane plane)
    {
        var (first, second) = (Along(findings, plane.X), Along(findings, plane.Y));
        if (first.Count == 0 || second.Count != first.Count || !first.Concat(second).All(double.IsFinite)) { return null; }
        return new("", findings[0].Step, [.. first.Zip(second)]);
    }

    private static List<double> Along(List<ReportFinding> findings, string vector) =>
        [.. findings.Where(f => Vectors.Has(f.Name, vector)).DistinctBy(f => f.Name).OrderBy(f => Vectors.Index(f.Name)).Select(f => f.Value)];

    // Names of the file, of the two vectors of findings, and what a figure is called.
    private readonly record struct Plane(string Id, string X, string Y, string Title, string Sentence);
}
