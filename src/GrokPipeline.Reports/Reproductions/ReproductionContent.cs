using System.Collections.Immutable;

namespace GrokPipeline.Reports.Reproductions;

/// <summary>Everything the report of a reproduction says. No clock time, machine or absolute path is among it.</summary>
public sealed record ReproductionContent
{
    /// <summary>Its short name.</summary>
    public required string Id { get; init; }

    /// <summary>What it shows.</summary>
    public required string Title { get; init; }

    /// <summary>Paper and figure.</summary>
    public required string Source { get; init; }

    /// <summary>The outcome of all: <c>pass</c>, <c>fail</c> or <c>not judged</c>.</summary>
    public required string Outcome { get; init; }

    /// <summary>What must come out, and what did.</summary>
    public required ImmutableArray<ReproductionLine> Statements { get; init; }

    /// <summary>What the paper leaves out, and what was taken instead.</summary>
    public ImmutableArray<string> OurChoices { get; init; } = [];

    /// <summary>Mean accuracies over steps, a plot for each sweep and split.</summary>
    public ImmutableArray<ReproductionPlot> Plots { get; init; } = [];

    /// <summary>Reports of what was run: a name, and the page's place beside this one.</summary>
    public ImmutableArray<ReportFact> Pages { get; init; } = [];

    /// <summary>Versions, trainings, the command that makes it again.</summary>
    public ImmutableArray<ReportFact> Provenance { get; init; } = [];
}

/// <summary>A statement as it is shown.</summary>
/// <param name="Text">The statement.</param>
/// <param name="Published">The published value.</param>
/// <param name="Accepted">The accepted range, and where it comes from.</param>
/// <param name="Ours">Our value.</param>
/// <param name="Outcome"><c>pass</c>, <c>fail</c> or <c>not judged</c>.</param>
/// <param name="Analysis">What is known about a failure.</param>
public sealed record ReproductionLine(string Text, string Published, string Accepted, string Ours, string Outcome, string Analysis);

/// <summary>Curves of one sweep on one split, each the mean over the repetitions of a setting.</summary>
/// <param name="Id">File name without ending.</param>
/// <param name="Title">What it shows.</param>
/// <param name="Curves">At least one; the split of each is the setting's name.</param>
public sealed record ReproductionPlot(string Id, string Title, ImmutableArray<ReportCurve> Curves);
