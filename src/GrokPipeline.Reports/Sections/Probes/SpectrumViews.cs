using System.Collections.Immutable;
using System.Globalization;
using GrokPipeline.Reports.Drawing;

namespace GrokPipeline.Reports.Sections.Probes;

/// <summary>Spectra of matrices and neurons before and after, as bars; concentration over steps.</summary>
internal static class SpectrumViews
{
    public static ImmutableArray<ProbeView> All { get; } =
    [
        new(
            "fourier", "Fourier concentration",
            "How much of a matrix's power over operand values lies at few frequencies (Nanda et al. 2023). IPR is 1 when each column has one frequency "
            + "(Doshi et al. 2023).")
        {
            Figures = (content, findings) =>
            [
                .. Spectra(
                    findings, "share", "Fourier spectrum of",
                    target => $"Share of the power of {target} at each frequency over operand values",
                    "A model that has learnt a modular operation concentrates on a few frequencies."),
                .. Measures(content, findings, "fourier", "Concentration of the spectrum, by step", "gini", "top5_share", "ipr"),
            ],
        },
        new(
            "neuron_frequencies", "Frequencies of neurons",
            "How many neurons follow one frequency: it explains most of their variance over all pairs of operands (Nanda et al. 2023, section 4.2).")
        {
            Figures = (content, findings) =>
            [
                .. Spectra(
                    findings, "neurons", "Neurons that follow a frequency:",
                    target => $"Number of neurons of {target} that each frequency explains",
                    "A model that has learnt modular addition has groups of neurons, one for each key frequency."),
                .. Measures(content, findings, "neuron-frequencies", "Neurons explained by one frequency, by step", "explained", "mean_share"),
            ],
        },
    ];

    private static IEnumerable<ReportFigure> Measures(
        ReportContent content, IReadOnlyList<ReportFinding> findings, string id, string title, params ReadOnlySpan<string> names)
    {
        var wanted = names.ToArray();
        var targets = findings.Select(f => f.Target).Distinct().ToArray();
        return StepLines.Of(
            content, $"{id}-steps", title, $"{title}. It rises when the model comes to use few frequencies.",
            from target in targets
            from name in wanted
            select (targets.Length == 1 ? name.Replace('_', ' ') : $"{target} {name.Replace('_', ' ')}", findings.Where(f => f.Target == target && f.Name == name)),
            StepLines.Shares);
    }

    private static IEnumerable<ReportFigure> Spectra(
        IReadOnlyList<ReportFinding> findings, string vector, string title, Func<string, string> describe, string meaning)
    {
        var shares = findings.Where(f => Vectors.Has(f.Name, vector)).ToList();
        if (Marks.Pair(Marks.In(shares.Select(f => f.Mark))) is not { } pair) { return []; }
        return shares.Select(f => f.Target).Distinct().Select((target, i) => new BarPlot
        {
            Id = $"{shares[0].Probe.Replace('_', '-')}-{i.ToString(CultureInfo.InvariantCulture)}",
            Title = $"{title} {target}",
            Alternative = $"{describe(target)}, {Marks.Words(pair.Before)} and {Marks.Words(pair.After)}. {meaning}",
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
