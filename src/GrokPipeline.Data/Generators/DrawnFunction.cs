using GrokPipeline.Tables;

namespace GrokPipeline.Data.Generators;

/// <summary>
/// A dataset whose rows are drawn and whose target is a function of them: one or more real numbers. Columns <c>row</c>, <c>x</c> (the
/// features) and <c>y</c> (the target). The rows of a split come from a stream of its own: asking for more of them changes none.
/// </summary>
public abstract class DrawnFunction : Dataset
{
    /// <summary>The name of the column of features.</summary>
    internal const string FeaturesName = "x";

    /// <summary>The name of the column of targets.</summary>
    internal const string TargetName = "y";

    private int MostRows => Math.Min(10_000_000, Array.MaxLength / Math.Max(Facts.FeatureCount, Facts.Outputs));

    /// <inheritdoc/>
    public sealed override IEnumerable<OptionProblem> Problems(SplitSpec split)
    {
        if (split.Train is null) { yield return new("train", "no train is asked for; give one, for instance train: { rows: 100 }."); }
        foreach (var (name, part) in split.Parts())
        {
            if (part.Fraction is not null || part.Rest)
            {
                yield return new(name, $"these rows are drawn, not listed, so that {part} says nothing; give {{ rows: 100 }}.");
            }
            else if (part.ShiftedPerClass is not null || part.SubclassRate is not null)
            {
                yield return new(name, "this dataset has no subclasses; give { rows: 100 }.");
            }
            else if (part.Rows is null) { yield return new($"{name}.rows", "give a number of rows, for instance rows: 100."); }
            else if (part.Rows < 1 || part.Rows > MostRows)
            {
                yield return new($"{name}.rows", $"rows is {part.Rows}; give 1 to {MostRows}.");
            }
        }
    }

    /// <inheritdoc/>
    public sealed override IReadOnlyList<(string Name, Table Rows)> Split(SplitSpec split, ReadOnlySpan<bool> heldOut, Seed seed)
    {
        var parts = new List<(string, Table)>();
        foreach (var (name, part) in split.Parts()) { parts.Add((name, Draw(part.Rows ?? 0, seed, seed.Derive($"rows/{name}")))); }
        return parts;
    }

    /// <summary>The facts of such a dataset.</summary>
    private protected static DatasetFacts FactsOf(int features, int outputs, double tolerance, string operation) => new()
    {
        Kind = InputKind.Features,
        TargetKind = TargetKind.Real,
        Outputs = outputs,
        Tolerance = tolerance,
        Target = TargetName,
        Operation = operation,
        Features = FeaturesName,
        FeatureCount = features,
    };

    /// <summary>What is wrong with a tolerance.</summary>
    internal static IEnumerable<OptionProblem> ToleranceProblems(double tolerance)
    {
        if (!(tolerance > 0 && tolerance <= 1e6))
        {
            yield return new("tolerance", $"tolerance is {tolerance}; give a squared error above 0 and up to 1e6, for instance 0.01.");
        }
    }

    /// <summary>Draws one row.</summary>
    /// <param name="stream">Where its features come from.</param>
    /// <param name="features">Receives the features.</param>
    private protected abstract void DrawFeatures(RandomStream stream, Span<float> features);

    /// <summary>Makes the function from features to targets.</summary>
    /// <param name="datasetSeed">The dataset's seed, from which what is fixed of it comes.</param>
    /// <param name="rowsSeed">The seed of the rows, for what is random in their targets.</param>
    private protected abstract TargetFunction FunctionOf(Seed datasetSeed, Seed rowsSeed);

    private Table Draw(int rows, Seed datasetSeed, Seed rowsSeed)
    {
        var (width, outputs) = (Facts.FeatureCount, Facts.Outputs);
        var (x, y, numbers) = (new float[rows * width], new float[rows * outputs], new long[rows]);
        var stream = rowsSeed.Derive("features").Stream();
        var function = FunctionOf(datasetSeed, rowsSeed);
        for (var row = 0; row < rows; row++)
        {
            numbers[row] = row;
            var features = x.AsSpan(row * width, width);
            DrawFeatures(stream, features);
            function(features, y.AsSpan(row * outputs, outputs));
        }
        return Table.Of(
            ColumnValues.Of("row", numbers, "Index in this table"),
            ColumnValues.Vector(FeaturesName, width, x, "Features"),
            ColumnValues.Vector(TargetName, outputs, y, "Target"));
    }

    /// <summary>From the features of a row to its targets; rows come in their order.</summary>
    private protected delegate void TargetFunction(ReadOnlySpan<float> features, Span<float> targets);
}
