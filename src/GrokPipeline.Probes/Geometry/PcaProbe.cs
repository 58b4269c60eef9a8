using System.Runtime.CompilerServices;

namespace GrokPipeline.Probes.Geometry;

/// <summary>Which checkpoint's axes coordinates are measured along.</summary>
public enum PcaBasis
{
    /// <summary>The probed checkpoint's own.</summary>
    Own,

    /// <summary>Those of the last checkpoint, so that coordinates of different steps can be compared.</summary>
    Final,
}

/// <summary>Options of <see cref="PcaProbe"/>.</summary>
public sealed record PcaOptions : IOptions
{
    /// <summary>A matrix whose rows belong to tokens: <c>embed.weight</c>, or the first layer behind one-hot inputs.</summary>
    public string Parameter { get; init; } = "embed.weight";

    /// <summary>How many components, from 1 to 16. Default 2.</summary>
    public int Components { get; init; } = 2;

    /// <summary>Whose axes: <c>own</c> (default) or <c>final</c>.</summary>
    public PcaBasis Basis { get; init; }

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (Parameter is "" or "*") { yield return new("parameter", "parameter names no single matrix; give one such as embed.weight."); }
        if (Components is < 1 or > 16) { yield return new("components", $"components is {Components}; give a number from 1 to 16."); }
    }
}

/// <summary>
/// Principal components of a matrix whose rows are points, one per token (Liu et al. 2022 draw the embeddings of grokking so):
/// <c>pc1[t]</c>, <c>pc2[t]</c>, … the coordinates of token t, and <c>explained[k]</c>, the share of the variance along component k, in
/// [0, 1]. Rows beyond the operand values (the tokens ∘ and =, further operands) are left out; without operands all rows are points. An
/// eigenvector's sign is free: its largest entry is made positive. All are NaN when a parameter is not finite; the shares when all points
/// are one.
/// </summary>
public sealed class PcaProbe(PcaOptions options) : Probe
{
    private readonly ConditionalWeakTable<ProbedCheckpoint, double[][]> _axes = [];

    /// <inheritdoc/>
    public override string Kind => "pca";

    /// <inheritdoc/>
    public override IEnumerable<ProbeFinding> Run(ProbeContext context)
    {
        foreach (var (name, points) in Points(context, context.Checkpoint))
        {
            var count = Math.Min(options.Components, Math.Min(points.Rows, points.Width));
            var axes = options.Basis == PcaBasis.Own
                ? Axes(points, count)
                : _axes.GetValue(context.Final, last => Axes(Points(context, last).Single().Points, count));
            var total = Dots.Of(points.Values, points.Values);
            for (var k = 0; k < count; k++)
            {
                double along = 0;
                for (var token = 0; token < points.Rows; token++)
                {
                    var coordinate = Dots.Of(points.Values.AsSpan(token * points.Width, points.Width), axes[k]);
                    along += coordinate * coordinate;
                    yield return new(Kind, name, $"pc{k + 1}[{token}]", coordinate);
                }
                yield return new(Kind, name, $"explained[{k + 1}]", along / total);
            }
        }
    }

    private IEnumerable<(string Name, Features Points)> Points(ProbeContext context, ProbedCheckpoint checkpoint)
    {
        var values = context.Facts.OperandValues;
        foreach (var (name, tensor) in ParameterChoice.Of(
            checkpoint.Parameters, options.Parameter, t => t.Type.Element == ElementType.Float32 && t.Shape.Rank == 2 && t.Shape[0] > 1,
            "a matrix with at least 2 rows"))
        {
            var rows = values > 1 && values <= tensor.Shape[0] ? values : tensor.Shape[0];
            var width = tensor.Shape[1];
            var points = new double[rows * width];
            for (var i = 0; i < points.Length; i++) { points[i] = tensor.AsSpan<float>()[i]; }
            yield return (name, new Features(points, rows, width).Centred());
        }
    }

    private static double[][] Axes(Features points, int count)
    {
        var vectors = points.Width <= points.Rows
            ? SymmetricEigen.Of(points.Scatter(), points.Width).Vectors[..count]
            : [.. SymmetricEigen.Of(points.Gram(), points.Rows).Vectors.Take(count).Select(weights => Combined(points, weights))];
        foreach (var vector in vectors)
        {
            var largest = vector.Select(Math.Abs).Max();
            if (vector.First(x => Math.Abs(x) == largest) < 0)
            {
                for (var i = 0; i < vector.Length; i++) { vector[i] = -vector[i]; }
            }
        }
        return vectors;
    }

    // Fewer points than columns: the axis is the sum of the points, weighted by an eigenvector of X·Xᵀ, brought to length 1.
    private static double[] Combined(Features points, double[] weights)
    {
        var axis = new double[points.Width];
        for (var i = 0; i < points.Rows; i++) { Dots.Add(axis, weights[i], points.Values.AsSpan(i * points.Width, points.Width)); }
        var length = Math.Sqrt(Dots.Of(axis, axis));
        return [.. axis.Select(x => length > 0 ? x / length : 0)];
    }
}
