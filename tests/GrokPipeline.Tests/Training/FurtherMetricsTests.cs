using System.Collections.Immutable;
using GrokPipeline.Data;
using GrokPipeline.Data.Generators;
using GrokPipeline.Data.ShiftKinds;
using GrokPipeline.Training;
using GrokPipeline.Training.Layers;
using GrokPipeline.Training.Losses;
using GrokPipeline.Training.Measures;
using GrokPipeline.Training.Models;
using GrokPipeline.Training.Optimizers;

namespace GrokPipeline.Tests.Training;

/// <summary>Metrics that are measured on request, each against plain arithmetic on the states before and after a step.</summary>
public sealed class FurtherMetricsTests
{
    private const double Rate = 0.05;

    // Ten steps of plain descent: g = (before − after) / rate gives the gradient without asking the graph for it.
    private readonly TrainingPlan _plan = Small.Plan(
        Small.Modular(), facts => new Mlp(new MlpOptions { Hidden = [12], Bias = false }, facts), steps: 10,
        new Sgd(new SgdOptions { LearningRate = Rate })) with
    { Further = FurtherMetrics.Names, Evaluate = new EvaluationSchedule(10) };

    [Fact]
    public void Asking_for_metrics_changes_no_bit_of_the_training()
    {
        var without = _plan with { Further = [] };
        using var asked = new Trainer(_plan, Small.Reference);
        using var plain = new Trainer(without, Small.Reference);
        var (first, second) = (asked.Run().ToList(), plain.Run().ToList());
        Assert.Equal(plain.Snapshot().Bytes(), asked.Snapshot().Bytes());
        Assert.Equal(second.Select(record => record.Loss), first.Select(record => record.Loss));
        Assert.All(second, record => Assert.Empty(record.Evaluation?.Further ?? []));
        Assert.Null(TrainingGraphs.Of(without).Features);
        Assert.Equal(["loss", "gradient_norm"], TrainingGraphs.Of(without).Step.Graph.Outputs
            .Select(output => output.Name).Where(name => !name.EndsWith('\'')));
    }

    [Fact]
    public void Weights_are_measured_as_plain_sums_say()
    {
        var (_, after, measured) = Run();
        var first = _plan.Model.Initialize(_plan.Seed);
        Assert.Equal(Norm(after["output.weight"]), Value(measured, "parameter_norm", "output.weight"), 1e-9);
        Assert.Equal(Norm(after["output.weight"]), Value(measured, "last_layer_norm"), 1e-9);
        var (now, then) = (Flat(after), Flat(first));
        Assert.Equal(Norm([.. now.Zip(then, (a, b) => a - b)]), Value(measured, "distance_to_init"), 1e-9);
        Assert.Equal(Dot(now, then) / (Norm(now) * Norm(then)), Value(measured, "cosine_to_init"), 1e-9);
    }

    [Fact]
    public void A_training_that_begins_with_another_ones_weights_measures_from_there()
    {
        using var before = new Trainer(_plan, Small.Reference);
        _ = before.Run().Last();
        var start = before.Snapshot();
        var plan = _plan with { Start = start, Further = ["distance_to_init", "cosine_to_init"] };
        using var second = new Trainer(plan, Small.Reference);
        var records = second.Run().ToList();
        var measured = records[^1].Evaluation!.Further;
        var (now, then) = (Flat(second.Snapshot().Parameters), Flat(start.Parameters));
        Assert.Equal(Norm([.. now.Zip(then, (a, b) => a - b)]), Value(measured, "distance_to_init"), 1e-9);
        Assert.Equal(Dot(now, then) / (Norm(now) * Norm(then)), Value(measured, "cosine_to_init"), 1e-9);
        Assert.NotEqual(0, Norm([.. then.Zip(Flat(plan.Model.Initialize(plan.Seed)), (a, b) => a - b)]));
    }

    [Fact]
    public void Entropies_agree_with_singular_values_to_full_precision()
    {
        var (_, after, measured) = Run();
        var spectra = after.Values.Select(tensor => (
            tensor.Shape.Count,
            Entropy: Spectrum.Entropy(GrokPipeline.Probes.SingularValues.Of(tensor.AsSpan<float>(), tensor.Shape[0], tensor.Shape[1])))).ToArray();
        Assert.Equal(spectra.Average(spectrum => spectrum.Entropy), Value(measured, "spectral_entropy"), 1e-5);
        Assert.Equal(
            spectra.Sum(spectrum => spectrum.Count * Math.Exp(spectrum.Entropy)) / spectra.Sum(spectrum => spectrum.Count),
            Value(measured, "effective_rank"), 1e-4);
    }

    [Fact]
    public void Margins_are_those_of_the_logits_of_train()
    {
        var (_, after, measured) = Run();
        var margins = Margins(_plan, after).Order().ToArray();
        Assert.Equal(margins[0], Value(measured, "margin_min", "train"), 1e-6);
        var at = 0.05 * (margins.Length - 1);
        var quantile = margins[(int)at] + ((at - (int)at) * (margins[(int)at + 1] - margins[(int)at]));
        Assert.Equal(quantile, Value(measured, "margin_q05", "train"), 1e-6);
        Assert.Equal(margins[0] / Math.Pow(Norm(Flat(after)), 2), Value(measured, "normalized_margin", "train"), 1e-7);
    }

    [Fact]
    public void The_direction_of_descent_is_compared_with_the_parameters_before_the_step()
    {
        var (before, after, measured) = Run();
        double[] descent = [.. Flat(after).Zip(Flat(before), (a, b) => (a - b) / Rate)];
        Assert.Equal(Dot(descent, Flat(before)) / (Norm(descent) * Norm(Flat(before))), Value(measured, "scaling_cosine", "train"), 1e-4);
    }

    [Fact]
    public void Features_move_by_what_the_last_step_moved_them()
    {
        var (before, after, measured) = Run();
        var (then, now) = (Read(_plan, before, "hidden.0"), Read(_plan, after, "hidden.0"));
        var expected = Norm([.. now.Zip(then, (a, b) => a - b)]) / Norm(then);
        Assert.InRange(expected, 1e-6, 0.5);
        Assert.Equal(expected, Value(measured, "feature_change", "pre_logits"), 1e-6);
    }

    [Fact]
    public void At_step_0_there_is_no_step_to_speak_of()
    {
        using var trainer = new Trainer(_plan, Small.Reference);
        var names = trainer.Run().First().Evaluation!.Further.Select(measurement => measurement.Metric).ToArray();
        Assert.DoesNotContain("scaling_cosine", names);
        Assert.DoesNotContain("feature_change", names);
        Assert.Contains("margin_min", names);
        Assert.DoesNotContain("worst_group_margin", names);                      // the data has no groups
    }

    [Fact]
    public void A_resumed_training_measures_the_same()
    {
        var plan = _plan with { Steps = 20, Evaluate = new EvaluationSchedule(5) };
        using var whole = new Trainer(plan, Small.Reference);
        var expected = whole.Run().Skip(14).SelectMany(record => record.Measurements()).ToList();
        using var first = new Trainer(plan, Small.Reference);
        _ = first.Run().Take(14).Last();
        using var second = new Trainer(plan, Small.Reference);
        Assert.Equal(expected, second.Run(first.Snapshot()).SelectMany(record => record.Measurements()).ToList());
    }

    [Fact]
    public void The_worst_group_is_the_one_with_the_least_mean_margin()
    {
        var data = DatasetBuilder.Build(new DatasetSpec
        {
            Use = "gaussian_subclasses", With = new GaussianSubclassesOptions(), Seed = 3,
            Split = new SplitSpec { Train = new SplitPart { Rows = 40 }, Validation = new SplitPart { Rows = 40 } },
        });
        var plan = Small.Plan(data, Small.Mlp, steps: 5) with { Further = ["worst_group_margin"] };
        using var trainer = new Trainer(plan, Small.Reference);
        var measured = trainer.Run().Last().Evaluation!.Further;
        var groups = plan.Train.Int64(data.Facts.Group!).ToArray();
        var expected = Margins(plan, trainer.Snapshot().Parameters).Zip(groups).GroupBy(row => row.Second)
            .Min(group => group.Average(row => row.First));
        Assert.True(groups.Distinct().Count() > 4);
        Assert.Equal(expected, Assert.Single(measured).Value, 1e-5);
    }

    [Fact]
    public void A_worst_group_that_has_no_row_in_train_is_refused()
    {
        var data = DatasetBuilder.Build(new DatasetSpec
        {
            Use = "xor_clusters", With = new XorClustersOptions { Dimensions = 4 },
            Split = new SplitSpec { Train = new SplitPart { Rows = 40 }, Validation = new SplitPart { Rows = 4 } },
            TrainShift = [new("thin_out", new ThinOutOptions { Where = "subclass = 2", Rate = 1 })],
        });
        var plan = Small.Plan(data, Small.Mlp, steps: 5) with { Further = ["worst_group_margin"] };
        var error = Assert.Throws<GrokException>(() => new Trainer(plan, Small.Reference).Run().Last());
        Assert.Equal("worst_group_margin needs rows of every subclass in train; there is none of 2.", error.Problem);
    }

    [Theory]
    [InlineData(16, false, false)]
    [InlineData(17, true, false)]            // e⁻¹⁷ = 4e−8 is less than half a unit of 1
    [InlineData(103, true, false)]           // e⁻¹⁰³ is the least number that float32 has
    [InlineData(104, true, true)]
    public void A_softmax_dies_by_the_lead_of_the_right_class(float lead, bool dead, bool still)
    {
        Assert.Equal((dead, still), (SoftmaxCollapse.IsDead([0, lead], 1), SoftmaxCollapse.HasZeroGradient([0, lead], 1)));
        Assert.False(SoftmaxCollapse.IsDead([0, lead], 0));
        Assert.False(SoftmaxCollapse.IsDead([float.NaN, lead], 1));
    }

    [Theory]
    [InlineData(null, Activation.Relu, false, 2)]
    [InlineData(null, Activation.Square, false, 3)]
    [InlineData(OperandEncoding.Embedding, Activation.Relu, false, 3)]
    [InlineData(OperandEncoding.Embedding, Activation.Square, false, 5)]
    [InlineData(null, Activation.Relu, true, null)]
    [InlineData(null, Activation.Tanh, false, null)]
    public void A_homogeneous_model_scales_with_a_power_of_its_parameters(OperandEncoding? encode, Activation activation, bool bias, int? degree)
    {
        var model = new Mlp(
            new MlpOptions { Hidden = [6], Encode = encode, Embedding = 4, Activation = activation, Bias = bias }, Small.Modular().Facts);
        Assert.Equal(degree, model.Degree);
        var plan = _plan with { Model = model };
        var parameters = model.Initialize(new Seed(1));
        var doubled = parameters.ToImmutableSortedDictionary(pair => pair.Key, pair => Twice(pair.Value), StringComparer.Ordinal);
        var (once, twice) = (Read(plan, parameters, "logits"), Read(plan, doubled, "logits"));
        var factor = Math.Pow(2, degree ?? 2);
        Assert.Equal(degree is not null, once.Zip(twice).All(pair => Math.Abs((factor * pair.First) - pair.Second) <= 1e-5 * factor));
    }

    private (ImmutableSortedDictionary<string, Tensor> Before, ImmutableSortedDictionary<string, Tensor> After, ImmutableArray<Measurement> Measured)
        Run()
    {
        using var trainer = new Trainer(_plan, Small.Reference);
        var before = ImmutableSortedDictionary<string, Tensor>.Empty;
        StepRecord? last = null;
        foreach (var record in trainer.Run())
        {
            if (record.Step == 9) { before = trainer.Snapshot().Parameters; }
            last = record;
        }
        return (before, trainer.Snapshot().Parameters, last!.Evaluation!.Further);
    }

    private static double Value(ImmutableArray<Measurement> measured, string metric, string split = "model") =>
        measured.Single(measurement => measurement.Metric == metric && measurement.Split == split).Value;

    private static IEnumerable<double> Margins(TrainingPlan plan, ImmutableSortedDictionary<string, Tensor> parameters)
    {
        var logits = Read(plan, parameters, "logits");
        var targets = RowEncoding.Target(plan.Train, plan.Facts).AsSpan<long>().ToArray();
        return targets.Select((target, row) =>
        {
            var scores = logits[(row * plan.Model.Classes)..((row + 1) * plan.Model.Classes)];
            return scores[target] - scores.Where((_, k) => k != target).Max();
        });
    }

    private static double[] Read(TrainingPlan plan, ImmutableSortedDictionary<string, Tensor> parameters, string name)
    {
        var graph = plan.Model.Build(plan.Train.Rows).ToGraph("look", name == "logits" ? [] : [name]);
        using var session = Small.Reference(graph);
        foreach (var (key, tensor) in parameters) { session.Write(key, tensor); }
        session.Write(plan.Model.InputName, RowEncoding.Input(plan.Model.InputName, plan.Train, plan.Facts));
        session.Run();
        var result = new Tensor(graph.Outputs[^1].Value.Type);
        session.Read(name, result);
        return [.. result.AsSpan<float>().ToArray().Select(value => (double)value)];
    }

    private static Tensor Twice(Tensor tensor)
    {
        var copy = new Tensor(tensor.Type);
        for (var i = 0; i < tensor.Shape.Count; i++) { copy.AsSpan<float>()[i] = 2 * tensor.AsSpan<float>()[i]; }
        return copy;
    }

    private static double[] Flat(ImmutableSortedDictionary<string, Tensor> parameters) =>
        [.. parameters.Values.SelectMany(tensor => tensor.AsSpan<float>().ToArray()).Select(value => (double)value)];

    private static double Norm(Tensor tensor) => Norm([.. tensor.AsSpan<float>().ToArray().Select(value => (double)value)]);

    private static double Norm(double[] values) => Math.Sqrt(Dot(values, values));

    private static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();
}
