using System.Collections.Immutable;

namespace GrokPipeline.Reports.Sections.Probes;

/// <summary>How the findings of one kind of probe are shown: a heading, an explanation, figures, and a table of what is left.</summary>
/// <param name="Kind">The probe's kind.</param>
/// <param name="Title">The heading.</param>
/// <param name="Explanation">How to read it, with its source; may be empty.</param>
internal sealed record ProbeView(string Kind, string Title, string Explanation = "")
{
    /// <summary>Draws figures of the content and this kind's findings; none by default. Names of files begin with the kind.</summary>
    public Func<ReportContent, IReadOnlyList<ReportFinding>, IEnumerable<ReportFigure>> Figures { get; init; } = (_, _) => [];

    /// <summary>Whether a finding stands in the table; by default all but the elements of vectors and the numbers of rows.</summary>
    public Func<ReportFinding, bool> InTable { get; init; } = finding => !finding.Name.Contains('[') && finding.Name != "rows";

    /// <summary>The view of a kind; one without figures when it has none.</summary>
    public static ProbeView Of(string kind) => All.FirstOrDefault(view => view.Kind == kind)
        ?? new(kind, char.ToUpperInvariant(kind[0]) + kind[1..].Replace('_', ' '));

    // A family of probes has a file; this is the list of them.
    private static ImmutableArray<ProbeView> All { get; } =
    [
        .. WeightViews.All, .. SpectrumViews.All, .. LinearViews.All, .. CircuitViews.All, .. GeometryViews.All, .. ComponentViews.All,
        .. LandscapeViews.All, .. StructureViews.All,
    ];
}
