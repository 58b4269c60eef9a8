using GrokPipeline.Evaluation.Theory;

namespace GrokPipeline.Tests.Grokking;

public sealed class LinearStructureTests
{
    [Fact]
    public void All_pairs_force_a_line_and_predict_themselves()
    {
        var all = Pairs(10).ToArray();
        var structure = new LinearStructure(10, all);
        Assert.Equal((2, 0, 1.0), (structure.Nullity, structure.DegreesOfFreedom, structure.IdealAccuracy(all)));
    }

    [Fact]
    public void One_equation_says_little()
    {
        // 0 + 3 = 1 + 2 takes one dimension of four away; 1 + 1 has no companion in train, and 0 + 2 = 1 + 1 does not follow.
        var structure = new LinearStructure(4, [(0, 3), (2, 1), (1, 1)]);
        Assert.Equal(3, structure.Nullity);
        Assert.True(structure.Predicts((3, 0)));
        Assert.False(structure.Predicts((0, 2)));
        Assert.False(structure.Predicts((2, 2)));
        Assert.Equal(0.5, structure.IdealAccuracy([(1, 2), (0, 2)]));
    }

    [Fact]
    public void Equations_imply_others()
    {
        // E1 − E0 = E2 − E1 and E2 − E1 = E3 − E2 give E3 + E0 = E1 + E2, of which train has one side.
        var structure = new LinearStructure(4, [(0, 2), (1, 1), (1, 3), (2, 2), (0, 3)]);
        Assert.Equal(0, structure.DegreesOfFreedom);
        Assert.True(structure.Predicts((1, 2)));
        Assert.False(structure.Predicts((3, 3)));          // no pair of train has the sum 6
    }

    [Fact]
    public void The_rank_is_that_of_floating_point_elimination_of_every_equation()
    {
        for (var seed = 0UL; seed < 20; seed++)
        {
            var train = Drawn(12, 30, seed);
            var rows = train.SelectMany(one => train.Where(other => one.A + one.B == other.A + other.B).Select(other =>
            {
                var row = new double[12];
                row[one.A]++;
                row[one.B]++;
                row[other.A]--;
                row[other.B]--;
                return row;
            })).ToList();
            Assert.Equal(12 - Rank(rows), new LinearStructure(12, train).Nullity);
        }
    }

    // Shares of 200 draws whose train forces a line; our own count of the paper's question, whose answer is "near 0.4" for p = 10.
    [Theory]
    [InlineData(10, 0.30, 0.00)]
    [InlineData(10, 0.35, 0.10)]
    [InlineData(10, 0.40, 0.39)]
    [InlineData(10, 0.45, 0.82)]
    [InlineData(10, 0.50, 0.95)]
    [InlineData(10, 0.60, 0.98)]
    [InlineData(20, 0.20, 0.15)]
    [InlineData(20, 0.25, 0.72)]
    [InlineData(20, 0.30, 0.97)]
    public void A_line_is_forced_beyond_a_critical_share_of_train(int values, double fraction, double expected)
    {
        var rows = (int)Math.Round(fraction * values * (values + 1) / 2, MidpointRounding.AwayFromZero);
        var forced = Enumerable.Range(0, 200).Count(seed => new LinearStructure(values, Drawn(values, rows, (ulong)seed)).DegreesOfFreedom == 0);
        Assert.InRange(forced / 200.0, expected - 0.1, expected + 0.1);
    }

    [Fact]
    public void Operands_out_of_range_are_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new LinearStructure(3, [(0, 3)]));

    private static IEnumerable<(int A, int B)> Pairs(int values) =>
        from a in Enumerable.Range(0, values) from b in Enumerable.Range(a, values - a) select (a, b);

    private static (int A, int B)[] Drawn(int values, int rows, ulong seed)
    {
        var pairs = Pairs(values).ToArray();
        new Seed(seed).Derive("pairs").Stream().Shuffle(pairs.AsSpan());
        return pairs[..rows];
    }

    private static int Rank(List<double[]> rows)
    {
        var rank = 0;
        for (var column = 0; column < 12 && rank < rows.Count; column++)
        {
            var pivot = Enumerable.Range(rank, rows.Count - rank).MaxBy(row => Math.Abs(rows[row][column]));
            if (Math.Abs(rows[pivot][column]) < 1e-9) { continue; }
            (rows[rank], rows[pivot]) = (rows[pivot], rows[rank]);
            for (var row = rank + 1; row < rows.Count; row++)
            {
                var factor = rows[row][column] / rows[rank][column];
                for (var i = column; i < 12; i++) { rows[row][i] -= factor * rows[rank][i]; }
            }
            rank++;
        }
        return rank;
    }
}
