using GrokPipeline.Data;
using GrokPipeline.Evaluation.Statistics;
using GrokPipeline.Tables;

namespace GrokPipeline.Evaluation.Shifts;

/// <summary>One measure of how far a distribution is from train.</summary>
/// <param name="On"><c>class</c>, <c>group</c> or <c>features</c>.</param>
/// <param name="Measure">
/// <c>total_variation</c>, <c>kl</c>, <c>jensen_shannon</c>, <c>energy_distance</c>, <c>mmd2</c> or <c>classifier_accuracy</c>.
/// </param>
/// <param name="Value">The number, and its interval where it has one.</param>
/// <param name="PValue">How often chance does as much; NaN where there is no test.</param>
/// <param name="Rows">Rows of the distribution behind it.</param>
/// <param name="TrainRows">Rows of train behind it.</param>
/// <param name="Expected">What rows of one distribution would give, for distances of counts; NaN for others, which are unbiased.</param>
public sealed record ShiftMeasure(
    string On, string Measure, Interval Value, double PValue, int Rows, int TrainRows, double Expected = double.NaN);

/// <summary>How far a distribution is from train: over classes and groups by counts, over inputs by samples.</summary>
public static class ShiftMeasures
{
    private const double Level = 0.95;

    /// <summary>All measures.</summary>
    /// <param name="train">The rows of train.</param>
    /// <param name="other">The rows of the distribution; of the same facts.</param>
    /// <param name="facts">What the columns mean.</param>
    /// <param name="options">Rows and permutations.</param>
    /// <param name="seed">Which rows and permutations.</param>
    public static IReadOnlyList<ShiftMeasure> Of(Table train, Table other, DatasetFacts facts, ShiftOptions options, Seed seed)
    {
        var measures = new List<ShiftMeasure>();
        if (train.Rows == 0 || other.Rows == 0) { return measures; }
        if (!facts.IsReal) { measures.AddRange(OnCounts("class", train, other, facts.Target, facts.Classes, options, seed)); }
        if (facts.Group is { } group && train.Schema.Contains(group) && other.Schema.Contains(group))
        {
            measures.AddRange(OnCounts("group", train, other, group, facts.Groups, options, seed));
        }
        if (options.Rows == 0) { return measures; }
        var (a, b) = (Sample(train, facts, options.Rows, seed.Derive("train")), Sample(other, facts, options.Rows, seed.Derive("other")));
        var width = WidthOf(facts);
        if (a.Length < 2 * width || b.Length < 2 * width) { return measures; }
        var (rows, trainRows) = (b.Length / width, a.Length / width);
        var (energy, mmd) = TwoSample.Of(a, b, width, options.Permutations, seed);
        measures.Add(new("features", "energy_distance", None(energy.Value), energy.PValue, rows, trainRows));
        measures.Add(new("features", "mmd2", None(mmd.Value), mmd.PValue, rows, trainRows));
        var (accuracy, held) = ClassifierTest.Of(a, b, width, Level, seed.Derive("classifier"));
        if (held > 0) { measures.Add(new("features", "classifier_accuracy", accuracy, double.NaN, held / 2, held / 2)); }
        return measures;
    }

    /// <summary>
    /// Some rows as vectors: the features, or each operand as one-hot; all rows when there are no more, else drawn without replacement.
    /// </summary>
    internal static float[] Sample(Table table, DatasetFacts facts, int most, Seed seed)
    {
        var rows = Enumerable.Range(0, table.Rows).ToArray();
        if (rows.Length > most) { seed.Stream().Shuffle(rows.AsSpan()); }
        var (count, width) = (Math.Min(most, rows.Length), WidthOf(facts));
        var sample = new float[count * width];
        if (facts.Features is { } features)
        {
            for (var i = 0; i < count; i++) { table.Vector(features).Slice(rows[i] * width, width).CopyTo(sample.AsSpan(i * width)); }
            return sample;
        }
        for (var k = 0; k < facts.Operands.Length; k++)
        {
            var values = table.Int64(facts.Operands[k]);
            for (var i = 0; i < count; i++) { sample[(i * width) + (k * facts.OperandValues) + (int)values[rows[i]]] = 1; }
        }
        return sample;
    }

    private static int WidthOf(DatasetFacts facts) =>
        facts.Kind == InputKind.Features ? facts.FeatureCount : facts.Operands.Length * facts.OperandValues;

    /// <summary>The total variation of a column, and what rows of one distribution would give.</summary>
    /// <param name="train">The rows of train.</param>
    /// <param name="other">The rows of the distribution.</param>
    /// <param name="column">An integer column.</param>
    /// <param name="values">How many values it takes, from 0.</param>
    /// <param name="permutations">Random relabellings, at least 1.</param>
    /// <param name="seed">Of these.</param>
    public static (double Value, double Expected) TotalVariation(
        Table train, Table other, string column, int values, int permutations, Seed seed)
    {
        var test = CountTest.Of(
            other.Int64(column), train.Int64(column), values, permutations, seed.Derive($"counts/{column}"),
            (p, q) => Histograms.TotalVariation(p, q))[0];
        return (test.Value, test.Expected);
    }

    private static IEnumerable<ShiftMeasure> OnCounts(
        string on, Table train, Table other, string column, int values, ShiftOptions options, Seed seed)
    {
        string[] names = ["total_variation", "kl", "jensen_shannon"];
        var tests = CountTest.Of(
            other.Int64(column), train.Int64(column), values, options.Permutations, seed.Derive($"counts/{on}"),
            (p, q) => Histograms.TotalVariation(p, q), (p, q) => Histograms.KullbackLeibler(p, q),
            (p, q) => Histograms.JensenShannon(p, q));
        return names.Zip(tests, (name, test) =>
            new ShiftMeasure(on, name, None(test.Value), test.PValue, other.Rows, train.Rows, test.Expected));
    }

    private static Interval None(double value) => new(value, double.NaN, double.NaN);
}
