using GrokPipeline.Evaluation.Theory;

namespace GrokPipeline.Tests.Grokking;

public sealed class LinearEstimatorTests
{
    // Solved with another quadrature, for a tolerance of 0.001 and a learning rate of 0.01; at 0.9545 the loss is a quarter of it.
    [Theory]
    [InlineData(0.1, 273, 297)]
    [InlineData(0.3, 441, 561)]
    [InlineData(0.5, 725, 1156)]
    [InlineData(0.7, 1290, 3139)]
    [InlineData(0.9, 2409, 22890)]
    public void Steps_of_memorization_and_generalization_are_those_of_the_table(double ratio, double memorization, double generalization)
    {
        var estimator = new LinearEstimator(ratio, 0.01);
        Assert.InRange(estimator.MemorizationStep(1e-3, 0.9545), memorization * 0.995, memorization * 1.005);
        Assert.InRange(estimator.GeneralizationStep(1e-3, 0.9545) ?? 0, generalization * 0.995, generalization * 1.005);
    }

    [Fact]
    public void More_inputs_than_rows_never_generalize()
    {
        var estimator = new LinearEstimator(1.5, 0.01);
        Assert.Null(estimator.GeneralizationStep(1e-3, 0.9545));
        Assert.Equal(1.0 / 3, estimator.GeneralizationLoss(1e5), 1e-9);
        Assert.True(estimator.MemorizationStep(1e-3, 0.9545) > 0);
    }

    // Moments of the distribution: E ν = 1, E ν² = 1 + ratio, E ν³ = 1 + 3·ratio + ratio².
    [Theory]
    [InlineData(0.1)]
    [InlineData(0.9)]
    [InlineData(1.5)]
    public void Means_over_the_eigenvalues_have_the_known_moments(double ratio)
    {
        Assert.Equal(1, MarchenkoPastur.Mean(ratio, _ => 1), 1e-12);
        Assert.Equal(1, MarchenkoPastur.Mean(ratio, value => value), 1e-12);
        Assert.Equal(1 + ratio, MarchenkoPastur.Mean(ratio, value => value * value), 1e-12);
        Assert.Equal(1 + (3 * ratio) + (ratio * ratio), MarchenkoPastur.Mean(ratio, value => value * value * value), 1e-12);
    }

    [Theory]
    [InlineData(0.25)]
    [InlineData(1.0)]
    [InlineData(4.0)]
    public void Accuracy_is_the_share_of_normal_errors_within_the_tolerance(double tolerance)
    {
        var stream = new Seed(7).Derive("errors").Stream();
        const int Rows = 100_000;
        var right = 0;
        for (var i = 0; i < Rows; i++)
        {
            var error = stream.NextNormal();
            right += error * error < tolerance ? 1 : 0;
        }
        Assert.Equal((double)right / Rows, LinearEstimator.Accuracy(1, tolerance), 0.006);
    }

    // t steps multiply the difference from the teacher by (1 − 2η·C)^t, C the covariance of the drawn rows. A difference of independent
    // normal entries has the mean losses of the identity, so that this power is the whole training.
    [Fact]
    public void Gradient_descent_on_drawn_rows_follows_the_integrals_within_5_percent()
    {
        const int Inputs = 300, Rows = 600;
        const double LearningRate = 0.004;
        var covariance = Covariance(Inputs, Rows);
        var estimator = new LinearEstimator((double)Inputs / Rows, LearningRate);
        var hundred = Power(StepOf(covariance, LearningRate, Inputs), 100, Inputs);
        foreach (var (step, difference) in Doubled(hundred, 100, 4, Inputs))
        {
            var generalization = Dot(difference, difference) / Inputs;
            var train = Dot(difference, Product(covariance, difference, Inputs)) / Inputs;
            Assert.InRange(generalization / estimator.GeneralizationLoss(step), 0.95, 1.05);
            Assert.InRange(train / estimator.TrainLoss(step), 0.95, 1.05);
        }
    }

    [Theory]
    [InlineData(0, 0.01)]
    [InlineData(double.NaN, 0.01)]
    [InlineData(0.5, 0)]
    [InlineData(0.5, double.PositiveInfinity)]
    public void Numbers_out_of_range_are_refused(double ratio, double learningRate) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new LinearEstimator(ratio, learningRate));

    private static double[] Covariance(int inputs, int rows)
    {
        var x = Normals(rows * inputs, "rows");
        var covariance = new double[inputs * inputs];
        for (var row = 0; row < rows; row++)
        {
            var values = x.AsSpan(row * inputs, inputs);
            for (var i = 0; i < inputs; i++)
            {
                for (var j = 0; j < inputs; j++) { covariance[(i * inputs) + j] += values[i] * values[j] / rows; }
            }
        }
        return covariance;
    }

    private static double[] StepOf(double[] covariance, double learningRate, int inputs) =>
        [.. covariance.Select((value, i) => (i % (inputs + 1) == 0 ? 1 : 0) - (2 * learningRate * value))];

    private static double[] Power(double[] step, int exponent, int inputs) => exponent == 1
        ? step
        : exponent % 2 == 0
            ? Power(Product(step, step, inputs), exponent / 2, inputs)
            : Product(step, Power(step, exponent - 1, inputs), inputs);

    private static IEnumerable<(int Step, double[] Difference)> Doubled(double[] difference, int step, int count, int inputs)
    {
        for (var i = 0; i < count; i++)
        {
            yield return (step, difference);
            (step, difference) = (2 * step, Product(difference, difference, inputs));
        }
    }

    private static double[] Product(double[] a, double[] b, int inputs)
    {
        var product = new double[a.Length];
        for (var i = 0; i < inputs; i++)
        {
            for (var j = 0; j < inputs; j++)
            {
                var factor = a[(i * inputs) + j];
                for (var k = 0; k < inputs; k++) { product[(i * inputs) + k] += factor * b[(j * inputs) + k]; }
            }
        }
        return product;
    }

    private static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();

    private static double[] Normals(int count, string use)
    {
        var stream = new Seed(20240516).Derive(use).Stream();
        return [.. Enumerable.Range(0, count).Select(_ => stream.NextNormal())];
    }
}
