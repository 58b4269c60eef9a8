using System.Collections.Immutable;

namespace GrokPipeline.Training.Measures;

/// <summary>What is read off the trained parameters alone, at an evaluation.</summary>
internal sealed class WeightMeasures(TrainingPlan plan, HashSet<string> wanted)
{
    private readonly ImmutableArray<string> _matrices =
        [.. plan.Model.Parameters.Where(spec => spec.Shape.Rank == 2 && !spec.IsFixed).Select(spec => spec.Name)];

    private readonly HashSet<string> _fixed = [.. plan.Model.Parameters.Where(spec => spec.IsFixed).Select(spec => spec.Name)];

    private readonly ImmutableSortedDictionary<string, Tensor> _first =
        wanted.Contains(FurtherMetrics.DistanceToInit) || wanted.Contains(FurtherMetrics.CosineToInit)
            ? plan.FirstParameters()
            : ImmutableSortedDictionary<string, Tensor>.Empty;

    /// <summary>The numbers of some parameters.</summary>
    /// <param name="parameters">By name.</param>
    public IEnumerable<Measurement> Of(ImmutableSortedDictionary<string, Tensor> parameters)
    {
        if (wanted.Contains(FurtherMetrics.ParameterNorm))
        {
            foreach (var (name, tensor) in Trained(parameters)) { yield return new(name, FurtherMetrics.ParameterNorm, Norm(tensor)); }
        }
        if (wanted.Contains(FurtherMetrics.LastLayerNorm) && !_matrices.IsEmpty)
        {
            yield return OfModel(FurtherMetrics.LastLayerNorm, Norm(parameters[_matrices[^1]]));
        }
        if (!_first.IsEmpty)
        {
            var (distance, cosine) = FromInit(parameters);
            yield return OfModel(FurtherMetrics.DistanceToInit, distance);
            yield return OfModel(FurtherMetrics.CosineToInit, cosine);
        }
        if ((!wanted.Contains(FurtherMetrics.SpectralEntropy) && !wanted.Contains(FurtherMetrics.EffectiveRank)) || _matrices.IsEmpty)
        {
            yield break;
        }
        var spectra = _matrices.Select(name => (Entropy: Entropy(parameters[name]), Count: parameters[name].Shape.Count)).ToArray();
        yield return OfModel(FurtherMetrics.SpectralEntropy, spectra.Average(spectrum => spectrum.Entropy));
        yield return OfModel(
            FurtherMetrics.EffectiveRank,
            spectra.Sum(spectrum => spectrum.Count * PortableMath.Exp(spectrum.Entropy)) / spectra.Sum(spectrum => (double)spectrum.Count));
    }

    private IEnumerable<KeyValuePair<string, Tensor>> Trained(ImmutableSortedDictionary<string, Tensor> parameters) =>
        parameters.Where(pair => !_fixed.Contains(pair.Key));

    private static Measurement OfModel(string metric, double value) => new("model", metric, value);

    private static double Norm(Tensor tensor) => Math.Sqrt(Dots.Of(tensor.AsSpan<float>(), tensor.AsSpan<float>()));

    private (double Distance, double Cosine) FromInit(ImmutableSortedDictionary<string, Tensor> parameters)
    {
        var (apart, now, then, both) = (0.0, 0.0, 0.0, 0.0);
        foreach (var (name, tensor) in Trained(parameters))
        {
            var values = tensor.AsSpan<float>();
            var first = _first[name].AsSpan<float>();
            for (var i = 0; i < values.Length; i++)
            {
                var difference = (double)values[i] - first[i];
                apart += difference * difference;
            }
            now += Dots.Of(values, values);
            then += Dots.Of(first, first);
            both += Dots.Of(values, first);
        }
        return (Math.Sqrt(apart), both / Math.Sqrt(now * then));
    }

    // From the eigenvalues of the smaller of W·Wᵀ and Wᵀ·W: twenty times faster than singular values to full precision.
    private static double Entropy(Tensor matrix)
    {
        var (rows, columns) = (matrix.Shape[0], matrix.Shape[1]);
        var (count, length) = rows <= columns ? (rows, columns) : (columns, rows);
        var values = matrix.AsSpan<float>();
        var vectors = new float[values.Length];
        for (var i = 0; i < count; i++)
        {
            for (var j = 0; j < length; j++)
            {
                vectors[(i * length) + j] = values[rows <= columns ? (i * columns) + j : (j * columns) + i];
            }
        }
        var gram = new double[count * count];
        for (var i = 0; i < count; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                gram[(i * count) + j] = gram[(j * count) + i] =
                    Dots.Of(vectors.AsSpan(i * length, length), vectors.AsSpan(j * length, length));
            }
        }
        return Spectrum.Entropy([.. SymmetricEigen.Values(gram, count).Select(value => value > 0 ? Math.Sqrt(value) : 0 * value)]);
    }
}
