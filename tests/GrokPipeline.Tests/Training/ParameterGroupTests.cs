using System.Collections.Immutable;
using GrokPipeline.Graphs;
using GrokPipeline.Training;
using GrokPipeline.Training.Losses;
using GrokPipeline.Training.Models;
using GrokPipeline.Training.Optimizers;
using GrokPipeline.Training.Schedules;

namespace GrokPipeline.Tests.Training;

public sealed class ParameterGroupTests
{
    /// <summary>Of a rate and a decay: the optimizer, and the one that has them for <c>embed</c> only.</summary>
    private static readonly Dictionary<string, (Func<double, double, Optimizer>, Func<double?, double?, Optimizer>)> _optimizers = new()
    {
        ["adamw"] = (
            (rate, decay) => new AdamW(new() { LearningRate = rate, WeightDecay = decay }),
            (rate, decay) => Grouped("embed", rate, decay)),
        ["adam"] = (
            (rate, decay) => new Adam(new() { LearningRate = rate, L2 = decay }),
            (rate, decay) => new Adam(new() { LearningRate = 0.01, L2 = 0.1, Groups = L2("embed", rate, decay) })),
        ["sgd"] = (
            (rate, decay) => new Sgd(new() { LearningRate = rate, L2 = decay, Momentum = 0.5 }),
            (rate, decay) => new Sgd(new() { LearningRate = 0.01, L2 = 0.1, Momentum = 0.5, Groups = L2("embed", rate, decay) })),
    };

    public static TheoryData<string> Kinds => [.. _optimizers.Keys];

    [Theory, MemberData(nameof(Kinds))]
    public void A_group_moves_as_if_all_had_its_numbers_and_the_rest_as_if_there_were_no_group(string kind)
    {
        var (plain, grouped) = _optimizers[kind];
        var (own, others, both) = (After(1, plain(0.3, 0.7)), After(1, plain(0.01, 0.1)), After(1, grouped(0.3, 0.7)));
        AssertSame(both, "embed.weight", own);
        Assert.NotEqual(Bytes(others, "embed.weight"), Bytes(both, "embed.weight"));
        foreach (var name in both.Parameters.Keys.Where(name => name != "embed.weight")) { AssertSame(both, name, others); }
    }

    [Theory, MemberData(nameof(Kinds))]
    public void What_a_group_does_not_say_is_the_optimizer_s(string kind)
    {
        var (plain, grouped) = _optimizers[kind];
        AssertSame(After(1, grouped(0.3, null)), "embed.weight", After(1, plain(0.3, 0.1)));
        AssertSame(After(1, grouped(null, 0.7)), "embed.weight", After(1, plain(0.01, 0.7)));
    }

    [Fact]
    public void The_first_step_of_adamw_is_the_group_s_rate_times_the_schedule_s_share()
    {
        var schedule = new Constant(new() { Warmup = 4 });
        var plan = Plan(Grouped("embed", 0.2, 0)) with { Schedule = schedule };
        var first = plan.Model.Initialize(plan.Seed)["embed.weight"].AsSpan<float>().ToArray();
        var after = After(1, plan).Parameters["embed.weight"].AsSpan<float>().ToArray();
        Assert.All(first.Zip(after), pair => Assert.Equal(0.2 / 4, Math.Abs(pair.Second - pair.First), 1e-5));     // m̂/√v̂ is ±1
        var still = After(3, Plan(Grouped("embed", 0, 1)) with { Schedule = schedule });
        Assert.Equal(first, still.Parameters["embed.weight"].AsSpan<float>().ToArray());
    }

    [Fact]
    public void A_training_with_groups_that_is_resumed_ends_with_the_same_bytes()
    {
        var plan = Plan(Grouped("embed", 0.2, 0.5));
        using var trainer = new Trainer(plan with { Steps = 3 }, Small.Reference);
        foreach (var _ in trainer.Run()) { }
        Assert.Equal(After(6, plan).Bytes(), After(6, plan, trainer.Snapshot()).Bytes());
    }

    [Fact]
    public void The_first_step_looked_at_alone_is_that_of_the_training()
    {
        var plan = Plan(Grouped("embed", 0.2, 0.5)) with { Schedule = new Constant(new() { Warmup = 4 }) };
        var first = new FirstStep(plan);
        using var session = Small.Reference(first.Step.Graph);
        first.WriteTo(session);
        session.Run();
        foreach (var (name, expected) in After(1, plan).Parameters)
        {
            var actual = new Tensor(expected.Type);
            session.Read(name, actual);
            Assert.Equal(expected.Bytes.ToArray(), actual.Bytes.ToArray());
        }
    }

    [Fact]
    public void Runs_that_differ_in_a_group_s_numbers_share_a_graph()
    {
        static Graph Step(Optimizer optimizer) => TrainStep.Of(Plan(optimizer).Model, 5, optimizer, new CrossEntropy()).Graph;
        var step = Step(Grouped("embed", 0.2, 0.5));
        Assert.Equal(GraphText.Of(step), GraphText.Of(Step(Grouped("embed", null, 0))));
        Assert.Equal(
            ["target", "learning_rate", "embed.learning_rate", "weight_decay", "embed.weight_decay"],
            step.Inputs.Select(input => input.Name).SkipWhile(name => name != "target"));
    }

    [Theory]
    [InlineData("embed", "embed.weight")]
    [InlineData("hidden.0", "hidden.0.weight hidden.0.bias")]
    [InlineData("hidden.0.bias", "hidden.0.bias")]
    [InlineData("*.bias", "hidden.0.bias output.bias")]
    [InlineData("hidden.*", "hidden.0.weight hidden.0.bias")]
    [InlineData("*", "embed.weight hidden.0.weight hidden.0.bias output.weight output.bias")]
    public void A_group_is_named_by_a_name_a_beginning_or_a_pattern(string group, string expected)
    {
        var names = Plan(Grouped("embed", 1, 0)).Model.Parameters.Select(spec => spec.Name).ToArray();
        var groups = Grouped(group, 1, 0).GroupsOf(names);
        Assert.Equal(expected, string.Join(' ', names.Where((_, i) => groups[i] is not null)));
    }

    [Theory]
    [InlineData("embed.wieght", "No parameter belongs to the group 'embed.wieght'. Did you mean 'embed.weight'?")]
    [InlineData("emb", "No parameter belongs to the group 'emb'.")]
    [InlineData("", "No parameter belongs to the group ''.")]
    [InlineData("hidden.1*", "No parameter belongs to the group 'hidden.1*'.")]
    public void A_group_without_parameters_is_refused_with_the_known_names(string group, string problem)
    {
        var error = Assert.Throws<GrokException>(() => After(1, Grouped(group, 1, 0)));
        Assert.Equal(problem, error.Problem);
        Assert.EndsWith("The model has: embed.weight, hidden.0.weight, hidden.0.bias, output.weight, output.bias.", error.Remedy);
    }

    [Fact]
    public void A_parameter_in_two_groups_is_refused()
    {
        var groups = L2("embed", 1, 0).Add("*.weight", new());
        var error = Assert.Throws<GrokException>(() => After(1, new Adam(new() { Groups = groups })));
        Assert.Equal("The parameter 'embed.weight' is in the groups '*.weight' and 'embed'.", error.Problem);
    }

    [Fact]
    public void Numbers_out_of_range_are_named()
    {
        static string[] Named(IOptions options) => [.. options.Problems().Select(problem => problem.Option)];
        Assert.Equal(["learning_rate", "weight_decay"], Named(new DecayGroupOptions { LearningRate = double.NaN, WeightDecay = -1 }));
        Assert.Equal(["learning_rate", "l2"], Named(new L2GroupOptions { LearningRate = -1, L2 = double.PositiveInfinity }));
        Assert.Empty(Named(new DecayGroupOptions()).Concat(Named(new L2GroupOptions())));
    }

    private static AdamW Grouped(string group, double? rate, double? decay) => new(new()
    {
        LearningRate = 0.01,
        WeightDecay = 0.1,
        Groups = ImmutableSortedDictionary<string, DecayGroupOptions>.Empty
            .Add(group, new() { LearningRate = rate, WeightDecay = decay }),
    });

    private static ImmutableSortedDictionary<string, L2GroupOptions> L2(string group, double? rate, double? decay) =>
        ImmutableSortedDictionary<string, L2GroupOptions>.Empty.Add(group, new() { LearningRate = rate, L2 = decay });

    private static TrainingPlan Plan(Optimizer optimizer) => Small.Plan(
        Small.Modular(5),
        facts => new Mlp(
            new() { Encode = OperandEncoding.Embedding, Embedding = 2, Combine = Combination.Sum, Hidden = [6] }, facts),
        1, optimizer);

    private static TrainingState After(long steps, Optimizer optimizer) => After(steps, Plan(optimizer));

    private static TrainingState After(long steps, TrainingPlan plan, TrainingState? from = null)
    {
        using var trainer = new Trainer(plan with { Steps = steps }, Small.Reference);
        foreach (var _ in trainer.Run(from)) { }
        return trainer.Snapshot();
    }

    private static byte[] Bytes(TrainingState state, string name) => state.Parameters[name].Bytes.ToArray();

    private static void AssertSame(TrainingState actual, string name, TrainingState expected) =>
        Assert.True(Bytes(expected, name).SequenceEqual(Bytes(actual, name)), name);
}
