using GrokPipeline.Evaluation.Theory;
using GrokPipeline.Tables;

namespace GrokPipeline.Stages.Reproductions;

/// <summary>
/// Train sets of sums a + b, a ≤ b, drawn without a model, and how many numbers their equations leave free: 2 means that embeddings must
/// lie on a line (Liu et al. 2022).
/// </summary>
internal static class LinearStructures
{
    private const int Draws = 200;

    private static readonly (int Values, double Fraction)[] _sets =
        [(10, 0.3), (10, 0.35), (10, 0.4), (10, 0.45), (10, 0.5), (10, 0.6), (20, 0.2), (20, 0.25), (20, 0.3)];

    /// <summary>Values of an operand, share of all pairs, seed, and the nullity.</summary>
    public static TableSchema Schema { get; } =
    [
        new("values", ColumnKind.Int64), new("fraction", ColumnKind.Float64), new("seed", ColumnKind.Int64), new("nullity", ColumnKind.Int64),
    ];

    /// <summary>Draws the sets and counts.</summary>
    public static Table Rows()
    {
        var builder = new TableBuilder(Schema);
        foreach (var (values, fraction) in _sets)
        {
            var count = (int)Math.Round(fraction * values * (values + 1) / 2, MidpointRounding.AwayFromZero);
            for (var seed = 0; seed < Draws; seed++)
            {
                builder.Add(values, fraction, seed, new LinearStructure(values, Drawn(values, (ulong)seed)[..count]).Nullity);
            }
        }
        return builder.ToTable();
    }

    private static (int A, int B)[] Drawn(int values, ulong seed)
    {
        var pairs = (from a in Enumerable.Range(0, values) from b in Enumerable.Range(a, values - a) select (a, b)).ToArray();
        new Seed(seed).Derive("pairs").Stream().Shuffle(pairs.AsSpan());
        return pairs;
    }
}
