namespace GrokPipeline.Probes;

/// <summary>
/// What a linear classifier can read from an activation (Alain and Bengio 2016), beside two controls: with shuffled labels it shows what the probe
/// itself memorizes (Hewitt and Liang 2019), on the untrained model what random features give. Findings: <c>accuracy</c> on rows it was not fitted
/// to, in [0, 1], per repetition; <c>fit_accuracy</c> on those it was; <c>rows</c> scored.
/// </summary>
public sealed class LinearProbe(LinearProbeOptions options) : Probe
{
    private const int MostClasses = 4096;

    /// <inheritdoc/>
    public override string Kind => "linear";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Activations => [options.At];

    /// <inheritdoc/>
    public override IEnumerable<ProbeFinding> Run(ProbeContext context)
    {
        var classes = Classes(context, out var labels);
        var trained = context.Checkpoint.Activation(options.At);
        var untrained = options.Controls.Contains("random_init") ? context.Initial.Activation(options.At) : trained;
        var tasks = (from control in options.Controls.Prepend("") from repeat in Enumerable.Range(0, options.Repeats) select (control, repeat)).ToArray();
        var found = new ProbeFinding[tasks.Length][];
        // Each repetition has its own seed and memory: the order in which they end changes nothing.
        Parallel.For(0, tasks.Length, i =>
        {
            var (control, repeat) = tasks[i];
            found[i] = Repetition(context.Seed, control == "random_init" ? untrained : trained, labels, classes, control, repeat);
        });
        return found.SelectMany(findings => findings);
    }

    private ProbeFinding[] Repetition(Seed seed, Activation activation, int[] labels, int classes, string control, int repeat)
    {
        var order = Enumerable.Range(0, labels.Length).ToArray();
        seed.Derive($"linear/{options.At}/{options.Target}/{repeat}").Stream().Shuffle(order.AsSpan());
        order = order[..Math.Min(order.Length, options.MaxRows)];
        var fitted = Math.Clamp((int)(order.Length * options.TrainFraction), 1, order.Length - 1);
        var chosen = order.Select(row => labels[row]).ToArray();
        if (control == "shuffled_labels") { seed.Derive($"linear/shuffled/{repeat}").Stream().Shuffle(chosen.AsSpan()); }
        var features = Standardized.Of(activation, order, fitted);
        var weights = SoftmaxRegression.Fit(features, chosen.AsSpan(0, fitted), classes, options.L2, options.MaxIterations);
        var target = $"{options.At} -> {options.Target}";
        return
        [
            new(Kind, target, "accuracy", Accuracy(features, chosen, weights, fitted, order.Length), control, repeat),
            new(Kind, target, "fit_accuracy", Accuracy(features, chosen, weights, 0, fitted), control, repeat),
            new(Kind, target, "rows", order.Length - fitted, control, repeat),
        ];
    }

    private static double Accuracy(Standardized features, int[] labels, SoftmaxRegression weights, int from, int to)
    {
        var right = 0;
        for (var row = from; row < to; row++)
        {
            if (weights.Predict(features.Row(row)) == labels[row]) { right++; }
        }
        return (double)right / (to - from);
    }

    // Values of the column in ascending order are classes 0, 1, …
    private int Classes(ProbeContext context, out int[] labels)
    {
        if (!context.Rows.Schema.Any(column => column.Name == options.Target && column.Kind == Tables.ColumnKind.Int64))
        {
            var columns = context.Rows.Schema.Where(column => column.Kind == Tables.ColumnKind.Int64).Select(column => column.Name).ToArray();
            throw new GrokException(
                $"The linear probe's target '{options.Target}' is no integer column.{Spelling.Suggestion(options.Target, columns)}",
                $"Use one of: {string.Join(", ", columns)}.");
        }
        var values = context.Rows.Int64(options.Target).ToArray();
        var distinct = values.Distinct().Order().ToArray();
        if (values.Length < 10 || distinct.Length < 2)
        {
            throw new GrokException(
                $"The linear probe has {values.Length} rows with {distinct.Length} different values of '{options.Target}'.", "Give at least 10 rows and 2 values.");
        }
        if (distinct.Length > MostClasses)
        {
            throw new GrokException(
                $"The linear probe's target '{options.Target}' has {distinct.Length} different values; {MostClasses} are the most.",
                "Choose a column that names classes, such as the label.");
        }
        labels = [.. values.Select(value => Array.BinarySearch(distinct, value))];
        return distinct.Length;
    }
}
