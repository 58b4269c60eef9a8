namespace GrokPipeline.Probes;

/// <summary>
/// What the model loses without a part of it (Nanda et al. 2023, section 4.4): the activation, or one head's or some neurons' elements of
/// it, is replaced by zeros or by its mean over the rows, in the graph of the model, and the rest follows. Findings with the target
/// <c>part on validation, zero</c> or <c>part on validation, mean</c>: <c>loss</c> and <c>accuracy</c> on the split, <c>loss_change</c>
/// and <c>accuracy_change</c>
/// against the whole model's, which have the target <c>whole model on
/// validation</c>.
/// </summary>
public sealed class AblationProbe(AblationOptions options) : Probe
{
    /// <inheritdoc/>
    public override string Kind => "ablation";

    /// <inheritdoc/>
    public override bool NeedsClasses => true;

    /// <inheritdoc/>
    public override IEnumerable<ProbeFinding> Run(ProbeContext context)
    {
        Engine.Of(context, Kind);                             // refused before anything is read
        var rows = RowSample.Of(context, options.On, options.MaxRows);
        using var model = new AblatedModel(context, rows, Kind, Chosen);
        var whole = model.Score();
        var findings = new List<ProbeFinding>
        {
            new(Kind, RowSample.Title("whole model", options.On), "loss", whole.Loss),
            new(Kind, RowSample.Title("whole model", options.On), "accuracy", whole.Accuracy),
        };
        foreach (var part in model.Names.SelectMany(name => Parts(name, model)))
        {
            foreach (var value in options.Values)
            {
                var (loss, accuracy) = model.Without(part.Activation, part.Removed, useMean: value == "mean");
                var target = $"{RowSample.Title(part.Title, options.On)}, {value}";
                findings.Add(new(Kind, target, "loss", loss));
                findings.Add(new(Kind, target, "accuracy", accuracy));
                findings.Add(new(Kind, target, "loss_change", loss - whole.Loss));
                findings.Add(new(Kind, target, "accuracy_change", accuracy - whole.Accuracy));
            }
        }
        return findings;
    }

    private static bool IsHidden(string name) =>
        name.EndsWith(".mlp.post", StringComparison.Ordinal)
        || (name.StartsWith("hidden.", StringComparison.Ordinal) && !name.EndsWith(".pre", StringComparison.Ordinal));

    private static bool IsLayer(string name) =>
        name.EndsWith(".attn_out", StringComparison.Ordinal) || name.EndsWith(".mlp_out", StringComparison.Ordinal)
        || (IsHidden(name) && name.StartsWith("hidden.", StringComparison.Ordinal));

    private static bool HasHeads(string name) => name.EndsWith(".attn.z", StringComparison.Ordinal);

    // The activations that change, in the order of computation.
    private IReadOnlyList<string> Chosen(IReadOnlyList<string> known) => options.At.Among(
        known, name => IsLayer(name) || (options.Heads && HasHeads(name)) || (options.Neurons.Count > 0 && IsHidden(name)));

    private IEnumerable<(string Activation, string Title, bool[] Removed)> Parts(string name, AblatedModel model)
    {
        var shape = model.ShapeOf(name);
        if (!options.At.IsAll || IsLayer(name)) { yield return (name, name, [.. Enumerable.Repeat(true, shape.Count)]); }
        if (!options.At.IsAll) { yield break; }
        if (HasHeads(name) && options.Heads)
        {
            // [positions, heads, width].
            for (var head = 0; head < shape[1]; head++)
            {
                var own = head;
                yield return (name, $"{name} head {head}", [.. Enumerable.Range(0, shape.Count).Select(i => i / shape[2] % shape[1] == own)]);
            }
        }
        if (!IsHidden(name)) { yield break; }
        foreach (var count in options.Neurons)
        {
            if (count > shape[-1])
            {
                throw new GrokException(
                    $"'{name}' has {shape[-1]} neurons; {count} were to be removed.", "Give smaller numbers in 'neurons'.");
            }
            var chosen = model.MostVarying(name, count);
            yield return (name, $"{name} top {count}", [.. Enumerable.Range(0, shape.Count).Select(i => chosen.Contains(i % shape[-1]))]);
        }
    }
}
