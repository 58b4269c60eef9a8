using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace GrokPipeline.Probes.Geometry;

/// <summary>Options of <see cref="CkaProbe"/>.</summary>
public sealed record CkaOptions : IOptions
{
    /// <summary>The activations to compare: <c>hidden.0</c>, <c>blocks.0.resid_post</c>, <c>logits</c>.</summary>
    public ImmutableArray<string> At { get; init; } = [];

    /// <summary>The split whose rows are read, or <c>all</c>.</summary>
    public string On { get; init; } = "all";

    /// <summary>Most rows, drawn by seed when there are more, from 4 to 512. Default 256.</summary>
    public int Rows { get; init; } = 256;

    /// <summary>
    /// True for the unbiased estimate of HSIC (Song et al. 2012; Nguyen et al. 2021), which does not rise with the width when there are
    /// few rows; false, the default, for the form of Kornblith et al.
    /// </summary>
    public bool Debiased { get; init; }

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        foreach (var problem in LayerOptions.Problems(At)) { yield return problem; }
        foreach (var problem in RowSample.Problems(On, Math.Max(2, Rows), 512)) { yield return problem; }
        if (Rows < 4) { yield return new("rows", $"rows is {Rows}; give a number from 4 to 512."); }
    }
}

/// <summary>
/// Linear centred kernel alignment (Kornblith et al. 2019, section 3): <c>‖YᵀX‖² / (‖XᵀX‖·‖YᵀY‖)</c> of two activations of the same rows
/// with their means taken off; 1 for the same up to rotation and scale, near 0 for unrelated ones. Findings: <c>cka_to_final</c> of each
/// activation, with the same one at the last checkpoint; <c>cka</c> of each pair of activations, target <c>hidden.0 ~ hidden.1</c>. With
/// <see cref="CkaOptions.Debiased"/> it is a ratio of unbiased estimates of HSIC and may be a little below 0. NaN when an activation
/// never changes over the rows, or is not finite.
/// </summary>
public sealed class CkaProbe(CkaOptions options) : Probe
{
    // Kernels of the last checkpoint serve every other one.
    private readonly ConditionalWeakTable<ProbedCheckpoint, double[][]> _known = [];

    /// <inheritdoc/>
    public override string Kind => "cka";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Activations => options.At;

    /// <inheritdoc/>
    public override IEnumerable<ProbeFinding> Run(ProbeContext context)
    {
        var rows = RowSample.Of(context, options.On, options.Rows, Kind);
        if (rows.Length < 4)
        {
            throw new GrokException(
                $"The cka probe has {rows.Length} rows of '{options.On}'; it needs at least 4.", "Choose another split with 'on'.");
        }
        var final = _known.GetValue(context.Final, last => Kernels(last, rows));
        var kernels = context.Checkpoint == context.Final ? final : Kernels(context.Checkpoint, rows);
        for (var i = 0; i < kernels.Length; i++)
        {
            yield return new(Kind, options.At[i], "cka_to_final", Compare(kernels[i], final[i], rows.Length));
        }
        for (var i = 0; i < kernels.Length; i++)
        {
            for (var j = i + 1; j < kernels.Length; j++)
            {
                yield return new(Kind, $"{options.At[i]} ~ {options.At[j]}", "cka", Compare(kernels[i], kernels[j], rows.Length));
            }
        }
    }

    private double[][] Kernels(ProbedCheckpoint checkpoint, int[] rows) =>
        [.. options.At.Select(name => Features.Of(checkpoint.Activation(name), rows).Centred().Gram())];

    private double Compare(double[] a, double[] b, int rows)
    {
        if (!options.Debiased) { return CentredKernel.Cosine(a, b); }
        var (own, other) = (CentredKernel.UnbiasedHsic(a, a, rows), CentredKernel.UnbiasedHsic(b, b, rows));
        return CentredKernel.UnbiasedHsic(a, b, rows) / Math.Sqrt(own * other);
    }
}
