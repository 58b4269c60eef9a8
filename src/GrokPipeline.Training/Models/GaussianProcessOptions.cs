namespace GrokPipeline.Training.Models;

/// <summary>
/// A Gaussian process with a radial kernel and a logistic likelihood (Miller et al. 2024 show that it groks too). A step moves length
/// scales and deviation along the gradient of Laplace's evidence; the process itself is fitted anew for each. Give it <c>sgd</c>.
/// </summary>
public sealed record GaussianProcessOptions : IOptions
{
    /// <summary>Rows of train, 2 to 1000: all of them are part of the model.</summary>
    public int Rows { get; init; } = 100;

    /// <summary>True: a length scale for each feature, so that features without use can be found out. Default false: one for all.</summary>
    public bool Ard { get; init; }

    /// <summary>The first length scale, above 0. Default 1. A small one memorizes.</summary>
    public double LengthScale { get; init; } = 1;

    /// <summary>The first deviation of the latent function, above 0. Default 1.</summary>
    public double Deviation { get; init; } = 1;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (Rows is < 2 or > 1000) { yield return new("rows", $"rows is {Rows}; give the rows of train, 2 to 1000."); }
        if (LengthScale is not (>= 1e-3 and <= 1e3))
        {
            yield return new("length_scale", $"length_scale is {LengthScale}; give a number from 0.001 to 1000, for instance 1.");
        }
        if (Deviation is not (>= 1e-3 and <= 1e3))
        {
            yield return new("deviation", $"deviation is {Deviation}; give a number from 0.001 to 1000, for instance 1.");
        }
    }
}
