using GrokPipeline.Data;
using GrokPipeline.Evaluation.Shifts;
using GrokPipeline.Tables;

namespace GrokPipeline.Tests.Shifts;

/// <summary>Measures of shift against closed forms, plain double loops, and chance.</summary>
public sealed class ShiftMeasureTests
{
    [Fact]
    public void Equal_histograms_are_at_distance_0_and_disjoint_ones_at_the_largest()
    {
        Assert.Equal(0, Histograms.TotalVariation([2, 4], [1, 2]));
        Assert.Equal(0, Histograms.JensenShannon([2, 4], [1, 2]), 1e-15);
        Assert.Equal(0, Histograms.KullbackLeibler([2, 4], [2, 4]), 1e-15);
        Assert.Equal(1, Histograms.TotalVariation([7, 0], [0, 3]));
        Assert.Equal(Math.Log(2), Histograms.JensenShannon([7, 0], [0, 3]), 1e-15);
        Assert.True(double.IsFinite(Histograms.KullbackLeibler([7, 0], [0, 3])));
    }

    [Fact]
    public void Distances_agree_with_computations_by_hand()
    {
        // p = (1/4, 3/4), q = (1/2, 1/2).
        Assert.Equal(0.25, Histograms.TotalVariation([1, 3], [2, 2]), 1e-15);
        // With a half added: p = (1.5, 3.5)/5, q = (2.5, 2.5)/5.
        Assert.Equal((0.3 * Math.Log(0.6)) + (0.7 * Math.Log(1.4)), Histograms.KullbackLeibler([1, 3], [2, 2]), 1e-15);
        var js = (0.25 * Math.Log(0.25 / 0.375)) + (0.75 * Math.Log(0.75 / 0.625))
            + (0.5 * Math.Log(0.5 / 0.375)) + (0.5 * Math.Log(0.5 / 0.625));
        Assert.Equal(js / 2, Histograms.JensenShannon([1, 3], [2, 2]), 1e-15);
    }

    [Fact]
    public void Energy_distance_and_discrepancy_agree_with_plain_loops()
    {
        var (x, y) = (Normal(40 * 5, 1, 0), Normal(30 * 5, 2, 0.7f));
        var (energy, mmd) = TwoSample.Of(x, y, 5, 0, new Seed(0));
        var pooled = new List<double>();
        double D(float[] a, int i, float[] b, int j) => Math.Sqrt(
            Enumerable.Range(0, 5).Sum(k => Math.Pow((double)a[(i * 5) + k] - b[(j * 5) + k], 2)));
        for (var i = 0; i < 40; i++)
        {
            for (var j = 0; j < i; j++) { pooled.Add(D(x, i, x, j)); }
            for (var j = 0; j < 30; j++) { pooled.Add(D(x, i, y, j)); }
        }
        for (var i = 0; i < 30; i++)
        {
            for (var j = 0; j < i; j++) { pooled.Add(D(y, i, y, j)); }
        }
        pooled.Sort();
        var sigma = pooled.Count % 2 == 1 ? pooled[pooled.Count / 2] : (pooled[(pooled.Count / 2) - 1] + pooled[pooled.Count / 2]) / 2;
        double Mean(float[] a, float[] b, Func<double, double> f)
        {
            var terms = Enumerable.Range(0, a.Length / 5).SelectMany(i => Enumerable.Range(0, b.Length / 5)
                .Where(j => a != b || i != j).Select(j => f(D(a, i, b, j))));
            return terms.Average();
        }
        double Kernel(double d) => Math.Exp(-d * d / (2 * sigma * sigma));
        Assert.Equal((2 * Mean(x, y, d => d)) - Mean(x, x, d => d) - Mean(y, y, d => d), energy.Value, 1e-5);
        Assert.Equal(Mean(x, x, Kernel) + Mean(y, y, Kernel) - (2 * Mean(x, y, Kernel)), mmd.Value, 1e-5);
        Assert.True(double.IsNaN(energy.PValue));
    }

    [Fact]
    public void Gaussians_are_as_far_apart_as_their_closed_forms_say()
    {
        // X ~ N(0, 1), Y ~ N(1, 1): E|X − X′| = 2/√π, E|X − Y| = 2/√π·e^(−1/4) + erf(1/2), with erf(1/2) = 0.5204998778.
        var same = 2 / Math.Sqrt(Math.PI);
        var across = (same * Math.Exp(-0.25)) + 0.5204998778130465;
        var (energy, mmd) = TwoSample.Of(Normal(2000, 3, 0), Normal(2000, 4, 1), 1, 19, new Seed(1));
        Assert.Equal(2 * (across - same), energy.Value, 0.05);
        Assert.Equal(0.05, energy.PValue, 1e-12);
        // With σ² = s: E k(X, X′) = √(s/(s + 2)), E k(X, Y) the same times exp(−1/(2(s + 2))). σ is the median distance, about 1.07.
        var s = Math.Pow(PooledMedian(), 2);
        var within = Math.Sqrt(s / (s + 2));
        Assert.Equal(2 * within * (1 - Math.Exp(-1 / (2 * (s + 2)))), mmd.Value, 0.02);

        static double PooledMedian()
        {
            var all = Normal(2000, 3, 0).Concat(Normal(2000, 4, 1)).ToArray();
            var pairs = new List<double>();
            for (var i = 0; i < all.Length; i += 3)
            {
                for (var j = 1; j < i; j += 7) { pairs.Add(Math.Abs(all[i] - all[j])); }
            }
            pairs.Sort();
            return pairs[pairs.Count / 2];
        }
    }

    [Fact]
    public void Under_equal_distributions_the_p_values_are_uniform_and_the_means_0()
    {
        var energies = new List<TwoSampleResult>();
        var discrepancies = new List<TwoSampleResult>();
        for (var i = 0; i < 200; i++)
        {
            var (energy, mmd) = TwoSample.Of(Normal(60, (ulong)(1000 + i), 0), Normal(40, (ulong)(5000 + i), 0), 2, 19, new Seed((ulong)i));
            energies.Add(energy);
            discrepancies.Add(mmd);
        }
        foreach (var results in (List<TwoSampleResult>[])[energies, discrepancies])
        {
            Assert.InRange(results.Count(result => result.PValue <= 0.1), 8, 34);            // 20 expected, 3.3 standard deviations
            Assert.InRange(results.Average(result => result.PValue), 0.45, 0.6);             // 0.525: the samples themselves are counted
            var mean = results.Average(result => result.Value);
            var error = Math.Sqrt(results.Average(result => Math.Pow(result.Value - mean, 2)) / results.Count);
            Assert.InRange(mean / error, -3.5, 3.5);
        }
    }

    [Fact]
    public void A_classifier_tells_distant_samples_apart_and_equal_ones_not()
    {
        var (far, rows) = ClassifierTest.Of(Normal(400 * 3, 1, 0), Normal(300 * 3, 2, 4), 3, 0.95, new Seed(1));
        Assert.Equal(300, rows);
        Assert.InRange(far.Value, 0.99, 1);
        var (near, _) = ClassifierTest.Of(Normal(400 * 3, 1, 0), Normal(400 * 3, 2, 0), 3, 0.99, new Seed(1));
        Assert.InRange(0.5, near.Low, near.High);
        // Best possible accuracy between N(0, 1) and N(1, 1): Φ(1/2) = 0.6915.
        var (one, _) = ClassifierTest.Of(Normal(4000, 7, 0), Normal(4000, 8, 1), 1, 0.999, new Seed(1));
        Assert.InRange(0.6915, one.Low, one.High);
        Assert.Equal(0, ClassifierTest.Of(Normal(3, 1, 0), Normal(30, 1, 0), 1, 0.95, new Seed(1)).Rows);
    }

    [Fact]
    public void Rows_are_compared_by_class_group_and_features()
    {
        var facts = new DatasetFacts
        {
            Kind = InputKind.Features, Classes = 2, Target = "label", Group = "subclass", Groups = 3, Features = "x", FeatureCount = 2,
        };
        var (train, other) = (Rows(60, [0, 1], [0, 1, 2], 1, 0), Rows(40, [0, 0, 0, 1], [2], 2, 3));
        var measures = ShiftMeasures.Of(train, other, facts, new ShiftOptions { Rows = 30, Permutations = 19 }, new Seed(0));
        double Of(string on, string measure) => measures.Single(m => m.On == on && m.Measure == measure).Value.Value;
        Assert.Equal(0.25, Of("class", "total_variation"), 1e-12);
        Assert.Equal(2.0 / 3, Of("group", "total_variation"), 1e-12);
        Assert.Equal((30, 30), (measures.Single(m => m.Measure == "mmd2").Rows, measures.Single(m => m.Measure == "mmd2").TrainRows));
        Assert.True(Of("features", "classifier_accuracy") > 0.9);
        Assert.Equal(measures, ShiftMeasures.Of(train, other, facts, new ShiftOptions { Rows = 30, Permutations = 19 }, new Seed(0)));
        Assert.DoesNotContain(ShiftMeasures.Of(train, other, facts, new ShiftOptions { Rows = 0 }, new Seed(0)), m => m.On == "features");
    }

    [Fact]
    public void Operands_are_compared_as_one_hot_vectors()
    {
        var facts = new DatasetFacts { Kind = InputKind.Operands, Classes = 3, Target = "c", Operands = ["a", "b"], OperandValues = 3 };
        var rows = Table.Of(ColumnValues.Of("a", [0L, 2]), ColumnValues.Of("b", [1L, 1]), ColumnValues.Of("c", [1L, 0]));
        Assert.Equal([1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 0], ShiftMeasures.Sample(rows, facts, 10, new Seed(0)));
    }

    private static float[] Normal(int count, ulong seed, float mean)
    {
        var draws = new Seed(seed).Stream();
        return [.. Enumerable.Range(0, count).Select(_ => mean + (float)draws.NextNormal())];
    }

    private static Table Rows(int count, long[] labels, long[] groups, ulong seed, float mean) => Table.Of(
        ColumnValues.Vector("x", 2, Normal(2 * count, seed, mean)),
        ColumnValues.Of("label", [.. Enumerable.Range(0, count).Select(i => labels[i % labels.Length])]),
        ColumnValues.Of("subclass", [.. Enumerable.Range(0, count).Select(i => groups[i % groups.Length])]));
}
