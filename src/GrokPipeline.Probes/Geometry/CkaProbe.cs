using System.Runtime.CompilerServices;

namespace GrokPipeline.Probes.Geometry;

/// <summary>Options of <see cref="CkaProbe"/>.</summary>
public sealed record CkaOptions : IOptions
{
    /// <summary>The activations to compare: names (<c>hidden.0</c>, <c>blocks.0.resid_post</c>, <c>logits</c>), or <c>*</c>, the default,
    /// for all.</summary>
    public ActivationList At { get; init; } = ActivationList.All;

    /// <summary>The split whose rows are read, or <c>all</c>.</summary>
    public string On { get; init; } = "all";

    /// <summary>Most rows, drawn by seed when there are more, from 4 to 512. Default 256.</summary>
    public int MaxRows { get; init; } = 256;

    /// <summary>
    /// True for the unbiased estimate of HSIC (Song et al. 2012; Nguyen et al. 2021), which does not rise with the width when there are
    /// few rows; false, the default, for the form of Kornblith et al.
    /// </summary>
    public bool Debiased { get; init; }

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        foreach (var problem in At.Problems("hidden.0")) { yield return problem; }
        foreach (var problem in RowSample.Problems(On, Math.Max(2, MaxRows), 512)) { yield return problem; }
        if (MaxRows < 4) { yield return new("max_rows", $"max_rows is {MaxRows}; give a number from 4 to 512."); }
    }
}

/// <summary>
/// Linear centred kernel alignment (Kornblith et al. 2019, section 3): <c>‖YᵀX‖² / (‖XᵀX‖·‖YᵀY‖)</c> of two activations of the same rows
/// with their means taken off; 1 for the same up to rotation and scale, near 0 for unrelated ones. Findings: <c>cka_to_final</c> of each
/// activation, with the same one at the last checkpoint (left out where there is but one); <c>cka</c> of each pair of activations, target
/// <c>hidden.0 ~ hidden.1</c>. With
/// <see cref="CkaOptions.Debiased"/> it is a ratio of unbiased estimates of HSIC and may be a little below 0. NaN when an activation
/// never changes over the rows, or is not finite.
/// </summary>
public sealed class CkaProbe(CkaOptions options) : Probe
{
    // Kernels of the last checkpoint serve every other one.
    private readonly ConditionalWeakTable<ProbedCheckpoint, double[][]> _known = [];

    private string Form => options.Debiased ? ", debiased" : "";

    /// <inheritdoc/>
    public override string Kind => "cka";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Activations => options.At.Named;

    /// <inheritdoc/>
    public override IEnumerable<ProbeFinding> Run(ProbeContext context)
    {
        var rows = RowSample.Of(context, options.On, options.MaxRows, Kind);
        if (rows.Length < 4)
        {
            throw new GrokException(
                $"The cka probe has {rows.Length} rows of '{options.On}'; it needs at least 4.", "Choose another split with 'on'.");
        }
        var names = Layers.Names(context, options.At, Kind);
        if (!context.HasInitial && names.Count < 2)
        {
            throw new GrokException(
                "The cka probe has one checkpoint and one activation: there is nothing to compare it with.", "Name at least two in 'at'.");
        }
        var final = _known.GetValue(context.Final, last => Kernels(context, last, names, rows));
        var kernels = context.Checkpoint == context.Final ? final : Kernels(context, context.Checkpoint, names, rows);
        // A checkpoint alone is its own last one: 1 for every layer would say nothing.
        for (var i = 0; i < kernels.Length && context.HasInitial; i++)
        {
            yield return new(Kind, RowSample.Title(names[i], options.On) + Form, "cka_to_final", Compare(kernels[i], final[i], rows.Length));
        }
        for (var i = 0; i < kernels.Length; i++)
        {
            for (var j = i + 1; j < kernels.Length; j++)
            {
                var target = RowSample.Title($"{names[i]} ~ {names[j]}", options.On) + Form;
                yield return new(Kind, target, "cka", Compare(kernels[i], kernels[j], rows.Length));
            }
        }
    }

    private double[][] Kernels(ProbeContext context, ProbedCheckpoint checkpoint, IReadOnlyList<string> names, int[] rows) =>
        [.. Layers.Of(context, checkpoint, options.At, names, rows).Select(features => features.Centred().Gram())];

    private double Compare(double[] a, double[] b, int rows)
    {
        if (!options.Debiased) { return CentredKernel.Cosine(a, b); }
        var (own, other) = (CentredKernel.UnbiasedHsic(a, a, rows), CentredKernel.UnbiasedHsic(b, b, rows));
        return CentredKernel.UnbiasedHsic(a, b, rows) / Math.Sqrt(own * other);
    }
}
