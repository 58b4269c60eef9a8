using GrokPipeline.Data;
using GrokPipeline.Data.Generators;
using GrokPipeline.Engines.OnnxRuntime;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Training;
using GrokPipeline.Training.Models;
using GrokPipeline.Training.Optimizers;

namespace GrokPipeline.Engines.Tests.Science;

/// <summary>Lists, which openai/grok announces and cannot train, and Power's end token.</summary>
public sealed class SequenceTrainingTests
{
    [Theory]
    [InlineData(ListOperation.Sort)]
    [InlineData(ListOperation.Reverse)]
    [InlineData(ListOperation.Max)]
    public void A_small_decoder_learns_lists_that_it_has_not_seen(ListOperation op)
    {
        var data = Lists(new() { Op = op, Values = 8 });
        var last = Run(Plan(data, steps: 600)).Last().Evaluation!;
        Assert.Equal(1, last["train"]!.Value.Accuracy);
        Assert.InRange(last["validation"]!.Value.Accuracy, 0.9, 1);
        Assert.Equal(154, last["validation"]!.Value.Rows);
    }

    [Fact]
    public void Two_engines_train_on_answers_of_several_tokens_alike()
    {
        var plan = Plan(Lists(new() { Values = 6 }), steps: 50) with { Evaluate = new EvaluationSchedule(25) };
        var simd = Run(plan).ToList();
        using var trainer = new Trainer(plan, graph => new OnnxRuntimeEngine().Compile(graph, new CompileOptions { Threads = 1 }));
        var onnx = trainer.Run().ToList();
        foreach (var (a, b) in simd.Zip(onnx).Skip(1)) { Assert.Equal(b.Loss!.Value, a.Loss!.Value, 1e-3 * b.Loss.Value); }
        Assert.True(simd[50].Loss < 0.7 * simd[1].Loss);
    }

    [Fact]
    public void The_end_token_is_learnt_first_and_a_row_needs_both()
    {
        var spec = new DatasetSpec
        {
            Use = "modular_arithmetic",
            With = new ModularArithmeticOptions { Modulus = 11 },
            Answer = new AnswerSpec { Form = AnswerForm.WithEnd },
            Split = new SplitSpec { Train = SplitPart.Of(0.7), Validation = SplitPart.Remaining },
        };
        var records = Run(Plan(DatasetBuilder.Build(spec), steps: 300)).ToList();
        var first = records[0].Evaluation!["train"]!.Value;
        Assert.InRange(first.Loss, 0.8 * Math.Log(14), 1.6 * Math.Log(14));       // fourteen tokens, none known
        // The end alone is known after a few steps: half of the loss of the answer is left, and no more rows are right than by chance.
        var soon = records[50].Evaluation!["train"]!.Value;
        Assert.InRange(soon.Loss, 0, 0.6 * Math.Log(11));
        Assert.Equal(1, records[^1].Evaluation!["train"]!.Value.Accuracy);
    }

    private static DatasetTables Lists(ListsOptions options) => DatasetBuilder.Build(new DatasetSpec
    {
        Use = "lists",
        With = options,
        Split = new SplitSpec { Train = SplitPart.Of(0.7), Validation = SplitPart.Remaining },
    });

    private static TrainingPlan Plan(DatasetTables data, long steps) => new()
    {
        Facts = data.Facts,
        Train = data.Splits["train"],
        Scored = [new("validation", data.Splits["validation"])],
        Seed = new Seed(5),
        Model = new Transformer(new() { Layers = 1, DModel = 32, Mlp = 128 }, data.Facts),
        Optimizer = new AdamW(new() { LearningRate = 3e-3, WeightDecay = 0.1 }),
        Steps = steps,
        Evaluate = new EvaluationSchedule(50),
    };

    private static IEnumerable<StepRecord> Run(TrainingPlan plan)
    {
        using var trainer = Experiment.Trainer(plan);
        foreach (var record in trainer.Run()) { yield return record; }
    }
}
