using GrokPipeline.Training;
using GrokPipeline.Training.Losses;
using GrokPipeline.Training.Optimizers;

namespace GrokPipeline.Tests.Training;

/// <summary>Kinds of decay, noise on updates, norms that are kept, against plain loops over doubles.</summary>
public sealed class NoiseAndDecayTests
{
    private const int Steps = 40;
    private static readonly double[] _start = [1.5, -2, 0.25];
    private static readonly double[] _curvature = [1, 10, 0.1];

    [Fact]
    public void Decay_to_the_first_values_pulls_there_and_not_to_zero()
    {
        var optimizer = new AdamW(new() { LearningRate = 0.05, WeightDecay = 0.7, Decay = DecayKind.ToInit });
        Parabola.Close(
            Adam((theta, direction, t, i) => theta - (0.05 * (direction + (0.7 * (theta - _start[i]))))),
            Parabola.Run(optimizer, [3], _start, _curvature, Steps));
        var still = new AdamW(new() { LearningRate = 0.05, WeightDecay = 0.7, Decay = DecayKind.ToInit });
        Assert.Equal(_start, Parabola.Run(still, [3], _start, [0, 0, 0], 5)[^1]);
    }

    [Fact]
    public void Jiggle_stretches_a_tensor_by_one_number_a_step()
    {
        var optimizer = new AdamW(new() { LearningRate = 0.05, WeightDecay = 0.7, Decay = DecayKind.Jiggle });
        Parabola.Close(
            Adam((theta, direction, t, i) => (theta * Math.Exp(Number(t) * 0.05 * 0.7)) - (0.05 * direction)),
            Parabola.Run(optimizer, [3], _start, _curvature, Steps, (name, t) => name == "theta.jiggle" ? [Number(t)] : []));

        static double Number(int t) => Math.Sin(t + 1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Noise_on_updates_is_added_to_the_direction_before_the_learning_rate(bool decoupled)
    {
        Optimizer optimizer = decoupled
            ? new AdamW(new() { LearningRate = 0.05, WeightDecay = 0.7, UpdateNoise = 0.3 })
            : new Adam(new() { LearningRate = 0.05, Betas = [0.9, 0.98], UpdateNoise = 0.3 });
        Parabola.Close(
            Adam((theta, direction, t, i) => theta - (0.05 * (direction + (0.3 * Noise(t, i)) + (decoupled ? 0.7 * theta : 0)))),
            Parabola.Run(optimizer, [3], _start, _curvature, Steps, (_, t) => [Noise(t, 0), Noise(t, 1), Noise(t, 2)]));

        static double Noise(int t, int i) => Math.Cos((3 * t) + i);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(0.5)]
    public void A_kept_norm_is_that_of_step_0_or_a_number(double? number)
    {
        var norm = number ?? Math.Sqrt(_start.Sum(x => x * x));
        var optimizer = new Sgd(new() { LearningRate = 0.02, Clamp = new() { Norm = new(number) } });
        var (theta, expected) = (_start.ToArray(), new List<double[]>());
        for (var t = 0; t < Steps; t++)
        {
            theta = [.. theta.Select((x, i) => x - (0.02 * _curvature[i] * x))];
            var now = Math.Sqrt(theta.Sum(x => x * x));
            theta = [.. theta.Select(x => x * norm / now)];
            expected.Add(theta);
        }
        Parabola.Close(expected, Parabola.Run(optimizer, [3], _start, _curvature, Steps));
    }

    [Theory]
    [InlineData(ClampScope.All)]
    [InlineData(ClampScope.Tensor)]
    public void In_a_training_all_norms_together_or_each_of_them_stay(ClampScope scope)
    {
        var plan = Small.Plan(
            Small.Modular(), Small.Mlp, 12, new AdamW(new() { LearningRate = 0.03, Clamp = new() { Of = scope } }));
        using var trainer = new Trainer(plan, Small.Reference);
        var first = plan.Model.Initialize(plan.Seed);
        var records = trainer.Run().ToList();
        var last = trainer.Snapshot().Parameters;
        Assert.Equal(Norm(first.Values), Norm(last.Values), 1e-4);
        var moved = first.Keys.Count(name => Math.Abs(Norm([first[name]]) - Norm([last[name]])) > 1e-4 * Norm([first[name]]));
        Assert.Equal(scope == ClampScope.Tensor, moved == 0);
        Assert.True(records[^1].Loss < records[1].Loss);
    }

    [Fact]
    public void A_parameter_without_rate_and_decay_keeps_its_bytes()
    {
        var groups = System.Collections.Immutable.ImmutableSortedDictionary<string, DecayGroupOptions>.Empty
            .Add("hidden", new() { LearningRate = 0, WeightDecay = 0 });
        var plan = Small.Plan(Small.Modular(), Small.Mlp, 9, new AdamW(new() { LearningRate = 0.03, Groups = groups }));
        using var trainer = new Trainer(plan, Small.Reference);
        Assert.Equal(10, trainer.Run().Count());
        var (first, last) = (plan.Model.Initialize(plan.Seed), trainer.Snapshot().Parameters);
        Assert.All(first, pair => Assert.Equal(
            pair.Key.StartsWith("hidden.", StringComparison.Ordinal), pair.Value.Bytes.SequenceEqual(last[pair.Key].Bytes)));
    }

    [Fact]
    public void A_decay_that_an_optimizer_lacks_is_refused_with_the_nearest_choice()
    {
        var problem = Assert.Single(new AdamOptions { Decay = DecayKind.ToInit }.Problems());
        Assert.Equal(
            "adam has no decay to_init: its l2 is a part of the gradient and pulls to zero. Use kind: adamw with decay: to_init, or leave "
            + "decay out.", problem.Problem);
        Assert.Contains("jiggle", Assert.Single(new SgdOptions { Decay = DecayKind.Jiggle }.Problems()).Problem, StringComparison.Ordinal);
        Assert.Empty(new AdamOptions { Decay = DecayKind.ToZero }.Problems());
        Assert.Equal("update_noise", Assert.Single(new AdamWOptions { UpdateNoise = -1 }.Problems()).Option);
        Assert.Equal("norm", Assert.Single(new ClampOptions { Norm = new(2), Of = ClampScope.Tensor }.Problems()).Option);
        Assert.Equal("norm", Assert.Single(new ClampOptions { Norm = new(0) }.Problems()).Option);
        Assert.Throws<GrokException>(() => ClampNorm.FromText("initial"));
        Assert.Equal((null, 2.5), (ClampNorm.FromText("init").Number, ClampNorm.FromText("2.5").Number));
    }

    [Fact]
    public void Trainings_without_these_options_have_the_inputs_they_had()
    {
        Assert.Empty(TrainStep.Of(Small.Mlp(Small.Modular().Facts), 5, new AdamW(new()), new CrossEntropy()).Fed);
    }

    private static double Norm(IEnumerable<Tensor> tensors) =>
        Math.Sqrt(tensors.Sum(tensor => tensor.AsSpan<float>().ToArray().Sum(x => (double)x * x)));

    // Adam with [0.9, 0.98], and what is done with its direction.
    private static List<double[]> Adam(Func<double, double, int, int, double> move)
    {
        var (theta, m, v, path) = (_start.ToArray(), new double[3], new double[3], new List<double[]>());
        for (var t = 0; t < Steps; t++)
        {
            for (var i = 0; i < 3; i++)
            {
                var g = _curvature[i] * theta[i];
                m[i] = (0.9 * m[i]) + (0.1 * g);
                v[i] = (0.98 * v[i]) + (0.02 * g * g);
                var direction = m[i] / (1 - Math.Pow(0.9, t + 1)) / (Math.Sqrt(v[i] / (1 - Math.Pow(0.98, t + 1))) + 1e-8);
                theta[i] = move(theta[i], direction, t, i);
            }
            path.Add(theta.ToArray());
        }
        return path;
    }
}
