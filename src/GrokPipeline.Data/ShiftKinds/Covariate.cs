using GrokPipeline.Data.Generators;
using GrokPipeline.Tables;

namespace GrokPipeline.Data.ShiftKinds;

/// <summary>Options of <see cref="Covariate"/>.</summary>
public sealed record CovariateOptions : IOptions
{
    /// <summary>Standard deviation of the features instead of the dataset's, 0 to 1e6. Default 0.25.</summary>
    public double Sigma { get; init; } = 0.25;

    /// <summary>How many rows are drawn, uniform over all subclasses. Default 4000.</summary>
    public int Rows { get; init; } = 4000;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (!(Sigma >= 0 && Sigma <= 1e6)) { yield return new("sigma", $"sigma is {Sigma}; give a number from 0 to 1e6."); }
    }
}

/// <summary>New rows around the same means with another spread.</summary>
public sealed class Covariate(CovariateOptions options) : Shift
{
    /// <inheritdoc/>
    public override ShiftType Type => ShiftType.Covariate;

    /// <inheritdoc/>
    public override string Description => $"new rows, uniform over all subclasses, with the standard deviation {options.Sigma}";

    /// <inheritdoc/>
    public override bool TakesRowsBeforeSplit => false;

    /// <inheritdoc/>
    public override IEnumerable<OptionProblem> Problems(Dataset dataset, SplitSpec split)
    {
        if (dataset is not GaussianSubclasses gaussian)
        {
            yield return new("kind", "covariate is for gaussian_subclasses; for other features use rescale, for instance factor: 1 and noise: 0.25.");
        }
        else if (gaussian.RowsProblem(options.Rows) is { } rows) { yield return new("rows", rows); }
    }

    /// <inheritdoc/>
    public override Table Apply(ShiftInput input)
    {
        var gaussian = (GaussianSubclasses)input.Dataset;
        return gaussian.Draw(options.Rows, options.Sigma, input.DatasetSeed, input.Seed.Derive("rows"));
    }
}
