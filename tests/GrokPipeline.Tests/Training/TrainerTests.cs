using GrokPipeline.Training;
using GrokPipeline.Training.Layers;
using GrokPipeline.Training.Models;
using GrokPipeline.Training.Optimizers;

namespace GrokPipeline.Tests.Training;

public sealed class TrainerTests
{
    [Fact]
    public void Training_lowers_the_loss_and_learns_train()
    {
        var records = Small.Train(Small.Plan(Small.Modular(), Small.Mlp, steps: 120));
        Assert.Equal(Enumerable.Range(0, 121).Select(step => (long)step), records.Select(record => record.Step));
        var (first, last) = (records[0].Evaluation!["train"]!.Value, records[^1].Evaluation!["train"]!.Value);
        Assert.InRange(first.Loss, 1.5, 3.0);                 // about ln 7
        Assert.Equal(1.0, last.Accuracy);
        Assert.InRange(last.Loss, 0, 0.5 * first.Loss);
        Assert.Equal(29, last.Rows);
        Assert.Equal(20, records[^1].Evaluation!["validation"]!.Value.Rows);
    }

    [Fact]
    public void The_loss_of_a_step_is_the_train_loss_before_it()
    {
        var records = Small.Train(Small.Plan(Small.Modular(), Small.Mlp, steps: 11));
        Assert.Equal(records[0].Evaluation!["train"]!.Value.Loss, records[1].Loss!.Value, 1e-5);
        Assert.Equal(records[10].Evaluation!["train"]!.Value.Loss, records[11].Loss!.Value, 1e-5);
        Assert.Null(records[7].Evaluation);
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData(8, false)]
    [InlineData(null, true)]
    public void A_resumed_training_ends_with_the_same_bytes(int? batch, bool changedGradients)
    {
        var optimizer = changedGradients
            ? new AdamW(new() { LearningRate = 0.01, Gradient = new() { Perpendicular = true, Grokfast = new() } })
            : null;
        var plan = Small.Plan(Small.Modular(), Small.Mlp, steps: 23, optimizer, batch);
        using var whole = new Trainer(plan, Small.Reference);
        var records = whole.Run().ToList();
        byte[] file;
        using (var first = new Trainer(plan, Small.Reference))
        {
            Assert.Equal(records.Take(14), first.Run().Take(14), SameRecord);
            file = first.Snapshot().Bytes();
        }
        using var second = new Trainer(plan, Small.Reference);
        var from = TrainingState.Read(new MemoryStream(file), "state");
        Assert.Equal(13, from.Step);
        Assert.Equal(records.Skip(14), second.Run(from), SameRecord);
        Assert.Equal(whole.Snapshot().Bytes(), second.Snapshot().Bytes());
        Assert.Equal(TrainingEnding.Finished, second.Ending);
    }

    [Fact]
    public void A_stop_request_ends_the_stream_between_steps_with_a_state_to_resume_from()
    {
        using var source = new CancellationTokenSource();
        using var trainer = new Trainer(Small.Plan(Small.Modular(), Small.Mlp, steps: 50), Small.Reference);
        var seen = 0L;
        foreach (var record in trainer.Run(null, source.Token))
        {
            seen = record.Step;
            if (seen == 7) { source.Cancel(); }
        }
        Assert.Equal((7, TrainingEnding.Cancelled, 7), (seen, trainer.Ending, trainer.Snapshot().Step));
    }

    [Theory]
    [InlineData(NonfinitePolicy.Stop)]
    [InlineData(NonfinitePolicy.Record)]
    public void A_diverging_training_stops_or_goes_on_as_told(NonfinitePolicy policy)
    {
        var plan = Small.Plan(
            Small.Modular(), facts => new Mlp(new MlpOptions { Hidden = [16], Activation = Activation.Square }, facts),
            steps: 40, new Sgd(new SgdOptions { LearningRate = 1e6 })) with
        { OnNonfinite = policy, Evaluate = new EvaluationSchedule(1) };
        using var trainer = new Trainer(plan, Small.Reference);
        var records = trainer.Run().ToList();
        var broken = records.First(record => !record.IsFinite);
        Assert.Contains(broken.Measurements(), measurement => !double.IsFinite(measurement.Value));
        if (policy == NonfinitePolicy.Stop)
        {
            Assert.Equal((broken, TrainingEnding.Nonfinite), (records[^1], trainer.Ending));
        }
        else
        {
            Assert.Equal((40, TrainingEnding.Finished), (records[^1].Step, trainer.Ending));
        }
        Assert.True(trainer.LastHealthy!.Step < broken.Step);
        foreach (var tensor in trainer.LastHealthy.Parameters.Values)
        {
            Assert.All(tensor.AsSpan<float>().ToArray(), value => Assert.True(float.IsFinite(value)));
        }
    }

    [Fact]
    public void Scores_do_not_depend_on_how_many_rows_are_scored_at_once()
    {
        var plan = Small.Plan(Small.Modular(), Small.Mlp, steps: 5);
        var expected = Small.Train(plan);
        foreach (var rows in (int[])[1, 4, 20, 29])
        {
            Assert.Equal(expected, Small.Train(plan with { ScoreRows = rows }), SameRecord);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData(8)]
    public void Trainings_one_after_another_in_the_same_compiled_graphs_are_the_same_as_alone(int? batch)
    {
        var first = Small.Plan(Small.Modular(), Small.Mlp, steps: 23, batch: batch);
        var diverging = first with { Optimizer = new AdamW(new AdamWOptions { LearningRate = 1e6 }), Steps = 9 };
        TrainingPlan[] plans =
        [
            first, diverging, Small.Plan(Small.Modular(seed: 9), Small.Mlp, steps: 14, batch: batch) with { Seed = new Seed(5) }, first,
        ];
        using var compiled = new CompiledTraining(TrainingGraphs.Of(first), Small.Reference);
        foreach (var plan in plans)
        {
            Assert.Equal(compiled.Graphs.Identity, TrainingGraphs.Of(plan).Identity);
            using var alone = new Trainer(plan, Small.Reference);
            var expected = alone.Run().ToList();
            using var shared = new Trainer(plan, EncodedRows.Of(plan), compiled) { KeepsHealthy = false };
            Assert.Equal(expected, shared.Run(), SameRecord);
            Assert.Equal(alone.Snapshot().Bytes(), shared.Snapshot().Bytes());
            Assert.Null(shared.LastHealthy);
        }
    }

    [Fact]
    public void Graphs_of_another_shape_or_optimizer_have_another_identity()
    {
        var plan = Small.Plan(Small.Modular(), Small.Mlp, steps: 5);
        var identity = TrainingGraphs.Of(plan).Identity;
        TrainingPlan[] others =
        [
            plan with { BatchSize = 8 }, plan with { Optimizer = new Adam(new AdamOptions()) },
            plan with { Optimizer = new AdamW(new AdamWOptions { Epsilon = 1e-6 }) }, plan with { ScoreRows = 7 },
            plan with { Model = new Mlp(new MlpOptions { Hidden = [16], Activation = Activation.Square }, plan.Facts) },
        ];
        Assert.All(others, other => Assert.NotEqual(identity, TrainingGraphs.Of(other).Identity));
    }

    [Fact]
    public void Without_the_steps_between_evaluations_the_records_are_the_evaluated_ones()
    {
        var plan = Small.Plan(Small.Modular(), Small.Mlp, steps: 23);
        var expected = Small.Train(plan).Where(record => record.Evaluation is not null);
        using var trainer = new Trainer(plan, Small.Reference);
        Assert.Equal(expected, trainer.RunEvaluations(), SameRecord);
        Assert.Equal(TrainingEnding.Finished, trainer.Ending);
        var broken = plan with { Optimizer = new Sgd(new SgdOptions { LearningRate = 1e30 }), Evaluate = new EvaluationSchedule(1000) };
        using var diverging = new Trainer(broken, Small.Reference);
        var last = diverging.RunEvaluations().Last();
        Assert.Equal((false, TrainingEnding.Nonfinite), (last.IsFinite, diverging.Ending));
        Assert.Equal(Small.Train(broken)[^1].Step, last.Step);
    }

    [Fact]
    public void A_state_of_another_model_is_refused()
    {
        var data = Small.Modular();
        using var wide = new Trainer(Small.Plan(data, facts => new Mlp(new MlpOptions { Hidden = [24] }, facts), 5), Small.Reference);
        using var narrow = new Trainer(Small.Plan(data, Small.Mlp, 5), Small.Reference);
        _ = wide.Run().First();
        var error = Assert.Throws<GrokException>(() => narrow.Run(wide.Snapshot()).First());
        Assert.Equal(ProblemKind.Integrity, error.Kind);
        Assert.Contains("hidden.0.weight", error.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Measurements_name_split_and_metric()
    {
        var records = Small.Train(Small.Plan(Small.Modular(), Small.Mlp, steps: 5));
        Assert.Equal(
            ["train/loss", "train/accuracy", "validation/loss", "validation/accuracy", "model/weight_norm", "train/gradient_norm",
                "train/batch_loss", "train/learning_rate"],
            records[5].Measurements().Select(measurement => $"{measurement.Split}/{measurement.Metric}"));
        Assert.Equal(["train", "validation"], records[0].Measurements(["loss"]).Select(measurement => measurement.Split));
        Assert.Empty(records[1].Measurements());
    }

    [Fact]
    public void A_transformer_trains_too()
    {
        var records = Small.Train(Small.Plan(
            Small.Modular(5), facts => new Transformer(new TransformerOptions { Layers = 1, DModel = 8, Heads = 2, Mlp = 16 }, facts),
            steps: 40));
        var losses = records.Where(record => record.Evaluation is not null)
            .Select(record => record.Evaluation!["train"]!.Value.Loss).ToList();
        Assert.True(losses[^1] < 0.7 * losses[0], $"from {losses[0]} to {losses[^1]}");
    }

    private static bool SameRecord(StepRecord a, StepRecord b) =>
        (a with { Evaluation = null }) == (b with { Evaluation = null })
        && Nullable.Equals(a.Evaluation?.WeightNorm, b.Evaluation?.WeightNorm)              // unlike ==, NaN equals itself
        && (a.Evaluation?.Splits ?? []).SequenceEqual(b.Evaluation?.Splits ?? []);
}
