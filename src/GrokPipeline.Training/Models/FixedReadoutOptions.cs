namespace GrokPipeline.Training.Models;

/// <summary>
/// The network of Kumar et al. (2024), whose output is a plain mean of its neurons: α/N·Σφ(wᵢ·x) with φ(h) = h + ε/2·h². Only the wᵢ are
/// trained.
/// </summary>
public sealed record FixedReadoutOptions : IOptions
{
    /// <summary>Neurons, N, 1 to 1048576. Default 500 (OUR CHOICE).</summary>
    public int Width { get; init; } = 500;

    /// <summary>
    /// ε of the activation h + ε/2·h², 0 to 1000. The larger, the better is the first kernel aligned with a quadratic target. Default
    /// 0.25 (OUR CHOICE).
    /// </summary>
    public double Epsilon { get; init; } = 0.25;

    /// <summary>
    /// α, which multiplies the output, above 0. The larger, the longer training stays lazy. Give the optimizer a learning rate of
    /// η₀/α², as the authors do. Default 1.
    /// </summary>
    public double Scale { get; init; } = 1;

    /// <summary>
    /// True, the default: what the network says at first is taken off, so that it begins with 0 everywhere. The first weights are kept
    /// beside the trained ones in every checkpoint.
    /// </summary>
    public bool Centred { get; init; } = true;

    /// <summary>Standard deviation of the first weights, above 0. Default 1 (OUR CHOICE).</summary>
    public double Deviation { get; init; } = 1;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (Width is < 1 or > 1_048_576) { yield return new("width", $"width is {Width}; give a width from 1 to 1048576."); }
        if (Epsilon is not (>= 0 and <= 1000)) { yield return new("epsilon", $"epsilon is {Epsilon}; give a number from 0 to 1000."); }
        if (Scale is not (> 0 and <= 1e6))
        {
            yield return new("scale", $"scale is {Scale}; give a number above 0 and at most 1000000, usually 1.");
        }
        if (Deviation is not (> 0 and <= 1e6))
        {
            yield return new("deviation", $"deviation is {Deviation}; give a number above 0 and at most 1000000, usually 1.");
        }
    }
}
