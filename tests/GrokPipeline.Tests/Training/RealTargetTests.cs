using GrokPipeline.Data;
using GrokPipeline.Data.Generators;
using GrokPipeline.Graphs;
using GrokPipeline.Testing;
using GrokPipeline.Training;
using GrokPipeline.Training.Losses;
using GrokPipeline.Training.Models;
using GrokPipeline.Training.Optimizers;

namespace GrokPipeline.Tests.Training;

public sealed class RealTargetTests
{
    [Fact]
    public void Gradients_of_the_squared_error_of_real_targets_agree_with_differences()
    {
        var stream = new Seed(1).Stream();
        var (outputs, targets) = (new Tensor(TensorType.Float32([3, 2])), new Tensor(TensorType.Float32([3, 2])));
        foreach (ref var value in outputs.AsSpan<float>()) { value = (float)stream.NextNormal(); }
        foreach (ref var value in targets.AsSpan<float>()) { value = (float)stream.NextNormal(); }
        var (y, t) = (Value.Input("outputs", outputs.Type), Value.Input("target", targets.Type));
        GradientCheck.Verify(
            Graph.Of("loss", [y, t], [new("loss", new SquaredError().OfReal(y, t))]),
            new Dictionary<string, Tensor> { ["outputs"] = outputs, ["target"] = targets }, elements: 6);
    }

    [Fact]
    public void A_linear_student_takes_the_steps_of_gradient_descent_and_is_right_within_the_tolerance()
    {
        var data = Teacher(inputs: 4, outputs: 2, tolerance: 0.02);
        var plan = Plan(data, facts => new Linear(new LinearOptions(), facts), new Sgd(new SgdOptions { LearningRate = 0.1 }), steps: 20);
        using var trainer = new Trainer(plan, Small.Reference);
        var last = trainer.Run().Last();
        var weight = plan.Model.Initialize(plan.Seed)["output.weight"].AsSpan<float>().ToArray().Select(w => (double)w).ToArray();
        for (var step = 0; step < 20; step++)
        {
            var errors = Errors(data, weight, "train");
            var x = data.Splits["train"].Vector("x");
            for (var i = 0; i < 8; i++)
            {
                var gradient = 0.0;
                for (var row = 0; row < 12; row++) { gradient += 2 * x[(row * 4) + (i / 2)] * errors[(row * 2) + (i % 2)] / 24; }
                weight[i] -= 0.1 * gradient;
            }
        }
        var trained = trainer.Snapshot().Parameters["output.weight"].AsSpan<float>().ToArray();
        Assert.Equal(weight, trained.Select(w => (double)w), (a, b) => Math.Abs(a - b) < 1e-5);
        foreach (var split in (string[])["train", "validation"])
        {
            var squares = Errors(data, weight, split).Chunk(2).Select(row => row.Sum(error => error * error) / 2).ToArray();
            var score = last.Evaluation![split]!.Value;
            Assert.Equal(squares.Average(), score.Loss, 1e-5);
            Assert.Equal(squares.Count(square => square < 0.02), score.Correct);
            Assert.InRange(score.Correct, 1, squares.Length - 1);                 // else the test would tell nothing
        }
    }

    [Fact]
    public void A_loss_of_classes_is_refused()
    {
        var plan = Plan(Teacher(), facts => new Linear(new LinearOptions(), facts), new Sgd(new SgdOptions()), 1) with
        {
            Loss = new CrossEntropy(),
        };
        var error = Assert.Throws<GrokException>(() => new Trainer(plan, Small.Reference));
        Assert.Contains("squared_error", error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_weights_are_the_first_values()
    {
        var facts = new FixedFeatures(new FixedFeaturesOptions()).Facts;
        var model = new Linear(new LinearOptions { Weights = [5e-4, 0.9, 0.9, 0.9] }, facts);
        Assert.Equal([5e-4f, 0.9f, 0.9f, 0.9f], model.Initialize(new Seed(3))["output.weight"].AsSpan<float>().ToArray());
        var error = Assert.Throws<GrokException>(() => new Linear(new LinearOptions { Weights = [1, 2] }, facts));
        Assert.Contains("4 features and 1 outputs", error.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fixed_readout_is_the_papers_formula_minus_what_it_says_at_first()
    {
        var data = Polynomial();
        var plan = Readout(data, steps: 30);
        using var trainer = new Trainer(plan, Small.Reference);
        var records = trainer.Run().ToList();
        var targets = data.Splits["train"].Vector("y").ToArray();
        Assert.Equal(targets.Average(y => (double)y * y), records[0].Evaluation!["train"]!.Value.Loss, 1e-6);
        var (now, first) = (trainer.Snapshot().Parameters, plan.Model.Initialize(plan.Seed));
        Assert.Equal(first["hidden.weight"].Bytes.ToArray(), now["initial.hidden.weight"].Bytes.ToArray());
        Assert.NotEqual(first["hidden.weight"].Bytes.ToArray(), now["hidden.weight"].Bytes.ToArray());
        var loss = 0.0;
        for (var row = 0; row < targets.Length; row++)
        {
            var says = Says(data, row, now["hidden.weight"]) - Says(data, row, first["hidden.weight"]);
            loss += Math.Pow(says - targets[row], 2) / targets.Length;
        }
        Assert.Equal(loss, records[^1].Evaluation!["train"]!.Value.Loss, 1e-4);
        Assert.InRange(loss, 0, 0.9 * records[0].Evaluation!["train"]!.Value.Loss);
        var squares = now["hidden.weight"].AsSpan<float>().ToArray().Sum(w => (double)w * w);
        Assert.Equal(Math.Sqrt(squares), records[^1].Evaluation!.WeightNorm, 1e-9);
    }

    [Fact]
    public void A_resumed_training_with_a_fixed_parameter_ends_with_the_same_bytes()
    {
        var plan = Readout(Polynomial(), steps: 9);
        using var whole = new Trainer(plan, Small.Reference);
        foreach (var _ in whole.Run()) { }
        byte[] file;
        using (var begun = new Trainer(plan, Small.Reference))
        {
            foreach (var _ in begun.Run().Take(5)) { }
            file = begun.Snapshot().Bytes();
        }
        using var resumed = new Trainer(plan, Small.Reference);
        foreach (var _ in resumed.Run(TrainingState.Read(new MemoryStream(file), "state"))) { }
        Assert.Equal(whole.Snapshot().Bytes(), resumed.Snapshot().Bytes());
    }

    // α/N·Σφ(wᵢ·x) with α = 2, N = 8, ε = 0.5.
    private static double Says(DatasetTables data, int row, Tensor weight)
    {
        var x = data.Splits["train"].Vector("x").Slice(row * 6, 6);
        var (w, sum) = (weight.AsSpan<float>().ToArray(), 0.0);
        for (var neuron = 0; neuron < 8; neuron++)
        {
            var h = 0.0;
            for (var i = 0; i < 6; i++) { h += (double)x[i] * w[(i * 8) + neuron]; }
            sum += h + (0.25 * h * h);
        }
        return sum * 2 / 8;
    }

    private static TrainingPlan Readout(DatasetTables data, long steps) => Plan(
        data, facts => new FixedReadout(new FixedReadoutOptions { Width = 8, Epsilon = 0.5, Scale = 2 }, facts),
        new Sgd(new SgdOptions { LearningRate = 1, Momentum = 0.5 }), steps);

    private static TrainingPlan Plan(DatasetTables data, Func<DatasetFacts, Model> model, Optimizer optimizer, long steps) =>
        Small.Plan(data, model, steps, optimizer) with { Loss = new SquaredError() };

    private static double[] Errors(DatasetTables data, double[] weight, string split)
    {
        var (x, y) = (data.Splits[split].Vector("x").ToArray(), data.Splits[split].Vector("y").ToArray());
        return [.. y.Select((target, at) => Enumerable.Range(0, 4).Sum(i => x[(at / 2 * 4) + i] * weight[(i * 2) + (at % 2)]) - target)];
    }

    private static DatasetTables Teacher(int inputs = 4, int outputs = 2, double tolerance = 0.02) => Build(
        "teacher_student", new TeacherStudentOptions { Inputs = inputs, Outputs = outputs, Hidden = [], Tolerance = tolerance });

    private static DatasetTables Polynomial() => Build("polynomial", new PolynomialOptions { Dimensions = 6 });

    private static DatasetTables Build(string use, IOptions options) => DatasetBuilder.Build(new DatasetSpec
    {
        Use = use,
        With = options,
        Seed = 2,
        Split = new SplitSpec { Train = new SplitPart { Rows = 12 }, Validation = new SplitPart { Rows = 20 } },
    });
}
