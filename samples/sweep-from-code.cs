#!/usr/bin/env dotnet
#:project ../src/GrokPipeline.Training
#:project ../src/GrokPipeline.Engines.Simd
// When does a model generalize, by the share of rows that it is trained on?   dotnet run samples/sweep-from-code.cs
// Training is a stream of records: no files, no pipeline. `grokpipe sweep` does the same with statistics, resuming and a report.
using GrokPipeline;
using GrokPipeline.Data;
using GrokPipeline.Data.Generators;
using GrokPipeline.Engines.Simd;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Training;
using GrokPipeline.Training.Layers;
using GrokPipeline.Training.Models;
using GrokPipeline.Training.Optimizers;

foreach (var share in (double[])[0.3, 0.5, 0.7])
{
    var steps = Enumerable.Range(0, 3).Select(seed => GeneralizationStep(share, (ulong)seed)).ToArray();
    Console.WriteLine($"train {share:P0}: generalized at step {string.Join(", ", steps.Select(step => step?.ToString() ?? "never"))}");
}

static long? GeneralizationStep(double share, ulong seed)
{
    var data = DatasetBuilder.Build(new DatasetSpec
    {
        Use = "modular_arithmetic",
        With = new ModularArithmeticOptions { Op = "add", Modulus = 23 },
        Seed = seed,
        Split = new SplitSpec { Train = SplitPart.Of(share), Validation = SplitPart.Remaining },
    });
    var options = new MlpOptions
    {
        Encode = OperandEncoding.Onehot, Hidden = [128], Activation = Activation.Square, Bias = false, Init = new InitOptions { Kind = InitKind.Normal },
    };
    var plan = new TrainingPlan
    {
        Model = new Mlp(options, data.Facts),
        Facts = data.Facts,
        Train = data.Splits["train"],
        Scored = [new("validation", data.Splits["validation"])],
        Optimizer = new AdamW(new AdamWOptions { LearningRate = 1e-2, WeightDecay = 1 }),
        Steps = 1000,
        Evaluate = new EvaluationSchedule(10),
        Seed = new Seed(seed),
    };
    using var trainer = new Trainer(plan, graph => new SimdEngine().Compile(graph, new CompileOptions { Threads = 1 }));
    return trainer.Run().FirstOrDefault(record => record.Evaluation?["validation"]?.Accuracy >= 0.99)?.Step;      // null: never
}
