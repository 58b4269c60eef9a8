namespace GrokPipeline.Probes;

/// <summary>Options of <see cref="LogitLensProbe"/>.</summary>
public sealed record LogitLensOptions : IOptions
{
    /// <summary>Residual activations (<c>blocks.0.resid_post</c>), or <c>*</c>, the default, for all.</summary>
    public ActivationList At { get; init; } = ActivationList.All;

    /// <summary>The split whose rows are read, or <c>all</c>. Default all.</summary>
    public string On { get; init; } = "all";

    /// <summary>Most rows, drawn at random when there are more; at least 1. Default 2000.</summary>
    public int MaxRows { get; init; } = 2000;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        foreach (var problem in At.Problems("blocks.0.resid_post")) { yield return problem; }
        if (On.Length == 0) { yield return new("on", "on is empty; name a split such as validation, or all."); }
        if (MaxRows < 1) { yield return new("max_rows", $"max_rows is {MaxRows}; give at least 1."); }
    }
}

/// <summary>
/// What the model would answer if it stopped early (nostalgebraist 2020, "interpreting GPT: the logit lens"): a residual activation of the
/// last position through the final normalisation, where the model has one, and the unembedding. Findings per activation: <c>accuracy</c>;
/// <c>loss</c>, the training loss's mean in float64; <c>mean_rank</c> of the right class, 1 when it has the largest logit, ties counted
/// half. After the last block these are the model's own, unless it pools positions or scales its logits: the lens reads the last position
/// and scales nothing. For a transformer; an MLP has no residual stream that its output layer could read.
/// </summary>
public sealed class LogitLensProbe(LogitLensOptions options) : Probe
{
    private const double Epsilon = 1e-5;

    /// <inheritdoc/>
    public override string Kind => "logit_lens";

    /// <inheritdoc/>
    public override bool NeedsClasses => true;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Activations => options.At.Named;

    /// <inheritdoc/>
    public override IReadOnlyList<string> ActivationsAmong(IReadOnlyList<string> known) =>
        options.At.Among(known, name => name.Contains(".resid_", StringComparison.Ordinal));

    /// <inheritdoc/>
    public override IEnumerable<ProbeFinding> Run(ProbeContext context)
    {
        var parameters = context.Checkpoint.Parameters;
        var names = ActivationsAmong(context.Checkpoint.ActivationNames);
        if (names.Count == 0 || !parameters.TryGetValue("unembed.weight", out var unembed))
        {
            throw new GrokException(
                "The probe 'logit_lens' needs a residual stream and an unembedding ('unembed.weight'); this model has none: "
                + "its hidden layers are bases of their own, which the output layer cannot read.",
                "Use it with a transformer, or a linear probe here.");
        }
        var rows = RowSample.Of(context, options.On, options.MaxRows);
        var targets = RowSample.Targets(context, rows);
        foreach (var name in names)
        {
            var activation = context.Checkpoint.Activation(name).AtLastPosition(name);
            if (activation.Width != unembed.Shape[0])
            {
                throw new GrokException(
                    $"'{name}' has a width of {activation.Width}; the unembedding reads {unembed.Shape[0]}.",
                    "Choose a residual activation.");
            }
            Finite.Require(activation.Values, activation.Width, name, Kind);
            var logits = Logits(activation, rows, parameters, unembed);
            var (loss, accuracy) = ScoredRows.Mean(context.Loss, logits, targets, unembed.Shape[1]);
            var target = RowSample.Title(name, options.On);
            yield return new(Kind, target, "accuracy", accuracy);
            yield return new(Kind, target, "loss", loss);
            yield return new(Kind, target, "mean_rank", MeanRank(logits, targets, unembed.Shape[1]));
        }
    }

    private static float[] Logits(Activation activation, int[] rows, IReadOnlyDictionary<string, Tensor> parameters, Tensor unembed)
    {
        var (width, classes, padded) = (unembed.Shape[0], unembed.Shape[1], DenseProducts.Padded(unembed.Shape[1]));
        var (read, weights, products) = (new double[rows.Length * width], new double[width * padded], new double[rows.Length * padded]);
        for (var i = 0; i < rows.Length; i++)
        {
            var row = read.AsSpan(i * width, width);
            for (var j = 0; j < width; j++) { row[j] = activation.Values[(rows[i] * width) + j]; }
            if (parameters.TryGetValue("final_norm.weight", out var gain))
            {
                Normalise(row, gain.AsSpan<float>(), parameters.TryGetValue("final_norm.bias", out var shift) ? shift.AsSpan<float>() : []);
            }
        }
        var from = unembed.AsSpan<float>();
        for (var j = 0; j < width; j++)
        {
            for (var c = 0; c < classes; c++) { weights[(j * padded) + c] = from[(j * classes) + c]; }
        }
        DenseProducts.Multiply(read, weights, products, rows.Length, width, padded);
        var bias = parameters.TryGetValue("unembed.bias", out var given) ? given.AsSpan<float>() : new float[classes];
        var logits = new float[rows.Length * classes];
        for (var i = 0; i < logits.Length; i++)
        {
            logits[i] = (float)(products[(i / classes * padded) + (i % classes)] + bias[i % classes]);
        }
        return logits;
    }

    // Normalisation as in the model, in float64; without a bias it is that of the mean of squares.
    private static void Normalise(Span<double> row, ReadOnlySpan<float> gain, ReadOnlySpan<float> shift)
    {
        double mean = 0, variance = 0;
        if (!shift.IsEmpty)
        {
            foreach (var value in row) { mean += value; }
            mean /= row.Length;
        }
        foreach (var value in row) { variance += (value - mean) * (value - mean); }
        var scale = 1 / Math.Sqrt((variance / row.Length) + Epsilon);
        for (var j = 0; j < row.Length; j++) { row[j] = ((row[j] - mean) * scale * gain[j]) + (shift.IsEmpty ? 0 : shift[j]); }
    }

    private static double MeanRank(float[] logits, int[] targets, int classes)
    {
        double sum = 0;
        for (var row = 0; row < targets.Length; row++)
        {
            var scores = logits.AsSpan(row * classes, classes);
            var own = scores[targets[row]];
            var (above, equal) = (0, -1);                     // the class itself is among the equal ones
            foreach (var score in scores)
            {
                above += score > own ? 1 : 0;
                equal += score == own ? 1 : 0;
            }
            sum += 1 + above + (equal / 2.0);
        }
        return sum / targets.Length;
    }
}
