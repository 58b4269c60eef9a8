using GrokPipeline.Data;
using GrokPipeline.Data.Generators;
using GrokPipeline.Engines.Simd;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Training;
using GrokPipeline.Training.Layers;
using GrokPipeline.Training.Losses;
using GrokPipeline.Training.Models;
using GrokPipeline.Training.Optimizers;

namespace GrokPipeline.Engines.Tests.Science;

/// <summary>Published settings, trained on the simd engine, and what became of them.</summary>
internal static class Experiment
{
    /// <summary>When both curves first reached a threshold, and where validation stood.</summary>
    public sealed record Outcome(long? Train, long? Validation, double Plateau, double Final);

    public static DatasetTables Addition(int modulus, double fraction, ulong seed) => DatasetBuilder.Build(new DatasetSpec
    {
        Use = "modular_arithmetic",
        With = new ModularArithmeticOptions { Modulus = modulus },
        Seed = seed,
        Split = new SplitSpec { Train = SplitPart.Of(fraction), Validation = SplitPart.Remaining },
    });

    public static DatasetTables Gaussian(Geometry geometry, int rows, int shifted, double rate, ulong seed)
    {
        var train = new SplitPart { Rows = rows, ShiftedPerClass = shifted, SubclassRate = rate };
        return DatasetBuilder.Build(new DatasetSpec
        {
            Use = "gaussian_subclasses",
            With = new GaussianSubclassesOptions { Geometry = geometry },
            Seed = seed,
            Split = new SplitSpec { Train = train, Validation = new SplitPart { Rows = 2000 } },
        });
    }

    /// <summary>Doshi et al.: quadratic, no bias, squared error, AdamW; deviation 0.5/(2N)^(1/3) in both layers.</summary>
    public static TrainingPlan Quadratic(DatasetTables data, int width, double decay, long steps, long every, ulong seed)
    {
        var init = new InitOptions { Kind = InitKind.Fixed, Scale = 0.5 / Math.Cbrt(2 * width) };
        return Plan(data, seed) with
        {
            Model = new Mlp(new() { Hidden = [width], Activation = Activation.Square, Bias = false, Init = init }, data.Facts),
            Optimizer = new AdamW(new() { LearningRate = 0.01, WeightDecay = decay }),
            Loss = new SquaredError(),
            Steps = steps,
            Evaluate = new EvaluationSchedule(every),
        };
    }

    /// <summary>Carvalho et al. as we read it: two layers, everything times a scale, Adam with L2 in the gradient.</summary>
    public static TrainingPlan Subclasses(DatasetTables data, double scale, long steps, ulong seed) => Plan(data, seed) with
    {
        Model = new Mlp(new() { Hidden = [96, 96], Init = new() { Scale = scale } }, data.Facts),
        Optimizer = new Adam(new() { LearningRate = 3e-3, L2 = 3e-4 }),
        Steps = steps,
    };

    public static TrainingPlan Plan(DatasetTables data, ulong seed) => new()
    {
        Model = new Mlp(new() { Hidden = [256] }, data.Facts),
        Facts = data.Facts,
        Train = data.Splits["train"],
        Scored = [new("validation", data.Splits["validation"])],
        Optimizer = new AdamW(new() { LearningRate = 0.01, WeightDecay = 1 }),
        Steps = 1500,
        Evaluate = new EvaluationSchedule(10),
        Seed = new Seed(seed),
    };

    public static Trainer Trainer(TrainingPlan plan, int threads = 1) =>
        new(plan, graph => new SimdEngine().Compile(graph, new CompileOptions { Threads = threads }));

    public static Outcome Run(TrainingPlan plan, double threshold = 0.99)
    {
        using var trainer = Trainer(plan);
        var scores = trainer.Run().Where(record => record.Evaluation is not null)
            .Select(record => (record.Step, Train: Accuracy(record, "train"), Validation: Accuracy(record, "validation"))).ToList();
        var train = scores.Where(score => score.Train >= threshold).Select(score => (long?)score.Step).FirstOrDefault();
        var validation = scores.Where(score => score.Validation >= threshold).Select(score => (long?)score.Step).FirstOrDefault();
        var plateau = scores.TakeWhile(score => !(score.Step > train)).Max(score => score.Validation);
        return new(train, validation, plateau, scores[^1].Validation);
    }

    private static double Accuracy(StepRecord record, string split) => record.Evaluation![split]!.Value.Accuracy;     // evaluated splits
}
