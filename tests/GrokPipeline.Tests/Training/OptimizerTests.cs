using GrokPipeline.Training;
using GrokPipeline.Training.Optimizers;

namespace GrokPipeline.Tests.Training;

/// <summary>Optimizers as graphs against plain loops over doubles, written from the papers' formulas.</summary>
public sealed class OptimizerTests
{
    private const int Steps = 60;
    private static readonly StepInputs _inputs = StepInputs.Of(new("theta", [3], new(Distribution.Constant, 0)));
    private static readonly double[] _start = [1.5, -2, 0.25];
    private static readonly double[] _curvature = [1, 10, 0.1];

    [Theory]
    [InlineData(0.9, 0.98, 1.0)]
    [InlineData(0.9, 0.999, 0.0)]
    [InlineData(0.0, 0.5, 0.3)]
    public void AdamW_on_a_parabola_agrees_with_its_formula(double beta1, double beta2, double decay)
    {
        var optimizer = new AdamW(new() { LearningRate = 0.05, Betas = [beta1, beta2], WeightDecay = decay });
        Close(Adam(0.05, beta1, beta2, 1e-8, l2: 0, decay), Run(optimizer));
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.3)]
    public void Adam_puts_l2_into_the_gradient(double l2)
    {
        var optimizer = new Adam(new() { LearningRate = 0.05, Betas = [0.9, 0.999], L2 = l2 });
        Close(Adam(0.05, 0.9, 0.999, 1e-8, l2, decay: 0), Run(optimizer));
    }

    [Fact]
    public void L2_and_weight_decay_are_not_the_same()
    {
        var coupled = Run(new Adam(new() { LearningRate = 0.05, Betas = [0.9, 0.98], L2 = 0.3 }));
        var decoupled = Run(new AdamW(new() { LearningRate = 0.05, WeightDecay = 0.3 }));
        Assert.True(Math.Abs(coupled[^1][0] - decoupled[^1][0]) > 1e-3);
    }

    [Theory]
    [InlineData(0.0, false)]
    [InlineData(0.9, false)]
    [InlineData(0.9, true)]
    public void Gradient_descent_agrees_with_its_formula(double momentum, bool nesterov)
    {
        var optimizer = new Sgd(new() { LearningRate = 0.02, Momentum = momentum, Nesterov = nesterov, L2 = 0.1 });
        var (theta, b) = (_start.ToArray(), new double[3]);
        var expected = new List<double[]>();
        for (var t = 0; t < Steps; t++)
        {
            for (var i = 0; i < 3; i++)
            {
                var g = (_curvature[i] * theta[i]) + (0.1 * theta[i]);
                b[i] = (momentum * b[i]) + g;
                theta[i] -= 0.02 * (nesterov ? g + (momentum * b[i]) : b[i]);
            }
            expected.Add(theta.ToArray());
        }
        Close(expected, Run(optimizer));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void Gradients_are_changed_before_decay_as_their_formulas_say(bool perpendicular, bool grokfast)
    {
        var slow = grokfast ? new GrokfastOptions { Alpha = 0.8, Lambda = 1.5 } : null;
        var gradient = new GradientOptions { Perpendicular = perpendicular, Grokfast = slow };
        var (theta, h) = (_start.ToArray(), new double[3]);
        var expected = new List<double[]>();
        for (var t = 0; t < Steps; t++)
        {
            var g = theta.Select((value, i) => _curvature[i] * value).ToArray();
            if (perpendicular) { g = Perpendicular(g, theta); }
            for (var i = 0; i < 3; i++)
            {
                h[i] = (0.8 * h[i]) + (0.2 * g[i]);
                theta[i] -= 0.01 * (g[i] + (grokfast ? 1.5 * h[i] : 0) + (0.1 * theta[i]));
            }
            expected.Add(theta.ToArray());
        }
        Close(expected, Run(new Sgd(new() { LearningRate = 0.01, L2 = 0.1, Gradient = gradient })));
    }

    [Fact]
    public void Every_optimizer_lets_gradients_be_changed_first()
    {
        var gradient = new GradientOptions { Grokfast = new() };
        Assert.Equal(["grokfast", "adam.m", "adam.v"], new AdamW(new() { Gradient = gradient }).Build(_inputs).Slots);
        Assert.Equal(["grokfast", "adam.m", "adam.v"], new Adam(new() { Gradient = gradient }).Build(_inputs).Slots);
        Assert.Equal(["grokfast", "momentum"], new Sgd(new() { Gradient = gradient, Momentum = 0.9 }).Build(_inputs).Slots);
    }

    [Fact]
    public void The_first_step_of_adam_is_the_learning_rate_whatever_the_gradient()
    {
        var after = Run(new Adam(new() { LearningRate = 0.05 }))[0];
        for (var i = 0; i < 3; i++) { Assert.Equal(_start[i] - (0.05 * Math.Sign(_start[i])), after[i], 1e-6); }
    }

    [Fact]
    public void Carried_corrections_keep_their_digits_in_float32()
    {
        // 1 − 0.999^t in single precision, after 1 to 60 steps, against powers in double precision.
        var (correction, exact) = (0f, 1.0);
        for (var t = 1; t <= Steps; t++)
        {
            correction = (correction * 0.999f) + 0.001f;
            exact *= 0.999;
            Assert.Equal(1, correction / (1 - exact), 1e-6);
        }
    }

    [Fact]
    public void Names_and_state_are_as_documented()
    {
        Assert.Equal(["adam", "adamw", "muon", "sgd"], Optimizer.All.Names);
        var adam = new AdamW(new()).Build(_inputs);
        Assert.Equal(["adam.m", "adam.v"], adam.Slots);
        Assert.Equal(["adam.beta1_correction", "adam.beta2_correction"], adam.Scalars.Select(scalar => scalar.Name));
        Assert.Equal(["weight_decay"], new AdamW(new()).Settings.Select(pair => pair.Key));
        Assert.Equal(["l2"], new Adam(new()).Settings.Select(pair => pair.Key));
        Assert.Empty(new Sgd(new()).Build(_inputs).Slots);
    }

    [Fact]
    public void Options_name_what_is_wrong_with_them()
    {
        static string[] Named(IOptions options) => [.. options.Problems().Select(problem => problem.Option)];
        Assert.Equal(
            ["learning_rate", "betas", "epsilon", "weight_decay"],
            Named(new AdamWOptions { LearningRate = double.NaN, Betas = [0.9], Epsilon = 0, WeightDecay = -1 }));
        Assert.Equal(["betas", "l2"], Named(new AdamOptions { Betas = [0.9, 1], L2 = double.PositiveInfinity }));
        Assert.Equal(["momentum"], Named(new SgdOptions { Momentum = 1 }));
        Assert.Equal(["nesterov"], Named(new SgdOptions { Nesterov = true }));
        Assert.Equal(["alpha", "lambda"], Named(new GrokfastOptions { Alpha = 1, Lambda = -1 }));
        Assert.Equal([""], Named(new GradientOptions()));
        Assert.Empty(Named(new GradientOptions { Perpendicular = true }));
        Assert.Empty(Named(new AdamWOptions()).Concat(Named(new AdamOptions())).Concat(Named(new SgdOptions())));
    }

    private static double[] Perpendicular(double[] g, double[] w)
    {
        var along = w.Zip(g, (x, y) => x * y).Sum() / w.Sum(x => x * x);
        var rest = g.Select((x, i) => x - (along * w[i])).ToArray();
        var scale = Math.Sqrt(g.Sum(x => x * x) / rest.Sum(x => x * x));
        return [.. rest.Select(x => x * scale)];
    }

    private static List<double[]> Adam(double rate, double beta1, double beta2, double epsilon, double l2, double decay)
    {
        var (theta, m, v) = (_start.ToArray(), new double[3], new double[3]);
        var path = new List<double[]>();
        for (var t = 1; t <= Steps; t++)
        {
            for (var i = 0; i < 3; i++)
            {
                var g = (_curvature[i] * theta[i]) + (l2 * theta[i]);
                m[i] = (beta1 * m[i]) + ((1 - beta1) * g);
                v[i] = (beta2 * v[i]) + ((1 - beta2) * g * g);
                var (mHat, vHat) = (m[i] / (1 - Math.Pow(beta1, t)), v[i] / (1 - Math.Pow(beta2, t)));
                theta[i] -= rate * ((mHat / (Math.Sqrt(vHat) + epsilon)) + (decay * theta[i]));
            }
            path.Add(theta.ToArray());
        }
        return path;
    }

    private static List<double[]> Run(Optimizer optimizer) => Parabola.Run(optimizer, [3], _start, _curvature, Steps);

    private static void Close(List<double[]> expected, List<double[]> actual) => Parabola.Close(expected, actual);
}
