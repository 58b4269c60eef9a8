using System.Collections.Immutable;
using System.Globalization;
using GrokPipeline.Reports.Drawing;

namespace GrokPipeline.Reports.Sections;

/// <summary>Spectra before and after, as bars.</summary>
internal static class ProbeFigures
{
    public static ImmutableArray<ReportFigure> Of(ReportContent content)
    {
        var shares = content.Findings.Where(f => f.Probe == "fourier" && f.Name.StartsWith("share[", StringComparison.Ordinal)).ToList();
        if (Marks.Pair(Marks.In(shares.Select(f => f.Mark))) is not { } pair) { return []; }
        return
        [
            .. shares.Select(f => f.Target).Distinct().Select((target, i) => new BarPlot
            {
                Id = $"fourier-{i.ToString(CultureInfo.InvariantCulture)}",
                Title = $"Fourier spectrum of {target}",
                Alternative = $"Share of the power of {target} at each frequency over operand values, {Marks.Words(pair.Before)} and {Marks.Words(pair.After)}. "
                    + "A model that has learnt a modular operation concentrates on a few frequencies.",
                Horizontal = "frequency (cycles per modulus)",
                Categories = [.. Frequencies(shares, target).Select(f => f.ToString(CultureInfo.InvariantCulture))],
                Groups = [.. new[] { pair.Before, pair.After }.Distinct().Select(mark => (Marks.Words(mark), Values(shares, target, mark)))],
            }.Draw()),
        ];
    }

    private static int[] Frequencies(List<ReportFinding> shares, string target) =>
        [.. shares.Where(f => f.Target == target).Select(Frequency).Distinct().Order()];

    private static IReadOnlyList<double> Values(List<ReportFinding> shares, string target, string mark)
    {
        var found = shares.Where(f => f.Target == target && f.Mark == mark).GroupBy(Frequency).ToDictionary(g => g.Key, g => g.First().Value);
        return [.. Frequencies(shares, target).Select(k => found.GetValueOrDefault(k, double.NaN))];
    }

    private static int Frequency(ReportFinding finding) =>
        int.Parse(finding.Name.AsSpan("share[".Length).TrimEnd(']'), NumberStyles.None, CultureInfo.InvariantCulture);
}
