using System.Collections.Immutable;
using GrokPipeline.Data;
using GrokPipeline.Data.Generators;
using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Training;
using GrokPipeline.Training.Models;
using GrokPipeline.Training.Optimizers;

namespace GrokPipeline.Tests.Training;

/// <summary>Datasets and plans that train in milliseconds.</summary>
internal static class Small
{
    public static DatasetTables Modular(int modulus = 7, double fraction = 0.6, ulong seed = 3) => DatasetBuilder.Build(new DatasetSpec
    {
        Use = "modular_arithmetic",
        With = new ModularArithmeticOptions { Modulus = modulus },
        Seed = seed,
        Split = new SplitSpec { Train = SplitPart.Of(fraction), Validation = SplitPart.Remaining },
    });

    public static DatasetFacts Features(int width, int classes) =>
        new() { Kind = InputKind.Features, Classes = classes, Features = "x", FeatureCount = width };

    public static TrainingPlan Plan(
        DatasetTables data, Func<DatasetFacts, Model> model, long steps, Optimizer? optimizer = null, int? batch = null) => new()
        {
            Model = model(data.Facts),
            Facts = data.Facts,
            Train = data.Splits["train"],
            Scored = [new("validation", data.Splits["validation"])],
            Optimizer = optimizer ?? new AdamW(new AdamWOptions { LearningRate = 0.01 }),
            BatchSize = batch,
            Steps = steps,
            Evaluate = new EvaluationSchedule(5),
            Seed = new Seed(11),
        };

    public static Mlp Mlp(DatasetFacts facts) => new(new MlpOptions { Hidden = [16] }, facts);

    public static Func<Graph, ISession> Reference { get; } = graph => new ReferenceEngine().Compile(graph, new CompileOptions());

    public static byte[] Bytes(this TrainingState state)
    {
        using var stream = new MemoryStream();
        state.Write(stream);
        return stream.ToArray();
    }

    public static ImmutableArray<StepRecord> Train(TrainingPlan plan, Func<Graph, ISession>? compile = null)
    {
        using var trainer = new Trainer(plan, compile ?? Reference);
        return [.. trainer.Run()];
    }
}
