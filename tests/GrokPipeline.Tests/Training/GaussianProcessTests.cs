using GrokPipeline.Tables;
using GrokPipeline.Training;
using GrokPipeline.Training.GaussianProcesses;
using GrokPipeline.Training.Models;
using GrokPipeline.Training.Optimizers;

namespace GrokPipeline.Tests.Training;

public sealed class GaussianProcessTests
{
    [Theory]
    [InlineData(1), InlineData(3)]
    public void The_gradient_of_the_evidence_agrees_with_differences(int scales)
    {
        var (kernel, labels) = (new RadialKernel(Numbers(14 * 3, 1), 14), Labels(14, 2));
        double[] at = [.. Enumerable.Range(0, scales).Select(k => 0.3 - (0.2 * k)), 0.4];
        double Evidence(double[] point) => LaplaceFit.Of(kernel.Of(point.AsSpan(0, scales), point[scales]), labels).LogEvidence;
        var (sensitivity, gradient) = (new double[14 * 14], new double[scales]);
        var matrix = kernel.Of(at.AsSpan(0, scales), at[scales]);
        LaplaceFit.Of(matrix, labels).AddSensitivity(sensitivity);
        var ofDeviation = kernel.Gradient(matrix, sensitivity, at.AsSpan(0, scales), gradient);
        for (var k = 0; k <= scales; k++)
        {
            double[] up = [.. at], down = [.. at];
            up[k] += 1e-5;
            down[k] -= 1e-5;
            Assert.Equal((Evidence(up) - Evidence(down)) / 2e-5, k < scales ? gradient[k] : ofDeviation, 1e-6);
        }
    }

    [Fact]
    public void At_the_mode_prior_and_likelihood_pull_equally()
    {
        var (kernel, labels) = (new RadialKernel(Numbers(30 * 2, 3), 30).Of([-0.5], 2), Labels(30, 4));
        var fit = LaplaceFit.Of(kernel, labels);
        for (var row = 0; row < 30; row++)
        {
            var latent = Enumerable.Range(0, 30).Sum(other => kernel[(row * 30) + other] * fit.Weights[other]);
            Assert.Equal((labels[row] ? 1 : 0) - (1 / (1 + Math.Exp(-latent))), fit.Weights[row], 1e-8);
        }
    }

    [Fact]
    public void The_evidence_of_one_row_is_near_one_half_and_that_of_unrelated_rows_a_product()
    {
        // ∫ σ(f)·N(f; 0, s²) df is ½ for any s; Laplace's approximation is good where s is small.
        Assert.Equal(Math.Log(0.5), LaplaceFit.Of([0.25], [true]).LogEvidence, 0.01);
        var three = LaplaceFit.Of([0.25, 0, 0, 0, 0.25, 0, 0, 0, 0.25], [true, false, true]).LogEvidence;
        Assert.Equal(3 * LaplaceFit.Of([0.25], [true]).LogEvidence, three, 1e-10);
    }

    [Fact]
    public void The_factor_solves_and_inverts()
    {
        var (numbers, matrix) = (Numbers(25 * 25, 5), new double[25 * 25]);
        for (var i = 0; i < 25; i++)
        {
            for (var j = 0; j < 25; j++)
            {
                matrix[(i * 25) + j] = Enumerable.Range(0, 25).Sum(k => (double)numbers[(i * 25) + k] * numbers[(j * 25) + k])
                    + (i == j ? 1 : 0);
            }
        }
        var factor = Cholesky.Of(matrix, 25);
        var (inverse, x) = (factor.Inverse(), Enumerable.Range(0, 25).Select(i => (double)i).ToArray());
        var product = Cholesky.Product(matrix, x);
        factor.Solve(product);
        for (var i = 0; i < 25; i++)
        {
            Assert.Equal(x[i], product[i], 1e-9);
            for (var j = 0; j < 25; j++)
            {
                Assert.Equal(i == j ? 1 : 0, Enumerable.Range(0, 25).Sum(k => matrix[(i * 25) + k] * inverse[(k * 25) + j]), 1e-9);
            }
        }
    }

    [Fact]
    public void Features_without_use_are_found_out_long_after_train_is_learnt()
    {
        var plan = Parity(rows: 60, features: 8, steps: 300);
        using var trainer = new GaussianProcessTrainer(plan, Small.Reference);
        var records = trainer.Run().ToList();
        Assert.Equal(TrainingEnding.Finished, trainer.Ending);
        Assert.True(records[^1].Loss < records[1].Loss, "the negative evidence falls");
        var (memorized, generalized) = (First(records, "train"), First(records, "validation"));
        Assert.Equal(0, memorized);
        Assert.InRange(generalized!.Value, 20, 290);
        Assert.InRange(records[0].Evaluation!["validation"]!.Value.Accuracy, 0.4, 0.85);
        var scales = trainer.Snapshot().Parameters["kernel.log_length_scale"].AsSpan<float>().ToArray();
        Assert.True(scales[..2].Max() < scales[2..].Min(), string.Join(", ", scales));
    }

    [Fact]
    public void The_graph_computes_the_kernel_times_the_weights()
    {
        var plan = Parity(rows: 20, features: 4, steps: 3);
        using var trainer = new GaussianProcessTrainer(plan, Small.Reference);
        foreach (var _ in trainer.Run()) { }
        var state = trainer.Snapshot().Parameters;
        var graph = plan.Model.Build(1).ToGraph("process");
        using var session = Small.Reference(graph);
        foreach (var (name, tensor) in state) { session.Write(name, tensor); }
        session.Write("features", Tensor.Of<float>([1, 4], [0.5f, -1, 2, 0.25f]));
        session.Run();
        var logits = new Tensor(TensorType.Float32([1, 2]));
        session.Read("logits", logits);
        var (z, alpha, scales) = (Floats("inputs"), Floats("alpha"), Floats("kernel.log_length_scale"));
        float[] x = [0.5f, -1, 2, 0.25f];
        var expected = Enumerable.Range(0, 20).Sum(row =>
        {
            var distance = Enumerable.Range(0, 4).Sum(k => Math.Pow((x[k] - z[(row * 4) + k]) / Math.Exp(scales[k]), 2));
            return alpha[(row * 2) + 1] * Math.Exp((2 * Floats("kernel.log_deviation")[0]) - (distance / 2)) / 2;
        });
        Assert.Equal(expected, logits.AsSpan<float>()[1], 1e-5);
        Assert.Equal(-logits.AsSpan<float>()[1], logits.AsSpan<float>()[0], 1e-5);

        float[] Floats(string name) => state[name].AsSpan<float>().ToArray();
    }

    [Fact]
    public void A_resumed_process_ends_with_the_same_bytes()
    {
        var plan = Parity(rows: 20, features: 4, steps: 9);
        using var whole = new GaussianProcessTrainer(plan, Small.Reference);
        foreach (var _ in whole.Run()) { }
        byte[] file;
        using (var begun = new GaussianProcessTrainer(plan, Small.Reference))
        {
            foreach (var _ in begun.Run().Take(5)) { }
            file = begun.Snapshot().Bytes();
        }
        using var resumed = new GaussianProcessTrainer(plan, Small.Reference);
        foreach (var _ in resumed.Run(TrainingState.Read(new MemoryStream(file), "state"))) { }
        Assert.Equal(whole.Snapshot().Bytes(), resumed.Snapshot().Bytes());
    }

    [Fact]
    public void What_a_process_cannot_be_trained_with_is_refused()
    {
        var plan = Parity(rows: 20, features: 4, steps: 3);
        string Refused(TrainingPlan other) =>
            Assert.Throws<GrokException>(() => new GaussianProcessTrainer(other, Small.Reference)).Problem;
        Assert.Contains("kind: sgd", Refused(plan with { Optimizer = new AdamW(new()) }), StringComparison.Ordinal);
        Assert.Contains("batch: full", Refused(plan with { BatchSize = 5 }), StringComparison.Ordinal);
        var larger = new GaussianProcess(new() { Rows = 21 }, plan.Facts);
        Assert.Contains("Train has 20 rows", Refused(plan with { Model = larger }), StringComparison.Ordinal);
        Assert.Contains("margin_min is not measured", Refused(plan with { Further = ["margin_min"] }), StringComparison.Ordinal);
        var error = Assert.Throws<GrokException>(() => new Trainer(plan, Small.Reference));
        Assert.Contains("not trained by steps", error.Problem, StringComparison.Ordinal);
    }

    // Signs, of which the product of the first two is the class.
    private static TrainingPlan Parity(int rows, int features, long steps)
    {
        var facts = Small.Features(features, 2);
        return new()
        {
            Model = new GaussianProcess(new() { Rows = rows, Ard = true, LengthScale = 1.2, Deviation = 2 }, facts),
            Facts = facts,
            Train = Signs(rows, features, 1),
            Scored = [new("validation", Signs(200, features, 2))],
            Optimizer = new Sgd(new() { LearningRate = 0.05 }),
            Steps = steps,
            Evaluate = new EvaluationSchedule(5),
            Seed = new Seed(0),
        };
    }

    private static Table Signs(int rows, int features, ulong seed)
    {
        var stream = new Seed(seed).Stream();
        var x = new float[rows * features];
        foreach (ref var value in x.AsSpan()) { value = (2 * stream.NextBelow(2)) - 1; }
        return Table.Of(
            ColumnValues.Vector("x", features, x),
            ColumnValues.Of(
                "label", [.. Enumerable.Range(0, rows).Select(row => x[row * features] * x[(row * features) + 1] > 0 ? 1L : 0L)]));
    }

    private static long? First(IEnumerable<StepRecord> records, string split) =>
        records.FirstOrDefault(record => record.Evaluation?[split] is { Accuracy: >= 0.95 })?.Step;

    private static float[] Numbers(int count, ulong seed)
    {
        var stream = new Seed(seed).Stream();
        return [.. Enumerable.Range(0, count).Select(_ => (float)stream.NextNormal())];
    }

    private static bool[] Labels(int count, ulong seed)
    {
        var stream = new Seed(seed).Stream();
        return [.. Enumerable.Range(0, count).Select(_ => stream.NextBelow(2) == 1)];
    }
}
