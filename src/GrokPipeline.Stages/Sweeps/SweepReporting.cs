using System.Collections.Immutable;
using GrokPipeline.Evaluation.Sweeps;
using GrokPipeline.Reports.Sweeps;
using GrokPipeline.Stages.Files;

namespace GrokPipeline.Stages.Sweeps;

/// <summary>From the members of a sweep to its report. The same members give the same bytes.</summary>
internal static class SweepReporting
{
    /// <summary>The page.</summary>
    public const string FileName = "report.html";

    /// <summary>Writes <c>report.html</c> and <c>figures/</c> into a folder, as SVG and CSV.</summary>
    public static void WriteReport(DurableFile files, string folder, SweepContent content)
    {
        var figures = Path.Combine(folder, "figures");
        files.CreateFolder(figures);
        var output = SweepReportWriter.Write(content);
        files.ReplaceText(Path.Combine(folder, FileName), output.Html, durable: false);
        foreach (var figure in output.Figures)
        {
            files.ReplaceText(Path.Combine(figures, $"{figure.Id}.svg"), figure.Svg, durable: false);
            files.ReplaceText(Path.Combine(figures, $"{figure.Id}.csv"), figure.Csv, durable: false);
        }
    }

    /// <summary>What the report of a plan says.</summary>
    /// <param name="sweep">The sweep's name.</param>
    /// <param name="title">Its title; empty for its name.</param>
    /// <param name="plan">The plan's id.</param>
    /// <param name="command">What makes it again: <c>grokpipe sweep run rate</c>.</param>
    /// <param name="version">The version of this program.</param>
    /// <param name="planned">How many members the plan has.</param>
    /// <param name="members">Those that have ended.</param>
    public static SweepContent Content(
        string sweep, string title, string plan, string command, string version, int planned, ImmutableArray<SweepMember> members) => new()
        {
            Name = sweep,
            Title = title.Length == 0 ? sweep : title,
            Planned = planned,
            Members = members,
            Provenance = [new("grokpipe", version), new("sweep", sweep), new("plan", plan), new("reproduce", command)],
        };
}
