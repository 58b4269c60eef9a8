using System.Collections.Immutable;
using System.Globalization;
using GrokPipeline.Reports.Drawing;

namespace GrokPipeline.Reports.Sections.Probes;

/// <summary>Spectra before and after, as bars.</summary>
internal static class SpectrumViews
{
    public static ImmutableArray<ProbeView> All { get; } =
    [
        new("fourier", "Fourier concentration", "How much of a matrix's power over operand values lies at few frequencies (Nanda et al. 2023).")
        {
            Figures = (_, findings) => Spectra(findings),
        },
    ];

    private static IEnumerable<ReportFigure> Spectra(IReadOnlyList<ReportFinding> findings)
    {
        var shares = findings.Where(f => f.Name.StartsWith("share[", StringComparison.Ordinal)).ToList();
        if (Marks.Pair(Marks.In(shares.Select(f => f.Mark))) is not { } pair) { return []; }
        return shares.Select(f => f.Target).Distinct().Select((target, i) => new BarPlot
        {
            Id = $"fourier-{i.ToString(CultureInfo.InvariantCulture)}",
            Title = $"Fourier spectrum of {target}",
            Alternative = $"Share of the power of {target} at each frequency over operand values, {Marks.Words(pair.Before)} and {Marks.Words(pair.After)}. "
                + "A model that has learnt a modular operation concentrates on a few frequencies.",
            Horizontal = "frequency (cycles per modulus)",
            Categories = [.. Frequencies(shares, target).Select(f => f.ToString(CultureInfo.InvariantCulture))],
            Groups = [.. new[] { pair.Before, pair.After }.Distinct().Select(mark => (Marks.Words(mark), Values(shares, target, mark)))],
        }.Draw());
    }

    private static int[] Frequencies(List<ReportFinding> shares, string target) =>
        [.. shares.Where(f => f.Target == target).Select(f => Vectors.Index(f.Name)).Distinct().Order()];

    private static IReadOnlyList<double> Values(List<ReportFinding> shares, string target, string mark)
    {
        var found = shares.Where(f => f.Target == target && f.Mark == mark)
            .GroupBy(f => Vectors.Index(f.Name)).ToDictionary(g => g.Key, g => g.First().Value);
        return [.. Frequencies(shares, target).Select(k => found.GetValueOrDefault(k, double.NaN))];
    }
}
