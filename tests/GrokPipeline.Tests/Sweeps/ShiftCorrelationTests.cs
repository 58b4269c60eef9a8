using GrokPipeline.Evaluation.Statistics;
using GrokPipeline.Evaluation.Sweeps;
using GrokPipeline.Reports.Sweeps;

namespace GrokPipeline.Tests.Sweeps;

public sealed class ShiftCorrelationTests
{
    [Fact]
    public void It_agrees_with_a_published_example()
    {
        // IQ and hours of television of ten people: ρ = −29/165, two-sided p about 0.63.
        double[] x = [86, 97, 99, 100, 101, 103, 106, 110, 112, 113], y = [2, 20, 28, 27, 50, 29, 7, 17, 6, 12];
        var (value, p) = Spearman.Test(x, y, 5000, 0.95, new Seed(3));
        Assert.Equal(-29.0 / 165, value.Value, 1e-12);
        Assert.Equal(0.63, p, 0.03);
        Assert.InRange(value.Value, value.Low, value.High);
    }

    [Fact]
    public void Ties_share_their_ranks_and_infinities_are_last()
    {
        double[] y = [5, double.PositiveInfinity, 5, 1, double.PositiveInfinity];
        Assert.Equal([2.5, 4.5, 2.5, 1, 4.5], Spearman.Ranks(y));
        // Mid-ranks 1 to 5 against these: Pearson's correlation by hand is Σ(x−3)(y−3) / √(10·9) = ½ / √90.
        Assert.Equal(0.5 / Math.Sqrt(90), Spearman.Of([1, 2, 3, 4, 5], y), 1e-12);
        Assert.True(double.IsNaN(Spearman.Of([1, 1], [1, 2])));
    }

    [Fact]
    public void A_permutation_p_value_agrees_with_all_orders()
    {
        double[] x = [1, 2, 3, 4, 5], y = [2, 1, 4, 3, 5];
        var value = Spearman.Of(x, y);
        var all = Orders(y).ToArray();
        var exact = all.Count(order => Math.Abs(Spearman.Of(x, order)) >= Math.Abs(value) - 1e-12) / (double)all.Length;
        Assert.Equal(120, all.Length);
        Assert.Equal(exact, Spearman.Test(x, y, 20_000, 0.95, new Seed(1)).PValue, 0.01);

        static IEnumerable<double[]> Orders(double[] items) => items.Length == 0
            ? [[]]
            : items.SelectMany((item, i) => Orders([.. items[..i], .. items[(i + 1)..]]).Select(rest => (double[])[item, .. rest]));
    }

    [Fact]
    public void Members_that_never_generalize_are_ranked_last()
    {
        var summary = SweepSummary.Of(
        [
            With(Members.Of(0, 100, 200), 0.1), With(Members.Of(1, 100, 400), 0.2), With(Members.Of(2, 100, 800), 0.3),
            With(Members.Of(3, 100, null), 0.4), With(Members.Of(4, null, null), 0.5), Members.Failed(5), Members.Of(6, 100, 200),
        ]);
        var found = ShiftCorrelation.Of(summary)!;
        Assert.Equal((true, 5, 2, 4), (found.OfGroups, found.Members.Length, found.Never, found.Memorized));
        // Steps 1, 2, 3 and twice 4.5 against 1 to 5; of delays all in order.
        Assert.Equal(Spearman.Of([1, 2, 3, 4, 5], [1, 2, 3, 4.5, 4.5]), found.Step.Value.Value, 1e-12);
        Assert.Equal(1, found.Delay.Value.Value, 1e-12);
        var figure = ShiftFigure.Of(found);
        Assert.Contains("is 0.97 [", figure.File.Alternative, StringComparison.Ordinal);
        Assert.Contains("2 did not generalize and are ranked last.", figure.File.Alternative, StringComparison.Ordinal);
        Assert.Equal(6, figure.File.Csv.TrimEnd().Split('\n').Length);
    }

    [Fact]
    public void Without_two_shifts_there_is_nothing_to_correlate()
    {
        Assert.Null(ShiftCorrelation.Of(SweepSummary.Of([.. Enumerable.Range(0, 4).Select(i => With(Members.Of(i, 100, 200), 0.3))])));
        Assert.Null(ShiftCorrelation.Of(SweepSummary.Of([Members.Of(0, 100, 200), Members.Of(1, 100, 300), Members.Of(2, 100, 400)])));
    }

    [Fact]
    public void What_chance_gives_is_taken_away()
    {
        var (shifts, byChance) = (new double[] { 0.5, 0.4, 0.3 }, new double[] { 0.45, 0.3, 0.1 });
        var summary = SweepSummary.Of([.. Enumerable.Range(0, 3).Select(i =>
            Members.Of(i, 100, 200 * (i + 1)) with { Shift = new MemberShift(shifts[i], null, byChance[i]) })]);
        Assert.Equal(1, ShiftCorrelation.Of(summary)!.Step.Value.Value, 1e-12);
    }

    private static SweepMember With(SweepMember member, double shift) => member with { Shift = new(0, shift) };
}
