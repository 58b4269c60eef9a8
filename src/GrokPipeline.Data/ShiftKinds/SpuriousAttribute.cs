using System.Globalization;
using GrokPipeline.Tables;

namespace GrokPipeline.Data.ShiftKinds;

/// <summary>Options of <see cref="SpuriousAttribute"/>.</summary>
public sealed record SpuriousAttributeOptions : IOptions
{
    /// <summary>The split whose rows are marked. Default <c>validation</c>.</summary>
    public string Of { get; init; } = "validation";

    /// <summary>
    /// Share of rows whose mark agrees with the label, in [0, 1]; the others have the mark of another class. 1 / classes says nothing.
    /// Default 0.95.
    /// </summary>
    public double Rate { get; init; } = 0.95;

    /// <summary>What a mark adds to its feature, −1e6 to 1e6; 0 marks nothing. Default 1.</summary>
    public double Size { get; init; } = 1;

    /// <summary>The feature that the mark of class 0 is added to; those of the next classes follow. Default 0.</summary>
    public int At { get; init; }

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (!(Rate is >= 0 and <= 1)) { yield return new("rate", $"rate is {Rate}; give a share from 0 to 1."); }
        if (!(Math.Abs(Size) <= 1e6)) { yield return new("size", $"size is {Size}; give a number from -1e6 to 1e6."); }
        if (At < 0) { yield return new("at", $"at is {At}; give the number of a feature, from 0."); }
    }
}

/// <summary>
/// Rows that carry a mark which tells the label most of the time and has nothing to do with it otherwise: one feature for each class. In
/// <c>train_shift</c> with one rate and in a shift with another, it says whether a model reads the mark. Column <c>attribute</c> holds the
/// class that is marked.
/// </summary>
public sealed class SpuriousAttribute(SpuriousAttributeOptions options) : RowShift
{
    /// <inheritdoc/>
    public override ShiftType Type => ShiftType.Concept;

    /// <inheritdoc/>
    public override string Of => options.Of;

    /// <inheritdoc/>
    public override string Action => string.Create(
        CultureInfo.InvariantCulture, $" with a mark of size {options.Size} that agrees with the label at the rate {options.Rate}");

    /// <inheritdoc/>
    public override IEnumerable<OptionProblem> StepProblems(Dataset dataset, SplitSpec split)
    {
        var facts = dataset.Facts;
        if (facts.IsReal)
        {
            yield return new("kind", "spurious_attribute marks classes; this dataset has real targets.");
        }
        else if (facts.Features is null)
        {
            yield return new("kind", "spurious_attribute needs a dataset of features, such as gaussian_subclasses.");
        }
        else if (facts.Classes > facts.FeatureCount)
        {
            yield return new("kind", $"marks of {facts.Classes} classes need as many features; this dataset has {facts.FeatureCount}.");
        }
        else if (options.At > facts.FeatureCount - facts.Classes)
        {
            yield return new("at",
                $"marks of {facts.Classes} classes from feature {options.At} on leave the {facts.FeatureCount} features; "
                + $"give 0 to {facts.FeatureCount - facts.Classes}.");
        }
    }

    /// <inheritdoc/>
    protected override Table Change(Table rows, ShiftInput input)
    {
        var facts = input.Dataset.Facts;
        var column = rows.Schema[facts.Features ?? "x"];
        var (x, labels) = (rows.Vector(column.Name).ToArray(), rows.Int64(facts.Target).ToArray());
        var (draws, others, marks) = (input.Seed.Derive("agrees").Stream(), input.Seed.Derive("other").Stream(), new long[rows.Rows]);
        for (var row = 0; row < marks.Length; row++)
        {
            // Both are drawn for every row: a higher rate keeps the rows that agree, and the marks of those that do not.
            var (agrees, other) = (draws.NextUniform() < options.Rate, facts.Classes > 1 ? others.NextBelow(facts.Classes - 1) : 0);
            marks[row] = agrees || facts.Classes == 1 ? labels[row] : other < labels[row] ? other : other + 1;
            var at = (row * column.Width) + options.At + (int)marks[row];
            x[at] = options.Size == 0 ? x[at] : (float)(x[at] + options.Size);
        }
        return rows.With(
            ColumnValues.Vector(column.Name, column.Width, x, column.Description),
            ColumnValues.Of("attribute", marks, "Class that the mark tells"));
    }
}
