using GrokPipeline.Graphs;
using GrokPipeline.Training;
using GrokPipeline.Training.Losses;
using GrokPipeline.Training.Optimizers;
using MathNet.Numerics.LinearAlgebra;

namespace GrokPipeline.Tests.Training;

/// <summary>The spectral entropy of matrices as a part of what is made small.</summary>
public sealed class PenaltyTests
{
    private static readonly PenaltyOptions _penalty = new() { SpectralEntropy = 0.3 };

    [Theory]
    [InlineData(5, 8)]
    [InlineData(8, 5)]
    [InlineData(6, 6)]
    [InlineData(1, 4)]
    public void The_gradient_agrees_with_differences_of_the_entropy_of_another_librarys_singular_values(int rows, int columns)
    {
        var matrix = new Initializer(Distribution.Normal, 0.7).Draw([rows, columns], new Seed(3));
        var values = matrix.AsSpan<float>().ToArray();
        var gradient = new float[values.Length];
        var entropy = new EntropyGradient([rows, columns]).Of(values, gradient);
        Assert.Equal(Entropy(Array.ConvertAll(values, v => (double)v), rows, columns), entropy, 1e-12);
        for (var i = 0; i < values.Length; i++)
        {
            var (up, down) = (Array.ConvertAll(values, v => (double)v), Array.ConvertAll(values, v => (double)v));
            up[i] += 1e-5;
            down[i] -= 1e-5;
            Assert.Equal((Entropy(up, rows, columns) - Entropy(down, rows, columns)) / 2e-5, gradient[i], 1e-6);
        }
    }

    [Fact]
    public void Directions_of_singular_values_that_are_0_get_no_gradient()
    {
        var gradient = new float[12];
        // Rank 1, σ = √(14·30): all of S is in one direction, its entropy is 0 and cannot fall.
        Assert.Equal(0, new EntropyGradient([3, 4]).Of([1, 2, 3, 4, 2, 4, 6, 8, 3, 6, 9, 12], gradient), 1e-12);
        Assert.All(gradient, value => Assert.Equal(0, value, 1e-7f));
        Assert.Equal(0, new EntropyGradient([3, 4]).Of(new float[12], gradient));
        Assert.All(gradient, value => Assert.Equal(0, value));
        Assert.True(double.IsNaN(new EntropyGradient([3, 4]).Of([.. Enumerable.Repeat(1f, 11), float.NaN], gradient)));
        Assert.All(gradient, value => Assert.True(float.IsNaN(value)));
    }

    [Fact]
    public void Memory_that_was_used_before_changes_nothing()
    {
        var (first, second) = (Drawn(1), Drawn(2));
        var kept = new EntropyGradient([7, 9]);
        var (fresh, again) = (new float[63], new float[63]);
        kept.Of(first, again);
        kept.Of([.. Enumerable.Repeat(float.NaN, 63)], again);
        Assert.Equal(new EntropyGradient([7, 9]).Of(second, fresh), kept.Of(second, again));
        Assert.Equal(fresh, again);

        static float[] Drawn(ulong seed) =>
            new Initializer(Distribution.Normal, 1).Draw([7, 9], new Seed(seed)).AsSpan<float>().ToArray();
    }

    [Fact]
    public void A_plain_step_moves_each_matrix_by_its_share_of_the_penalty_too_and_vectors_as_before()
    {
        var model = Small.Mlp(Small.Modular().Facts);
        var plan = Small.Plan(Small.Modular(), Small.Mlp, 1, new Sgd(new() { LearningRate = 0.5 }));
        var (with, without) = (Stepped(plan with { Penalty = _penalty }), Stepped(plan));
        var first = model.Initialize(plan.Seed);
        var matrices = model.Parameters.Count(spec => spec.Shape.Rank == 2);
        Assert.True(matrices >= 2);
        foreach (var spec in model.Parameters)
        {
            var gradient = new float[spec.Shape.Count];
            if (spec.Shape.Rank == 2) { new EntropyGradient(spec.Shape).Of(first[spec.Name].AsSpan<float>(), gradient); }
            var (a, b) = (with[spec.Name].AsSpan<float>().ToArray(), without[spec.Name].AsSpan<float>().ToArray());
            for (var i = 0; i < a.Length; i++) { Assert.Equal(b[i] - (0.5 * 0.3 / matrices * gradient[i]), a[i], 1e-6); }
        }
    }

    [Fact]
    public void Trained_with_it_the_entropy_falls_and_the_recorded_loss_is_that_of_the_rows()
    {
        var plan = Small.Plan(Small.Modular(), Small.Mlp, 60, new AdamW(new() { LearningRate = 0.01, WeightDecay = 0 }));
        var strong = plan with { Penalty = new() { SpectralEntropy = 3 } };
        Assert.True(Mean(Stepped(strong)) < Mean(Stepped(plan)) - 0.1, $"{Mean(Stepped(strong))} against {Mean(Stepped(plan))}.");
        var (with, without) = (Small.Train(strong), Small.Train(plan));
        Assert.Equal((without[1].Loss, without[1].GradientNorm), (with[1].Loss, with[1].GradientNorm));
        Assert.NotEqual(without[2].Loss, with[2].Loss);

        static double Mean(IReadOnlyDictionary<string, Tensor> parameters) => parameters.Values.Where(tensor => tensor.Shape.Rank == 2)
            .Average(tensor => new EntropyGradient(tensor.Shape).Of(tensor.AsSpan<float>(), new float[tensor.Shape.Count]));
    }

    [Fact]
    public void A_resumed_training_ends_with_the_same_bytes()
    {
        var plan = Small.Plan(Small.Modular(), Small.Mlp, 17, batch: 8) with { Penalty = _penalty };
        using var whole = new Trainer(plan, Small.Reference);
        Assert.Equal(18, whole.Run().Count());
        TrainingState state;
        using (var first = new Trainer(plan, Small.Reference))
        {
            Assert.Equal(10, first.Run().Take(10).Count());
            state = TrainingState.Read(new MemoryStream(first.Snapshot().Bytes()), "state");
        }
        using var second = new Trainer(plan, Small.Reference);
        Assert.Equal(8, second.Run(state).Count());
        Assert.Equal(whole.Snapshot().Bytes(), second.Snapshot().Bytes());
    }

    [Fact]
    public void Without_it_a_step_has_no_trace_of_it_and_with_it_one_input_for_each_matrix()
    {
        var model = Small.Mlp(Small.Modular().Facts);
        var plain = TrainStep.Of(model, 29, new AdamW(new()), new CrossEntropy());
        var step = TrainStep.Of(model, 29, new AdamW(new()), new CrossEntropy(), penalty: _penalty);
        Assert.Empty(plain.Fed);
        Assert.DoesNotContain("entropy_gradient", GraphText.Of(plain.Graph), StringComparison.Ordinal);
        var matrices = model.Parameters.Where(spec => spec.Shape.Rank == 2).Select(spec => spec.Name).ToArray();
        Assert.Equal(matrices.Select(name => $"{name}.entropy_gradient"), step.Fed.Select(input => input.Name));
        Assert.Equal(plain.OptimizerState, step.OptimizerState);
        var one = TrainStep.Of(model, 29, new AdamW(new()), new CrossEntropy(), penalty: _penalty with { Of = [matrices[1]] });
        Assert.Equal([$"{matrices[1]}.entropy_gradient"], one.Fed.Select(input => input.Name));
    }

    [Fact]
    public void Options_name_what_is_wrong_with_them()
    {
        Assert.Equal(["spectral_entropy"], new PenaltyOptions().Problems().Select(problem => problem.Option));
        Assert.Equal(
            ["spectral_entropy", "of"], new PenaltyOptions { SpectralEntropy = -1, Of = [] }.Problems().Select(problem => problem.Option));
        var error = Assert.Throws<GrokException>(
            () => (_penalty with { Of = ["hidden.0.bias"] }).Check(Small.Mlp(Small.Modular().Facts)));
        Assert.Contains("has no matrix 'hidden.0.bias'", error.Message, StringComparison.Ordinal);
    }

    private static IReadOnlyDictionary<string, Tensor> Stepped(TrainingPlan plan)
    {
        using var trainer = new Trainer(plan, Small.Reference);
        Assert.Equal(plan.Steps + 1, trainer.Run().Count());
        return trainer.Snapshot().Parameters;
    }

    private static double Entropy(double[] values, int rows, int columns)
    {
        var singular = Matrix<double>.Build.DenseOfRowMajor(rows, columns, values).Svd(false).S;
        var total = singular.Sum();
        return singular.Sum(value => value > 0 ? -value / total * Math.Log(value / total) : 0);
    }
}
