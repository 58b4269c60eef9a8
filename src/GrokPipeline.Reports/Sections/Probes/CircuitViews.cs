using System.Collections.Immutable;
using System.Globalization;
using GrokPipeline.Reports.Drawing;

namespace GrokPipeline.Reports.Sections.Probes;

/// <summary>Progress measures, circles of operands, attention, the logit lens, and what the model loses without its parts.</summary>
internal static class CircuitViews
{
    private static readonly (string Name, string Split, string Finding)[] _losses =
    [
        ("train", "train", "full_loss"), ("validation", "validation", "full_loss"), ("restricted, all pairs", "all", "restricted_loss"),
        ("excluded, train", "train", "excluded_loss"),
    ];

    public static ImmutableArray<ProbeView> All { get; } =
    [
        new(
            "progress", "Progress measures",
            "Restricted logits keep only the waves of the result at the key frequencies; excluded ones lack them (Nanda et al. 2023, section 5.1). While "
            + "the circuit forms, the restricted loss falls and the excluded loss on train rises, before the validation loss falls. The key frequencies "
            + "are those of the last checkpoint.")
        {
            Figures = Progress,
        },
        new(
            "circle", "Circles of operands",
            "The rows of the embedding or first layer in the plane of one frequency. Operand values that follow each other by that frequency lie on a circle.")
        {
            Figures = (_, findings) => Circles(findings),
        },
        new(
            "attention", "Attention from the last position",
            "Mean attention of each head to each position, its entropy in nats, and its share on the operands.")
        {
            Figures = Attention,
        },
        new(
            "logit_lens", "Logit lens",
            "What the model would answer if it stopped after a part of a block (nostalgebraist 2020). The mean rank of the right class is 1 when it leads.")
        {
            Figures = (content, findings) => Lines(content, findings, "logit-lens", "Accuracy read off the residual stream, by step", "accuracy", StepLines.Shares),
        },
        new(
            "ablation", "Ablation",
            "What the model loses when a part is replaced by zeros, or by its mean over the rows. A large change of the loss means that the part is needed.")
        {
            Figures = (_, findings) => Changes(findings),
            InTable = finding => !finding.Name.Contains('[') && finding.Name is "loss" or "accuracy",
        },
        new(
            "frequency_ablation", "Ablation of frequencies",
            "What the model loses without frequencies of its embedding or first layer: without all key ones, and with them alone.")
        {
            Figures = (_, findings) => WithoutFrequencies(findings),
        },
    ];

    private static IEnumerable<ReportFigure> Progress(ReportContent content, IReadOnlyList<ReportFinding> findings) => StepLines.Of(
        content, "progress-losses", "Restricted and excluded loss, by step",
        "Loss on train and validation, of restricted logits on all pairs, and of excluded logits on train.",
        _losses.Select(line => (line.Name, findings.Where(f => f.Target == line.Split && f.Name == line.Finding))), StepLines.Logarithmic);

    private static IEnumerable<ReportFigure> Circles(IReadOnlyList<ReportFinding> findings)
    {
        if (Marks.Pair(Marks.In(findings.Select(f => f.Mark))) is not { } pair) { return []; }
        return findings.Select(f => f.Target).Distinct().Select((target, i) => new PointPlot
        {
            Id = $"circle-{i.ToString(CultureInfo.InvariantCulture)}",
            Title = $"Operand values in the plane of {target.Replace(" at ", ", frequency ", StringComparison.Ordinal)}",
            Alternative = $"The rows of {target} projected on its cosine and sine, {Marks.Words(pair.Before)} and {Marks.Words(pair.After)}; a model that "
                + "uses this frequency has them on a circle. Numbers are operand values.",
            Panels = [.. new[] { pair.Before, pair.After }.Distinct().Select(mark => new PointPanel(Marks.Words(mark), Points(findings, target, mark)))],
        }.Draw());
    }

    private static IReadOnlyList<(double X, double Y, string Label)> Points(IReadOnlyList<ReportFinding> findings, string target, string mark)
    {
        var own = findings.Where(f => f.Target == target && f.Mark == mark).ToList();
        var y = own.Where(f => Vectors.Has(f.Name, "y")).GroupBy(f => Vectors.Index(f.Name)).ToDictionary(g => g.Key, g => g.First().Value);
        // In the order in which that frequency goes round, so that colours follow the circle.
        var frequency = int.Parse(target.AsSpan(target.LastIndexOf(' ') + 1), NumberStyles.None, CultureInfo.InvariantCulture);
        return [.. own.Where(f => Vectors.Has(f.Name, "x")).OrderBy(f => (long)frequency * Vectors.Index(f.Name) % Math.Max(1, y.Count)).Select(f =>
            (f.Value, y.GetValueOrDefault(Vectors.Index(f.Name), double.NaN), Vectors.Index(f.Name).ToString(CultureInfo.InvariantCulture)))];
    }

    private static IEnumerable<ReportFigure> Attention(ReportContent content, IReadOnlyList<ReportFinding> findings)
    {
        var to = findings.Where(f => Vectors.Has(f.Name, "to")).ToList();
        foreach (var figure in Lines(content, findings, "attention", "Entropy of each head's attention in nats, by step", "entropy", null))
        {
            yield return figure;
        }
        if (Marks.Pair(Marks.In(to.Select(f => f.Mark))) is not { } pair) { yield break; }
        var heads = to.Select(f => f.Target).Distinct().ToList();
        var positions = to.Max(f => Vectors.Index(f.Name)) + 1;
        string[] tokens = positions == 4 ? ["a", "∘", "b", "="] : [.. Enumerable.Range(0, positions).Select(j => j.ToString(CultureInfo.InvariantCulture))];
        yield return new HeatPlot
        {
            Id = "attention-map",
            Title = "Mean attention from the last position",
            Alternative = $"Mean attention of each head to each position, {Marks.Words(pair.Before)} and {Marks.Words(pair.After)}; a row adds up to 1.",
            Horizontal = "position",
            Rows = [.. heads.Select(head => head.Replace(".attn.pattern", "", StringComparison.Ordinal))],
            Columns = tokens,
            Panels = [.. new[] { pair.Before, pair.After }.Distinct().Select(mark => new HeatPanel(
                Marks.Words(mark), [.. heads.Select(head => (IReadOnlyList<double>)[.. Enumerable.Range(0, positions).Select(j => Value(to, head, mark, j))])]))],
        }.Draw();
    }

    private static double Value(List<ReportFinding> to, string head, string mark, int position) =>
        to.FirstOrDefault(f => f.Target == head && f.Mark == mark && Vectors.Index(f.Name) == position)?.Value ?? double.NaN;

    private static IEnumerable<ReportFigure> Changes(IReadOnlyList<ReportFinding> findings)
    {
        var changes = findings.Where(f => f.Name == "loss_change").ToList();
        if (Marks.Pair(Marks.In(changes.Select(f => f.Mark))) is not { } pair) { return []; }
        var parts = changes.Select(f => f.Target).Where(target => target.EndsWith(", mean", StringComparison.Ordinal)).Distinct().ToArray();
        var value = parts.Length > 0 ? ", mean" : ", zero";
        if (parts.Length == 0) { parts = [.. changes.Select(f => f.Target).Distinct()]; }
        return
        [
            new BarPlot
            {
                Id = "ablation-loss",
                Title = $"Rise of the loss without a part ({value[2..]} in its place)",
                Alternative = $"By how much the loss rises when a part of the model is replaced by its {value[2..]}, {Marks.Words(pair.Before)} and {Marks.Words(pair.After)}. "
                    + "Parts: " + string.Join("; ", parts.Select((part, i) => $"{i + 1} {part[..^value.Length]}")) + ".",
                Horizontal = Legend(parts, value),
                Categories = [.. parts.Select((_, i) => (i + 1).ToString(CultureInfo.InvariantCulture))],
                Groups = [.. new[] { pair.Before, pair.After }.Distinct().Select(mark => (Marks.Words(mark), (IReadOnlyList<double>)[.. parts.Select(part =>
                    Math.Max(0, changes.FirstOrDefault(f => f.Target == part && f.Mark == mark)?.Value ?? double.NaN))]))],
            }.Draw(),
        ];
    }

    // Names of few parts fit under the bars; of many the first and the last, and the table below has all in the same order.
    private static string Legend(string[] parts, string value)
    {
        string Name(int i) => $"{(i + 1).ToString(CultureInfo.InvariantCulture)} {parts[i][..^value.Length]}";
        return parts.Length <= 4
            ? string.Join(", ", Enumerable.Range(0, parts.Length).Select(Name))
            : $"part, in the order of the table: {Name(0)} … {Name(parts.Length - 1)}";
    }

    private static IEnumerable<ReportFigure> WithoutFrequencies(IReadOnlyList<ReportFinding> findings)
    {
        var marks = Marks.In(findings.Select(f => f.Mark));
        if (Marks.Pair(marks) is not { } pair) { return []; }
        var own = findings.Where(f => f.Mark == pair.After).ToList();
        var single = own.Where(f => Vectors.Has(f.Name, "accuracy")).OrderBy(f => Vectors.Index(f.Name)).ToList();
        (string Category, double Value)[] bars =
        [
            ("whole", Of("accuracy")), ("keys only", Of("keys_only_accuracy")), ("no keys", Of("without_keys_accuracy")),
            .. single.Select(f => ($"no {Vectors.Index(f.Name).ToString(CultureInfo.InvariantCulture)}", f.Value)),
        ];
        return
        [
            new BarPlot
            {
                Id = "frequency-ablation",
                Title = $"Accuracy without frequencies, {Marks.Words(pair.After)}",
                Alternative = "Accuracy of the whole model, with its key frequencies alone, without all of them, and without each of them.",
                Horizontal = "frequencies of the embedding or first layer",
                Categories = [.. bars.Select(bar => bar.Category)],
                Groups = [("accuracy", (IReadOnlyList<double>)[.. bars.Select(bar => bar.Value)])],
            }.Draw(),
        ];

        double Of(string name) => own.FirstOrDefault(f => f.Name == name)?.Value ?? double.NaN;
    }

    private static IEnumerable<ReportFigure> Lines(
        ReportContent content, IReadOnlyList<ReportFinding> findings, string id, string title, string name, Func<IReadOnlyList<double>, Scale>? scale) =>
        StepLines.Of(
            content, $"{id}-steps", title, $"{title}.",
            findings.Where(f => f.Name == name).GroupBy(f => f.Target)
                .Select(group => (group.Key.Replace(".attn.pattern", "", StringComparison.Ordinal), (IEnumerable<ReportFinding>)group)),
            scale);
}
