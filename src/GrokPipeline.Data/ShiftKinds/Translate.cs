using System.Collections.Immutable;
using System.Globalization;
using GrokPipeline.Tables;

namespace GrokPipeline.Data.ShiftKinds;

/// <summary>Options of <see cref="Translate"/>.</summary>
public sealed record TranslateOptions : IOptions
{
    /// <summary>The split whose features are moved. Default <c>validation</c>.</summary>
    public string Of { get; init; } = "validation";

    /// <summary>How far, as a Euclidean distance; 0 (nowhere) to 1e6. Default 1.</summary>
    public double Distance { get; init; } = 1;

    /// <summary>
    /// Where to: a number for each feature, of any length above 0; empty, the default, for a random direction, the same for all translations
    /// of a dataset.
    /// </summary>
    public ImmutableArray<double> Direction { get; init; } = [];

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (!(Distance is >= 0 and <= 1e6)) { yield return new("distance", $"distance is {Distance}; give a number from 0 to 1e6."); }
        if (!Direction.IsDefaultOrEmpty && (Direction.All(value => value == 0) || !Direction.All(double.IsFinite)))
        {
            yield return new("direction", "direction has no length, or is not finite; give finite numbers that are not all 0.");
        }
    }
}

/// <summary>Rows moved by one vector, with the same labels: a covariate shift of a known size.</summary>
public sealed class Translate(TranslateOptions options) : RowShift
{
    /// <inheritdoc/>
    public override ShiftType Type => ShiftType.Covariate;

    /// <inheritdoc/>
    public override string Of => options.Of;

    /// <inheritdoc/>
    public override string Action => string.Create(
        CultureInfo.InvariantCulture,
        $" moved by {options.Distance} in {(options.Direction.IsDefaultOrEmpty ? "a random" : "a given")} direction");

    /// <inheritdoc/>
    public override IEnumerable<OptionProblem> StepProblems(Dataset dataset, SplitSpec split)
    {
        if (dataset.Facts.Features is null) { yield return new("kind", "translate needs a dataset of features, such as gaussian_subclasses."); }
        else if (!options.Direction.IsDefaultOrEmpty && options.Direction.Length != dataset.Facts.FeatureCount)
        {
            yield return new("direction",
                $"direction has {options.Direction.Length} numbers; give one for each of {dataset.Facts.FeatureCount} features, or none.");
        }
    }

    /// <inheritdoc/>
    protected override Table Change(Table rows, ShiftInput input)
    {
        if (options.Distance == 0) { return rows; }
        var column = rows.Schema[input.Dataset.Facts.Features ?? "x"];
        var (x, direction, squares) = (rows.Vector(column.Name).ToArray(), new double[column.Width], 0.0);
        if (options.Direction.IsDefaultOrEmpty) { input.DatasetSeed.Derive("translate/direction").Stream().NextNormals(direction); }
        else { options.Direction.CopyTo(direction); }
        foreach (var value in direction) { squares += value * value; }
        var step = options.Distance / Math.Sqrt(squares);
        for (var i = 0; i < x.Length; i++) { x[i] = (float)(x[i] + (step * direction[i % column.Width])); }
        return rows.With(ColumnValues.Vector(column.Name, column.Width, x, column.Description));
    }
}
