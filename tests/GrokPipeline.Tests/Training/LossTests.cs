using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Testing;
using GrokPipeline.Training.Losses;

namespace GrokPipeline.Tests.Training;

public sealed class LossTests
{
    public static TheoryData<string> Names => [.. Loss.All.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Graph_and_host_agree_on_the_mean_over_rows(string name)
    {
        var loss = Make(name);
        var (logits, targets) = Rows(rows: 9, classes: 11);
        var z = Value.Input("logits", logits.Type);
        var t = Value.Input("target", targets.Type);
        using var session = new ReferenceEngine(ElementType.Float64).Compile(
            Graph.Of("loss", [z, t], [new("loss", loss.Of(z, t))]), new CompileOptions());
        session.Write("logits", logits);
        session.Write("target", targets);
        session.Run();
        var result = new Tensor(new(ElementType.Float64, []));
        session.Read("loss", result);
        var expected = 0.0;
        for (var row = 0; row < 9; row++)
        {
            expected += loss.OfRow(logits.AsSpan<float>().Slice(row * 11, 11), (int)targets.AsSpan<long>()[row]) / 9;
        }
        Assert.Equal(expected, result.AsSpan<double>()[0], 1e-7);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Gradients_agree_with_differences(string name)
    {
        var (logits, targets) = Rows(rows: 3, classes: 5);
        var z = Value.Input("logits", logits.Type);
        var t = Value.Input("target", targets.Type);
        GradientCheck.Verify(
            Graph.Of(name, [z, t], [new("loss", Make(name).Of(z, t))]),
            new Dictionary<string, Tensor> { ["logits"] = logits, ["target"] = targets }, elements: 15);
    }

    [Theory]
    [InlineData(new[] { 0f })]
    [InlineData(new[] { 1f, 2f, 3f })]
    [InlineData(new[] { -1000f, 1000f })]
    [InlineData(new[] { 88f, 88f, 88f, 88f, 88f, 88f, 88f, 88f, 88f })]
    [InlineData(new[] { float.NegativeInfinity, 0f })]
    public void The_logarithm_of_a_sum_agrees_with_the_platforms(float[] scores)
    {
        var largest = (double)scores.Max();
        var expected = largest + Math.Log(scores.Sum(score => Math.Exp(score - largest)));
        Assert.Equal(expected, LogSumExp.Of(scores), 1e-12 * Math.Max(1, Math.Abs(expected)));
    }

    [Fact]
    public void The_logarithm_of_a_sum_agrees_on_random_scores()
    {
        var stream = new Seed(5).Stream();
        for (var round = 0; round < 200; round++)
        {
            var scores = new float[1 + stream.NextBelow(120)];
            for (var i = 0; i < scores.Length; i++) { scores[i] = (float)(20 * stream.NextNormal()); }
            var largest = (double)scores.Max();
            var expected = largest + Math.Log(scores.Sum(score => Math.Exp(score - largest)));
            Assert.Equal(expected, LogSumExp.Of(scores), 1e-13 * Math.Max(1, Math.Abs(expected)));
        }
    }

    [Fact]
    public void The_bits_are_those_of_every_machine()
    {
        var stream = new Seed(6).Stream();
        var scores = new float[97];
        foreach (ref var score in scores.AsSpan()) { score = (float)(5 * stream.NextNormal()); }
        Assert.Equal("402A54ABC3EE36EE", BitConverter.DoubleToInt64Bits(LogSumExp.Of(scores)).ToString("X16"));
    }

    [Fact]
    public void Scores_that_are_not_numbers_give_no_number()
    {
        Assert.True(double.IsNaN(LogSumExp.Of([1f, float.NaN, 2f])));
        Assert.True(double.IsNaN(LogSumExp.Of([float.NegativeInfinity])));
        Assert.True(double.IsPositiveInfinity(LogSumExp.Of([1f, float.PositiveInfinity])));
    }

    [Fact]
    public void Certainty_costs_less_than_float32_can_tell()
    {
        // e^−30 is far below the last digit of 1 in float32, in which this loss would be 0.
        Assert.Equal(Math.Exp(-30), new CrossEntropy().OfRow([30f, 0f], 0), 3e-16);
        Assert.Equal(30, new CrossEntropy().OfRow([30f, 0f], 1), 1e-12);
    }

    [Theory]
    [InlineData(0.25f, 0.75f, 1, 0.5)]
    [InlineData(0.25f, 0.75f, 0, 1.5)]
    [InlineData(-1f, 2f, 1, 0)]
    public void The_hinge_of_two_classes_is_one_minus_the_margin(float first, float second, int target, double expected) =>
        Assert.Equal(expected, new Hinge().OfRow([first, second], target));

    [Fact]
    public void The_hinge_pulls_at_the_right_class_and_at_its_best_rival_only()
    {
        var (loss, gradient) = LossAndGradient(new Hinge(), [0.5f, 0.25f, -3f, 0f, 2f, 0.5f], [0, 0]);
        Assert.Equal((0.75 + 3) / 2, loss, 1e-15);                                // 1 + 0.25 − 0.5 and 1 + 2 − 0
        Assert.Equal([-0.5, 0.5, 0, -0.5, 0.5, 0], gradient);
        var (none, still) = LossAndGradient(new Hinge(), [3f, 1f, 0f], [0]);
        Assert.Equal(0, none);
        Assert.All(still, share => Assert.Equal(0, share));
    }

    [Fact]
    public void StableMax_weighs_scores_by_a_line_above_0_and_a_hyperbola_below()
    {
        // s = 3, 1/2 and 1: the first class has 3 of 4.5.
        Assert.Equal(Math.Log(4.5 / 3), new StableMax().OfRow([2f, -1f, 0f], 0), 1e-15);
        Assert.Equal(Math.Log(4.5 / 0.5), new StableMax().OfRow([2f, -1f, 0f], 1), 1e-15);
        // d/dz of log Σs − log s_t is s'/Σs, less s'/s at the target; s' is 1 from 0 on, at 1 too, and 1/(1 − x)² below.
        var (_, gradient) = LossAndGradient(new StableMax(), [1f, 0f, -1f], [1]);
        double[] expected = [1 / 3.5, (1 / 3.5) - 1, 0.25 / 3.5];
        Assert.All(expected.Zip(gradient), pair => Assert.Equal(pair.First, pair.Second, 1e-15));
    }

    [Fact]
    public void StableMax_keeps_a_loss_in_float32_where_cross_entropy_has_none()
    {
        Assert.Equal(0, InFloat32(new CrossEntropy(), [40f, 0f], [0]));
        Assert.Equal(Math.Log(42.0 / 41), InFloat32(new StableMax(), [40f, 0f], [0]), 1e-7);
    }

    [Theory]
    [InlineData(30f)]
    [InlineData(20f)]
    public void In_float64_a_sure_answer_still_has_a_loss_and_a_gradient(float lead)
    {
        Assert.Equal(0, InFloat32(new CrossEntropy(), [lead, 0f], [0]));
        var loss = InFloat32(new CrossEntropy(LossPrecision.Float64), [lead, 0f], [0]);
        Assert.Equal(Math.Exp(-lead), loss, 3e-3 * Math.Exp(-lead));
        Assert.Equal(0, InFloat32(new CrossEntropy(LossPrecision.Float64), [40f, 0f], [0]));
    }

    private static double InFloat32(Loss loss, float[] scores, long[] targets)
    {
        var (graph, logits, target) = Losses(loss, scores, targets, gradient: false);
        using var session = new ReferenceEngine().Compile(graph, new CompileOptions());
        session.Write("logits", logits);
        session.Write("target", target);
        session.Run();
        var result = new Tensor(TensorType.Float32([]));
        session.Read("loss", result);
        return result.AsSpan<float>()[0];
    }

    private static (double Loss, double[] Gradient) LossAndGradient(Loss loss, float[] scores, long[] targets)
    {
        var (graph, logits, target) = Losses(loss, scores, targets, gradient: true);
        using var session = new ReferenceEngine(ElementType.Float64).Compile(graph, new CompileOptions());
        session.Write("logits", logits);
        session.Write("target", target);
        session.Run();
        var (value, gradient) = (new Tensor(new(ElementType.Float64, [])), new Tensor(new(ElementType.Float64, logits.Shape)));
        session.Read("loss", value);
        session.Read("gradient", gradient);
        return (value.AsSpan<double>()[0], gradient.AsSpan<double>().ToArray());
    }

    private static (Graph Graph, Tensor Logits, Tensor Targets) Losses(Loss loss, float[] scores, long[] targets, bool gradient)
    {
        var logits = Tensor.Of<float>([targets.Length, scores.Length / targets.Length], scores);
        var (z, t) = (Value.Input("logits", logits.Type), Value.Input("target", TensorType.Int64([targets.Length])));
        var cost = loss.Of(z, t);
        GraphOutput[] outputs = gradient ? [new("loss", cost), new("gradient", Gradients.Of(cost, [z])[0])] : [new("loss", cost)];
        return (Graph.Of("loss", [z, t], outputs), logits, Tensor.Of<long>([targets.Length], targets));
    }

    private static Loss Make(string name)
    {
        var entry = Loss.All.Find(name);
        return entry.Make((IOptions)Activator.CreateInstance(entry.OptionsType)!);      // catalogues ask for a parameterless constructor
    }

    private static (Tensor Logits, Tensor Targets) Rows(int rows, int classes)
    {
        var stream = new Seed(8).Stream();
        var logits = new Tensor(TensorType.Float32([rows, classes]));
        foreach (ref var z in logits.AsSpan<float>()) { z = (float)(2 * stream.NextNormal()); }
        var targets = new Tensor(TensorType.Int64([rows]));
        foreach (ref var t in targets.AsSpan<long>()) { t = stream.NextBelow(classes); }
        return (logits, targets);
    }
}
