using GrokPipeline.Tables;

namespace GrokPipeline.Data.ShiftKinds;

/// <summary>Options of <see cref="Rescale"/>.</summary>
public sealed record RescaleOptions : IOptions
{
    /// <summary>The split whose features are changed. Default <c>validation</c>.</summary>
    public string Of { get; init; } = "validation";

    /// <summary>What features are multiplied by, −1e6 to 1e6. Default 1.</summary>
    public double Factor { get; init; } = 1;

    /// <summary>What is added to them, −1e6 to 1e6. Default 0.</summary>
    public double Offset { get; init; }

    /// <summary>Standard deviation of Gaussian noise that is added, 0 to 1e6. Default 0.</summary>
    public double Noise { get; init; }

    /// <summary>How much of all this is done, 0 (nothing) to 1e6. Default 1.</summary>
    public double Strength { get; init; } = 1;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (!(Math.Abs(Factor) <= 1e6)) { yield return new("factor", $"factor is {Factor}; give a number from -1e6 to 1e6, 1 for none."); }
        if (!(Math.Abs(Offset) <= 1e6)) { yield return new("offset", $"offset is {Offset}; give a number from -1e6 to 1e6, 0 for none."); }
        if (!(Noise is >= 0 and <= 1e6)) { yield return new("noise", $"noise is {Noise}; give a number from 0 to 1e6."); }
        if (!(Strength is >= 0 and <= 1e6)) { yield return new("strength", $"strength is {Strength}; give a number from 0 to 1e6."); }
        if (Factor == 1 && Offset == 0 && Noise == 0)
        {
            yield return new("factor", "nothing is changed; give a factor, an offset or a noise, and strength: 0 for none of it.");
        }
    }
}

/// <summary>Rows with other features, <c>x + strength·((factor − 1)·x + offset + noise·N(0, 1))</c>, and the same labels.</summary>
public sealed class Rescale(RescaleOptions options) : RowShift
{
    /// <inheritdoc/>
    public override ShiftType Type => ShiftType.Covariate;

    /// <inheritdoc/>
    public override string Of => options.Of;

    /// <inheritdoc/>
    public override string Action =>
        $" with features changed by {options.Strength} times (factor {options.Factor}, offset {options.Offset}, noise {options.Noise})";

    /// <inheritdoc/>
    public override IEnumerable<OptionProblem> StepProblems(Dataset dataset, SplitSpec split)
    {
        if (dataset.Facts.Features is null) { yield return new("kind", "rescale needs a dataset of features, such as gaussian_subclasses."); }
    }

    /// <inheritdoc/>
    protected override Table Change(Table rows, ShiftInput input)
    {
        var column = rows.Schema[input.Dataset.Facts.Features ?? "x"];
        var (x, stream) = (rows.Vector(column.Name).ToArray(), input.Seed.Derive("noise").Stream());
        for (var i = 0; i < x.Length; i++)
        {
            var noise = options.Noise > 0 ? options.Noise * stream.NextNormal() : 0;
            x[i] = (float)(x[i] + (options.Strength * (((options.Factor - 1) * x[i]) + options.Offset + noise)));
        }
        return rows.With(ColumnValues.Vector(column.Name, column.Width, x, column.Description));
    }
}
