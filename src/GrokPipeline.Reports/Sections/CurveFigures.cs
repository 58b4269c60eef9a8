using System.Collections.Immutable;
using GrokPipeline.Reports.Drawing;

namespace GrokPipeline.Reports.Sections;

/// <summary>Learning curves: accuracy, loss, and the norms.</summary>
internal static class CurveFigures
{
    // Those that a training measures only when they are asked for.
    private static readonly (string Metric, string Title)[] _further =
    [
        ("parameter_norm", "Norm of each parameter"), ("last_layer_norm", "Norm of the last layer"),
        ("distance_to_init", "Distance to the first values"), ("cosine_to_init", "Cosine to the first values"),
        ("spectral_entropy", "Mean spectral entropy of the matrices (nats)"), ("effective_rank", "Effective rank of the matrices"),
        ("dead_fraction", "Share of train rows with a float32 loss of 0"),
        ("zero_gradient_fraction", "Share of train rows with a float32 gradient of 0"),
        ("margin_min", "Least margin on train"), ("margin_q05", "Margin on train, quantile of 5 %"),
        ("normalized_margin", "Least margin on train over a power of the norm"),
        ("normalized_margin_q05", "Margin on train over a power of the norm, quantile of 5 %"),
        ("worst_group_margin", "Mean margin of the worst group of train"),
        ("scaling_cosine", "Cosine of the direction of descent and the parameters"), ("feature_change", "Change of the features in one step"),
    ];

    public static ImmutableArray<ReportFigure> Of(ReportContent content)
    {
        var figures = ImmutableArray.CreateBuilder<ReportFigure>();
        Add(figures, content, "accuracy", "Accuracy of each split", values => new LinearScale(0, 1, fixedEnds: true));
        Add(figures, content, "loss", $"Loss of each split ({content.LossUnit})", Logarithmic);
        Add(figures, content, "weight_norm", "Norm of all parameters", values => new LinearScale(0, values.Max()));
        Add(figures, content, "gradient_norm", "Norm of the gradient", Logarithmic);
        foreach (var (metric, title) in _further) { Add(figures, content, metric, title, Around); }
        return figures.ToImmutable();
    }

    private static Scale Logarithmic(IReadOnlyList<double> values)
    {
        var positive = values.Where(value => value > 0).DefaultIfEmpty(1).ToList();
        return new LogScale(Math.Max(positive.Min(), positive.Max() * 1e-12), positive.Max());
    }

    private static LinearScale Around(IReadOnlyList<double> values) => new(Math.Min(0, values.Min()), Math.Max(0, values.Max()));

    private static void Add(
        ImmutableArray<ReportFigure>.Builder figures, ReportContent content, string metric, string title,
        Func<IReadOnlyList<double>, Scale> scale)
    {
        var curves = content.Curves.Where(curve => curve.Metric == metric && curve.Steps.Length > 0).ToList();
        var values = curves.SelectMany(curve => curve.Values).Where(double.IsFinite).ToList();
        if (values.Count == 0) { return; }
        var marks = new List<StepMark>();
        if (content.Verdict.MemorizationStep is { } m) { marks.Add(new(m, "memorized")); }
        if (content.Verdict.GeneralizationStep is { } g) { marks.Add(new(g, "generalized")); }
        figures.Add(new LinePlot
        {
            Id = metric.Replace('_', '-'),
            Title = title,
            Alternative = Describe(metric, curves, content.Checkpoints.Length > 0),
            Curves = [.. curves.Select(curve => new Series(curve.Split.Length == 0 ? metric.Replace('_', ' ') : curve.Split, curve.Steps, curve.Values))],
            Vertical = scale(values),
            Marks = marks,
            Checkpoints = [.. content.Checkpoints.Select(c => new StepMark(c.Step, string.Join(", ", c.Marks.Select(Marks.Words))))],
        }.Draw());
    }

    private static string Describe(string metric, List<ReportCurve> curves, bool checkpoints) =>
        string.Join(" ", curves.Select(curve =>
            $"{(curve.Split.Length == 0 ? "The whole model" : char.ToUpperInvariant(curve.Split[0]) + curve.Split[1..])}: {metric.Replace('_', ' ')} from {Text.Number(curve.Values[0])} "
            + $"at step {Text.Count(curve.Steps[0])} to {Text.Number(curve.Values[^1])} at step {Text.Count(curve.Steps[^1])}."))
        + (checkpoints ? " Triangles are stored checkpoints, the larger ones marked." : "");
}
