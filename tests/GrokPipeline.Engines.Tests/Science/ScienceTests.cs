using GrokPipeline.Data.Generators;
using GrokPipeline.Training;
using GrokPipeline.Training.Models;
using GrokPipeline.Training.Optimizers;

namespace GrokPipeline.Engines.Tests.Science;

/// <summary>
/// Effects that the literature and our own earlier trainer agree on, in bands: seeds and the order of sums move steps by some tens of
/// per cent.
/// </summary>
public sealed class ScienceTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_quadratic_network_groks_addition_modulo_31(ulong seed)
    {
        var data = Experiment.Addition(31, 0.6, seed);
        var outcome = Experiment.Run(Experiment.Quadratic(data, width: 200, decay: 2, steps: 130, every: 10, seed));
        Assert.InRange(outcome.Train!.Value, 10, 30);
        Assert.InRange(outcome.Validation!.Value, 40, 110);
        Assert.InRange(outcome.Plateau, 0, 0.1);
        Assert.InRange(outcome.Final, 0.99, 1);
    }

    [Fact]
    public void Large_first_weights_make_the_delay()
    {
        var data = Experiment.Gaussian(Geometry.Equidistant, 400, 1, 0.2, seed: 0);
        var large = Experiment.Run(Experiment.Subclasses(data, scale: 8, steps: 300, seed: 0), threshold: 0.97);
        Assert.InRange(large.Train!.Value, 10, 90);
        Assert.Null(large.Validation);
        Assert.InRange(large.Final, 0.7, 0.93);
        var usual = Experiment.Run(Experiment.Subclasses(data, scale: 1, steps: 150, seed: 0), threshold: 0.97);
        Assert.InRange(usual.Validation!.Value, 10, 120);
    }

    [Fact]
    public void Subclasses_that_are_absent_from_train_stay_unknown()
    {
        var data = Experiment.Gaussian(Geometry.Equidistant, 200, 1, 0, seed: 0);
        var outcome = Experiment.Run(Experiment.Subclasses(data, scale: 8, steps: 400, seed: 0));
        Assert.InRange(outcome.Train!.Value, 10, 90);
        Assert.InRange(outcome.Final, 0.5, 0.7);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(50)]
    public void Training_has_the_same_bytes_on_any_number_of_threads_and_across_a_break(int? batch)
    {
        var data = Experiment.Addition(13, 0.7, seed: 2);
        var plan = Experiment.Plan(data, seed: 2) with { Steps = 37, BatchSize = batch };
        using var whole = Experiment.Trainer(plan);
        var records = whole.Run().ToList();
        TrainingState state;
        using (var first = Experiment.Trainer(plan, threads: 2))
        {
            Assert.Equal(records[20].Loss, first.Run().ElementAt(20).Loss);
            state = first.Snapshot();
        }
        using var second = Experiment.Trainer(plan, threads: 3);
        Assert.Equal(
            records.Skip(21).Select(record => (record.Step, record.Loss)), second.Run(state).Select(record => (record.Step, record.Loss)));
        Assert.Equal(Bytes(whole.Snapshot()), Bytes(second.Snapshot()));
    }

    [Theory(Explicit = true), Trait("cost", "slow")]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void The_headline_run_of_a_relu_network_stays_in_its_bands(ulong seed)
    {
        var outcome = Experiment.Run(Experiment.Plan(Experiment.Addition(59, 0.5, seed), seed));
        Assert.InRange(outcome.Train!.Value, 30, 90);
        Assert.InRange(outcome.Validation!.Value, 550, 1050);
        Assert.InRange(outcome.Plateau, 0, 0.05);
    }

    [Theory(Explicit = true), Trait("cost", "slow")]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void A_quadratic_network_groks_addition_modulo_59_in_its_band(ulong seed)
    {
        var outcome = Experiment.Run(Experiment.Quadratic(Experiment.Addition(59, 0.35, seed), 256, decay: 2, steps: 300, every: 10, seed));
        Assert.InRange(outcome.Train!.Value, 10, 30);
        Assert.InRange(outcome.Validation!.Value, 80, 180);
    }

    [Fact(Explicit = true), Trait("cost", "slow")]
    public void The_fast_run_of_doshi_is_reproduced()
    {
        var outcome = Experiment.Run(Experiment.Quadratic(Experiment.Addition(97, 0.5, 0), 500, decay: 5, steps: 80, every: 2, 0));
        Assert.InRange(outcome.Train!.Value, 14, 26);
        Assert.InRange(outcome.Validation!.Value, 34, 46);
    }

    [Theory(Explicit = true), Trait("cost", "slow")]
    [InlineData(Geometry.Equidistant, 400, 1, 0.2, 0.97)]
    [InlineData(Geometry.Equivariant, 200, 3, 0.0, 0.99)]
    public void Rare_and_absent_subclasses_are_learnt_late(Geometry geometry, int rows, int shifted, double rate, double threshold)
    {
        var data = Experiment.Gaussian(geometry, rows, shifted, rate, seed: 0);
        var outcome = Experiment.Run(Experiment.Subclasses(data, scale: 8, steps: 4000, seed: 0), threshold);
        Assert.InRange(outcome.Train!.Value, 10, 90);
        Assert.InRange(outcome.Validation!.Value, 1000, 3500);
        Assert.InRange(outcome.Final, threshold, 1);
    }

    [Fact(Explicit = true), Trait("cost", "slow")]
    public void The_transformer_of_power_groks_addition_modulo_97()
    {
        var data = Experiment.Addition(97, 0.5, seed: 0);
        var outcome = Experiment.Run(Experiment.Plan(data, seed: 0) with
        {
            Model = new Transformer(new(), data.Facts),
            Optimizer = new AdamW(new()),
            BatchSize = 512,
            Steps = 4000,
            Evaluate = new EvaluationSchedule(50),
        });
        Assert.InRange(outcome.Train!.Value, 100, 600);
        Assert.InRange(outcome.Validation!.Value, 700, 4000);
        Assert.InRange(outcome.Plateau, 0, 0.3);
    }

    private static byte[] Bytes(TrainingState state)
    {
        using var stream = new MemoryStream();
        state.Write(stream);
        return stream.ToArray();
    }
}
