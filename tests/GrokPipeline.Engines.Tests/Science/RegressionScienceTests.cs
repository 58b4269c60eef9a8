using GrokPipeline.Data;
using GrokPipeline.Data.Generators;
using GrokPipeline.Evaluation.Theory;
using GrokPipeline.Training;
using GrokPipeline.Training.Layers;
using GrokPipeline.Training.Losses;
using GrokPipeline.Training.Models;
using GrokPipeline.Training.Optimizers;

namespace GrokPipeline.Engines.Tests.Science;

/// <summary>Trainings on real targets of which the literature says what becomes of them.</summary>
public sealed class RegressionScienceTests
{
    /// <summary>
    /// Levi et al. 2024: half as many inputs as rows, twenty outputs. What is drawn has finitely many inputs, so that losses are taken as
    /// shares of the first one; where errors are normal, an accuracy of 0.9545 is a loss of a quarter of the tolerance.
    /// </summary>
    [Fact]
    public void A_linear_student_follows_the_integrals_of_Marchenko_and_Pastur()
    {
        const double Tolerance = 1e-3;
        var data = Build("teacher_student", 800, 1000, seed: 1, new TeacherStudentOptions
        {
            Inputs = 400, Outputs = 20, Hidden = [], Init = TeacherInit.Normal, Scale = Math.Sqrt(0.5),
        });
        var plan = Plan(data, seed: 1) with
        {
            Model = new Linear(new() { Init = new() { Kind = InitKind.Normal, Scale = Math.Sqrt(0.5) } }, data.Facts),
            Optimizer = new Sgd(new() { LearningRate = 0.2 }),
            Steps = 1400,
        };
        var theory = new LinearEstimator(ratio: 0.5, learningRate: 0.2 / 20);
        var (train, validation) = ((long?)null, (long?)null);
        var first = 0.0;
        foreach (var record in Trained(plan))
        {
            var (ofTrain, ofNew) = (record.Evaluation!["train"]!.Value.Loss, record.Evaluation["validation"]!.Value.Loss);  // evaluated
            if (record.Step == 0) { first = ofNew; }
            if (record.Step > 0)
            {
                // Late in training only the smallest eigenvalues are left, of which finitely many inputs have other ones than the limit.
                var band = record.Step <= 350 ? 0.05 : 0.2;
                Assert.InRange(ofTrain / first / theory.TrainLoss(record.Step), 1 - band, 1 + band);
                Assert.InRange(ofNew / first / theory.GeneralizationLoss(record.Step), 1 - band, 1 + band);
            }
            train ??= ofTrain / first <= Tolerance / 4 ? record.Step : null;
            validation ??= ofNew / first <= Tolerance / 4 ? record.Step : null;
        }
        Assert.InRange(train!.Value / theory.MemorizationStep(Tolerance, 0.9545), 0.95, 1.05);
        Assert.InRange(validation!.Value / theory.GeneralizationStep(Tolerance, 0.9545)!.Value, 0.95, 1.05);
    }

    /// <summary>Liu, Michaud and Tegmark 2023 (Omnigrok), at ten times their learning rate.</summary>
    [Fact]
    public void A_student_of_a_tanh_teacher_groks_from_large_first_weights_only()
    {
        var data = Build("teacher_student", 100, 100, seed: 0, new TeacherStudentOptions());
        Experiment.Outcome Run(double scale) => Experiment.Run(
            Plan(data, seed: 0) with
            {
                Model = new Mlp(new() { Hidden = [100, 100], Activation = Activation.Tanh, Init = new() { Scale = scale } }, data.Facts),
                Optimizer = new AdamW(new() { LearningRate = 3e-3, WeightDecay = 0.05 }),
                Steps = 1000,
            },
            0.95);

        var (large, small) = (Run(2), Run(0.5));
        Assert.InRange(large.Validation!.Value, 4 * large.Train!.Value, 1000);
        Assert.InRange(small.Validation!.Value, 1, 2 * small.Train!.Value);
    }

    /// <summary>Kumar et al. 2024: too few rows never generalize, many do at once, in between it takes longer the lazier training is.</summary>
    [Fact]
    public void A_lazy_network_groks_a_polynomial_for_some_numbers_of_rows()
    {
        var few = Polynomial(rows: 50, scale: 0.5);
        Assert.NotNull(few.Train);
        Assert.Null(few.Validation);
        Assert.InRange(few.Final, 0, 0.6);
        var many = Polynomial(rows: 500, scale: 0.5);
        Assert.InRange(many.Validation!.Value, 1, 2 * many.Train!.Value);
        var (rich, lazy) = (Polynomial(rows: 120, scale: 0.25), Polynomial(rows: 120, scale: 0.5));
        Assert.InRange((double)lazy.Validation!.Value / lazy.Train!.Value, 2, 20);
        Assert.InRange(lazy.Validation.Value - lazy.Train.Value, 1.5 * (rich.Validation!.Value - rich.Train!.Value), 4000);
    }

    /// <summary>Miller et al. 2024: two rows fit four weights at once; only a penalty on weights leads to the simple ones.</summary>
    [Fact]
    public void A_penalty_makes_linear_regression_with_fixed_features_grok()
    {
        var data = Build("fixed_features", 2, 500, seed: 0, new FixedFeaturesOptions());
        Experiment.Outcome Run(double penalty) => Experiment.Run(
            Plan(data, seed: 0) with
            {
                Model = new Linear(new() { Weights = [5e-4, 0.9, 0.9, 0.9] }, data.Facts),
                Optimizer = new Sgd(new() { LearningRate = 0.1, L2 = penalty }),
                Steps = 6000,
            },
            0.95);

        var with = Run(0.01);
        Assert.InRange(with.Train!.Value, 1, 100);
        Assert.InRange(with.Validation!.Value, 1000, 4000);
        var without = Run(0);
        Assert.InRange(without.Train!.Value, 1, 100);
        Assert.Null(without.Validation);
        Assert.InRange(without.Final, 0, 0.5);
    }

    private static Experiment.Outcome Polynomial(int rows, double scale)
    {
        var data = Build("polynomial", rows, 1000, seed: 0, new PolynomialOptions { Dimensions = 20 });
        return Experiment.Run(
            Plan(data, seed: 0) with
            {
                Model = new FixedReadout(new() { Width = 100, Scale = scale }, data.Facts),
                Optimizer = new Sgd(new() { LearningRate = 100 / (scale * scale) }),
                Steps = 1500,
            },
            0.95);
    }

    private static IEnumerable<StepRecord> Trained(TrainingPlan plan)
    {
        using var trainer = Experiment.Trainer(plan);
        foreach (var record in trainer.RunEvaluations()) { yield return record; }
    }

    private static TrainingPlan Plan(DatasetTables data, ulong seed) => Experiment.Plan(data, seed) with
    {
        Loss = new SquaredError(),
        Evaluate = new EvaluationSchedule(10),
    };

    private static DatasetTables Build(string use, int rows, int validation, ulong seed, IOptions options) => DatasetBuilder.Build(new()
    {
        Use = use,
        With = options,
        Seed = seed,
        Split = new SplitSpec { Train = new SplitPart { Rows = rows }, Validation = new SplitPart { Rows = validation } },
    });
}
