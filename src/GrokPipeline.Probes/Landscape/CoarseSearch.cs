namespace GrokPipeline.Probes.Landscape;

/// <summary>A coarse version of a network.</summary>
/// <param name="Coarseness">How coarse.</param>
/// <param name="Rank">Mean rank of the matrices that were cut, weighted by their sizes; 0 when none was.</param>
/// <param name="Bytes">Its size through Brotli.</param>
internal sealed record CoarseVersion(Coarseness Coarseness, double Rank, int Bytes);

/// <summary>Looks for coarse versions of a network that are still good enough.</summary>
/// <param name="tensors">The parameters, float32.</param>
/// <param name="isGood">Whether parameters, in the same order, keep the loss below its limit.</param>
internal sealed class CoarseSearch(Tensor[] tensors, Func<Tensor[], bool> isGood)
{
    private const int Steps = 25;
    private readonly Singular?[] _singular = new Singular?[tensors.Length];

    /// <summary>δ number <paramref name="index"/>: from 1e-3 (0) to 1 (24), evenly on a logarithmic axis.</summary>
    public static double StepOf(int index) => PortableMath.Exp(PortableMath.Log(1e-3) * (Steps - 1 - index) / (Steps - 1));

    /// <summary>The coarsest good version that keeps a share of the singular values; null when not even the finest is good.</summary>
    public CoarseVersion? Smallest(double share)
    {
        var factors = tensors.Select((_, i) => Cut(i, share)).ToArray();
        if (share < 1 && factors.All(factor => factor.Rank == 0)) { return null; }     // the same as with all kept
        var (good, bad) = (-1, Steps);
        while (bad - good > 1)
        {
            var middle = (good + bad) / 2;
            if (IsGood(factors, StepOf(middle))) { good = middle; } else { bad = middle; }
        }
        if (good < 0) { return null; }
        var coarseness = new Coarseness(share, StepOf(good));
        var content = NetworkBytes.Of([.. factors.Select(factor => (factor.Rank, factor.Round(coarseness.Step)))]);
        var cut = factors.Zip(tensors).Where(pair => pair.First.Rank > 0).ToArray();
        var weight = cut.Sum(pair => (double)pair.Second.Shape.Count);
        var rank = weight == 0 ? 0 : cut.Sum(pair => pair.First.Rank * (double)pair.Second.Shape.Count) / weight;
        return new(coarseness, rank, NetworkBytes.Brotli(content));
    }

    private bool IsGood(Factors[] factors, double step)
    {
        var restored = tensors.Select(tensor => new Tensor(tensor.Type)).ToArray();
        for (var i = 0; i < restored.Length; i++) { factors[i].Restore(factors[i].Round(step), step, restored[i].AsSpan<float>()); }
        return isGood(restored);
    }

    private Factors Cut(int index, double share)
    {
        var tensor = tensors[index];
        if (share < 1 && tensor.Shape.Rank == 2)
        {
            var singular = _singular[index] ??= Singular.Of(tensor);
            var rank = singular.RankOf(share);
            if (rank * (tensor.Shape[0] + tensor.Shape[1]) < tensor.Shape.Count) { return singular.Cut(rank); }
        }
        var values = new double[tensor.Shape.Count];
        for (var i = 0; i < values.Length; i++) { values[i] = tensor.AsSpan<float>()[i]; }
        return new(values, [], 0, values.Length);
    }
}
