namespace GrokPipeline.Probes;

/// <summary>Options of <see cref="FrequencyAblationProbe"/>.</summary>
public sealed record FrequencyAblationOptions : IOptions
{
    /// <summary>
    /// A matrix whose rows belong to operand values. Empty, the default, is <c>embed.weight</c> where the model has it, else
    /// <c>hidden.0.weight</c>.
    /// </summary>
    public string Parameter { get; init; } = "";

    /// <summary>The key frequencies, each from 1 to ⌊p/2⌋; empty, the default, for those of the last checkpoint's matrix.</summary>
    public IntegerList Frequencies { get; init; }

    /// <summary>
    /// Without given frequencies: key are the fewest that hold this share of the matrix's power, in (0, 1]. Default 0.95.
    /// </summary>
    public double Coverage { get; init; } = 0.95;

    /// <summary>The split that is scored, or <c>all</c>. Default validation.</summary>
    public string On { get; init; } = "validation";

    /// <summary>Most rows, drawn at random when there are more; at least 1. Default 512.</summary>
    public int MaxRows { get; init; } = 512;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        foreach (var problem in OperandMatrix.Problems(Parameter)) { yield return problem; }
        foreach (var k in Frequencies.Where(k => k < 1))
        {
            yield return new("frequencies", $"frequencies holds {k}; give numbers from 1 to half the modulus.");
        }
        if (Coverage is not (> 0 and <= 1))
        {
            yield return new("coverage", $"coverage is {Coverage}; give a number in (0, 1], usually 0.95.");
        }
        if (On.Length == 0) { yield return new("on", "on is empty; name a split such as validation, or all."); }
        if (MaxRows is < 1 or > 65_536) { yield return new("max_rows", $"max_rows is {MaxRows}; give a number from 1 to 65536."); }
    }
}

/// <summary>
/// What the model loses without some frequencies of its embedding or first layer (Nanda et al. 2023, section 4.4). A frequency k is removed
/// from each block W of p rows: <c>W − (2/p)·(c cᵀ + s sᵀ)·W</c> with c and s the cosine and sine of 2πkx/p. Findings, with the matrix as
/// target, on the split: <c>loss</c> and <c>accuracy</c> of the whole model; <c>loss[k]</c> and <c>accuracy[k]</c> without the key
/// frequency k, for the ten strongest; <c>without_keys_loss</c>, <c>without_keys_accuracy</c> without all of these; <c>keys_only_loss</c>,
/// <c>keys_only_accuracy</c> without all others (the mean over operand values stays); <c>key_frequencies</c>, how many.
/// </summary>
public sealed class FrequencyAblationProbe(FrequencyAblationOptions options) : Probe
{
    private const int MostSingle = 10;

    // All checkpoints of a run are looked at with the frequencies of its last one.
    private (ProbedCheckpoint Final, int[] Keys)? _known;

    /// <inheritdoc/>
    public override string Kind => "frequency_ablation";

    /// <inheritdoc/>
    public override bool NeedsClasses => true;

    /// <inheritdoc/>
    public override IEnumerable<ProbeFinding> Run(ProbeContext context)
    {
        var (model, compile) = Engine.Of(context, Kind);
        var (name, matrix) = OperandMatrix.One(context, options.Parameter, Kind);
        var waves = new Waves(context.Facts.OperandValues);
        var keys = Keys(context, waves);
        var rows = RowSample.Of(context, options.On, options.MaxRows);
        var targets = RowSample.Targets(context, rows);
        var graph = model.BuildShared(rows.Length).ToGraph("without_frequencies");
        using var session = compile(graph);
        foreach (var (other, tensor) in context.Checkpoint.Parameters.Where(pair => graph.InputType(pair.Key) is not null))
        {
            session.Write(other, tensor);
        }
        session.Write(model.InputName, Engine.Input(context, model, rows));
        var logits = new Tensor(TensorType.Float32([rows.Length, model.Classes]));
        var target = RowSample.Title(name, options.On);
        var findings = new List<ProbeFinding>();
        void Score(IEnumerable<int> removed, string loss, string accuracy)
        {
            session.Write(name, Without(matrix, waves, removed));
            session.Run();
            session.Read(ProbedCheckpoint.Logits, logits);
            var (value, right) = ScoredRows.Mean(context.Loss, logits.AsSpan<float>(), targets, model.Classes);
            findings.Add(new(Kind, target, loss, value));
            findings.Add(new(Kind, target, accuracy, right));
        }
        Score([], "loss", "accuracy");
        foreach (var k in keys.Take(MostSingle)) { Score([k], $"loss[{k}]", $"accuracy[{k}]"); }
        Score(keys, "without_keys_loss", "without_keys_accuracy");
        Score(Enumerable.Range(1, waves.Highest).Except(keys), "keys_only_loss", "keys_only_accuracy");
        findings.Add(new(Kind, target, "key_frequencies", keys.Length));
        return findings;
    }

    /// <summary>The matrix without some frequencies in each of its blocks of p rows.</summary>
    internal static Tensor Without(Tensor matrix, Waves waves, IEnumerable<int> frequencies)
    {
        var (p, width, changed) = (waves.Cosines.Length, matrix.Shape[1], matrix.Copy());
        var (cosine, sine) = (new double[width], new double[width]);
        var removed = frequencies.ToArray();
        for (var block = 0; block < matrix.Shape[0] / p; block++)
        {
            var rest = new double[p * width];
            var from = matrix.AsSpan<float>().Slice(block * p * width, p * width);
            for (var i = 0; i < rest.Length; i++) { rest[i] = from[i]; }
            foreach (var k in removed)
            {
                OperandMatrix.Transform(from, waves, k, cosine, sine);
                var scale = (2 * k == p ? 1.0 : 2.0) / p;        // the highest frequency of an even p has no sine
                for (var x = 0; x < p; x++)
                {
                    var at = waves.At(k, x);
                    for (var c = 0; c < width; c++)
                    {
                        rest[(x * width) + c] -= scale * ((waves.Cosines[at] * cosine[c]) + (waves.Sines[at] * sine[c]));
                    }
                }
            }
            var to = changed.AsSpan<float>().Slice(block * p * width, p * width);
            for (var i = 0; i < rest.Length; i++) { to[i] = (float)rest[i]; }
        }
        return changed;
    }

    private int[] Keys(ProbeContext context, Waves waves)
    {
        if (options.Frequencies.Count > 0)
        {
            return options.Frequencies.FirstOrDefault(k => k > waves.Highest) is var beyond and > 0
                ? throw new GrokException(
                    $"The probe '{Kind}' was given the frequency {beyond}; modulo {waves.Cosines.Length} there are 1 to {waves.Highest}.",
                    "Choose among these.")
                : [.. options.Frequencies.Distinct()];
        }
        if (_known is not { } known || known.Final != context.Final)
        {
            var (_, final) = OperandMatrix.One(context with { Checkpoint = context.Final }, options.Parameter, Kind);
            _known = known = (context.Final, OperandMatrix.Keys(OperandMatrix.Power(final, waves), options.Coverage));
        }
        return known.Keys;
    }
}
