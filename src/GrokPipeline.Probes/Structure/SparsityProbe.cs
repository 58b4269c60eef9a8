namespace GrokPipeline.Probes.Structure;

/// <summary>Options of <see cref="SparsityProbe"/>.</summary>
public sealed record SparsityOptions : IOptions
{
    /// <summary>The split whose predictions are reproduced, or <c>all</c>.</summary>
    public string On { get; init; } = "validation";

    /// <summary>Most rows, drawn by seed when there are more, from 2 to 65536. Default 4096.</summary>
    public int MaxRows { get; init; } = 4096;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems() => RowSample.Problems(On, MaxRows, 65536);
}

/// <summary>
/// How few neurons the predictions rest on (Merrill et al. 2023): the neurons of the last hidden layer of an <c>mlp</c> are taken by
/// incoming norm, the largest first, and the others set to zero. <c>neurons</c>, the fewest that give the same class as the whole network
/// in every row (the effective sparsity); <c>share</c> of the width; <c>norm_inside</c> and <c>norm_outside</c>, the mean incoming norm of
/// those neurons and of the others (NaN when there are none). Sums are float64.
/// </summary>
public sealed class SparsityProbe(SparsityOptions options) : Probe
{
    private const string Output = "output.weight", Bias = "output.bias";

    /// <inheritdoc/>
    public override string Kind => "effective_sparsity";

    /// <inheritdoc/>
    public override IReadOnlyList<string> ActivationsAmong(IReadOnlyList<string> known) =>
        known.LastOrDefault(IsHidden) is { } name ? [name] : [];

    /// <inheritdoc/>
    public override IEnumerable<ProbeFinding> Run(ProbeContext context)
    {
        var parameters = context.Checkpoint.Parameters;
        var layer = parameters.Keys.Where(IsLayer)
            .OrderBy(name => name.Length).ThenBy(name => name, StringComparer.Ordinal).LastOrDefault();
        if (layer is null || !parameters.TryGetValue(Output, out var output))
        {
            throw new GrokException(
                $"The {Kind} probe needs an mlp with a hidden layer.", "Use the probe 'ablation' for other models.");
        }
        var at = layer[..^".weight".Length];
        var rows = RowSample.Of(context, options.On, options.MaxRows);
        var neurons = Features.Of(context.Checkpoint.Activation(at), rows);
        var norms = Incoming(parameters[layer]);
        int[] order = [.. Enumerable.Range(0, norms.Length).OrderByDescending(n => norms[n]).ThenBy(n => n)];
        var count = Fewest(neurons, output, parameters.GetValueOrDefault(Bias), order);
        var target = RowSample.Title(at, options.On);
        yield return new(Kind, target, "neurons", count);
        yield return new(Kind, target, "share", (double)count / norms.Length);
        yield return new(Kind, target, "norm_inside", order.Take(count).Select(n => norms[n]).DefaultIfEmpty(double.NaN).Average());
        yield return new(Kind, target, "norm_outside", order.Skip(count).Select(n => norms[n]).DefaultIfEmpty(double.NaN).Average());
    }

    private static bool IsHidden(string name) =>
        name.StartsWith("hidden.", StringComparison.Ordinal) && !name.EndsWith(".pre", StringComparison.Ordinal);

    private static bool IsLayer(string name) =>
        name.StartsWith("hidden.", StringComparison.Ordinal) && name.EndsWith(".weight", StringComparison.Ordinal);

    // Norm of each column: what a neuron reads.
    private static double[] Incoming(Tensor weight)
    {
        var (width, values) = (weight.Shape[1], weight.AsSpan<float>().ToArray());
        var squares = new double[width];
        for (var i = 0; i < values.Length; i++) { squares[i % width] += (double)values[i] * values[i]; }
        return [.. squares.Select(Math.Sqrt)];
    }

    // Neuron after neuron joins the sum of each row; the whole network is the last sum.
    private static int Fewest(Features neurons, Tensor output, Tensor? bias, int[] order)
    {
        var (classes, weights) = (output.Shape[1], output.AsSpan<float>().ToArray());
        double[] first = bias is null ? new double[classes] : [.. bias.AsSpan<float>().ToArray().Select(value => (double)value)];
        double[] Start() => [.. Enumerable.Range(0, neurons.Rows).SelectMany(_ => first)];
        var logits = Start();
        foreach (var neuron in order) { Join(logits, neuron); }
        var whole = Answers(logits, classes);
        logits = Start();
        for (var count = 0; count < order.Length; count++)
        {
            if (Answers(logits, classes).AsSpan().SequenceEqual(whole)) { return count; }
            Join(logits, order[count]);
        }
        return order.Length;

        void Join(double[] sums, int neuron)
        {
            for (var row = 0; row < neurons.Rows; row++)
            {
                var value = neurons.Values[(row * neurons.Width) + neuron];
                for (var c = 0; c < classes; c++) { sums[(row * classes) + c] += value * weights[(neuron * classes) + c]; }
            }
        }
    }

    private static int[] Answers(double[] logits, int classes)
    {
        var answers = new int[logits.Length / classes];
        for (var row = 0; row < answers.Length; row++)
        {
            var scores = logits.AsSpan(row * classes, classes);
            for (var c = 1; c < classes; c++)
            {
                if (scores[c] > scores[answers[row]]) { answers[row] = c; }
            }
        }
        return answers;
    }
}
