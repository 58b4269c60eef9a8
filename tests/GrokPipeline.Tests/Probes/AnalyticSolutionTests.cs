using GrokPipeline.Probes;
using static GrokPipeline.Tests.Probes.BuiltByHand;

namespace GrokPipeline.Tests.Probes;

/// <summary>Every probe of circuits on the one network whose circuit is known.</summary>
public sealed class AnalyticSolutionTests
{
    // Σ over classes of exp(logit), the same for every pair: −6·2 + log of it is the loss.
    private static readonly double _loss =
        Math.Log(Enumerable.Range(0, P).Sum(d => Math.Exp(Gain * Frequencies.Sum(k => Math.Cos(2 * Math.PI * k * d / P))))) - (2 * Gain);

    [Theory]
    [InlineData("add")]
    [InlineData("sub")]
    public void Its_logits_are_waves_of_the_result_and_nothing_else(string op)
    {
        var found = Find(new ProgressProbe(new()), Quadratic(op));
        Assert.Equal(0.5, found[("logits", "share[2]")], 1e-6);
        Assert.Equal(0.5, found[("logits", "share[5]")], 1e-6);
        Assert.Equal(1, found[("logits", "sum_share")], 1e-6);
        Assert.Equal(2, found[("logits", "key_frequencies")]);
        Assert.Equal(1 / Math.Sqrt(2), found[("logits", "cosine[2]")], 1e-6);
        foreach (var split in (string[])["all", "train", "validation"])
        {
            Assert.Equal(_loss, found[(split, "full_loss")], 1e-5);
            Assert.Equal(_loss, found[(split, "restricted_loss")], 1e-5);
            Assert.Equal(1, found[(split, "restricted_accuracy")]);
            Assert.Equal(Math.Log(P), found[(split, "excluded_loss")], 1e-5);       // nothing is left: all classes alike
        }
        Assert.True(found[("train", "excluded_loss[2]")] > 10 * _loss);
    }

    [Fact]
    public void Its_first_layer_has_two_frequencies_one_for_each_neuron()
    {
        var found = Find(new FourierProbe(new()), Quadratic());
        Assert.Equal(0.5, found[("hidden.0.weight", "share[2]")], 1e-6);
        Assert.Equal(0.5, found[("hidden.0.weight", "share[5]")], 1e-6);
        Assert.Equal(2, found[("hidden.0.weight", "key_frequencies")]);
        Assert.Equal(1, found[("hidden.0.weight", "ipr")], 1e-6);
    }

    [Fact]
    public void A_neuron_follows_its_frequency_with_four_fifths_of_its_variance()
    {
        // (cos A + cos B)² − 1 = cos(A + B) + cos(A − B) + ½·cos 2A + ½·cos 2B: variances ½, ½, ⅛, ⅛, the last two at twice the frequency.
        var found = Find(new NeuronFrequencyProbe(new() { At = ["hidden.0"], Explained = 0.79 }), Quadratic());
        Assert.Equal(0.8, found[("hidden.0", "mean_share")], 1e-6);
        Assert.Equal(1, found[("hidden.0", "explained")]);
        Assert.Equal(9, found[("hidden.0", "neurons[2]")]);
        Assert.Equal(9, found[("hidden.0", "neurons[5]")]);
        Assert.Equal(2, found[("hidden.0", "frequencies")]);
        Assert.Equal(0.5, Find(new NeuronFrequencyProbe(new() { At = ["logits"] }), Quadratic())[("logits", "mean_share")], 1e-5);
    }

    [Fact]
    public void Without_its_frequencies_nothing_is_right_and_with_them_alone_everything()
    {
        var found = Find(new FrequencyAblationProbe(new() { On = "all" }), Quadratic());
        Assert.Equal(1, found[("hidden.0.weight", "accuracy")]);
        Assert.Equal(_loss, found[("hidden.0.weight", "keys_only_loss")], 1e-5);
        Assert.Equal(Math.Log(P), found[("hidden.0.weight", "without_keys_loss")], 1e-5);
        Assert.InRange(found[("hidden.0.weight", "without_keys_accuracy")], 0, 0.3);
        Assert.True(found[("hidden.0.weight", "loss[2]")] > 10 * _loss);
    }

    [Fact]
    public void Without_its_neurons_all_classes_are_alike()
    {
        var found = Find(new AblationProbe(new() { On = "all", Neurons = [9, 18] }), Quadratic());
        Assert.Equal(_loss, found[("whole model", "loss")], 1e-5);
        Assert.Equal(Math.Log(P), found[("hidden.0, zero", "loss")], 1e-6);
        Assert.Equal(Math.Log(P), found[("hidden.0 top 18, zero", "loss")], 1e-6);
        Assert.Equal(Math.Log(P) - _loss, found[("hidden.0, zero", "loss_change")], 1e-5);
        Assert.Equal(Math.Log(P), found[("hidden.0, mean", "loss")], 1e-5);         // the means of its neurons are alike, too
        Assert.True(found[("hidden.0 top 9, zero", "accuracy")] < 1);
    }

    [Fact]
    public void A_linear_probe_reads_the_sum_perfectly_and_shuffled_sums_not_at_all()
    {
        var probe = new LinearProbe(new() { At = ["hidden.0"], Target = "c", MaxIterations = 100 });
        var found = probe.Run(Quadratic()).ToList();
        Assert.All(found.Where(f => f is { Name: "accuracy", Control: "" }), f => Assert.Equal(1, f.Value));
        Assert.All(found.Where(f => f is { Name: "accuracy", Control: "shuffled_labels" }), f => Assert.InRange(f.Value, 0, 0.4));
    }

    [Fact]
    public void Its_first_layer_lays_the_operands_on_two_round_circles()
    {
        var found = Find(new CircleProbe(new()), Quadratic());
        foreach (var k in Frequencies)
        {
            var target = $"hidden.0.weight at {k}";
            Assert.Equal(0.5, found[(target, "plane_share")], 1e-6);
            Assert.Equal(1, found[(target, "roundness")], 1e-6);
            for (var a = 0; a < P; a++)
            {
                // Each of the nine neurons has a variance of ½, so that the radius is √(9/2); the angle goes on by 2πk/p.
                var (x, y) = (found[(target, $"x[{a}]")], found[(target, $"y[{a}]")]);
                Assert.Equal(Math.Sqrt(4.5) * Math.Cos(2 * Math.PI * k * a / P), x, 1e-5);
                Assert.Equal(Math.Sqrt(4.5) * Math.Sin(2 * Math.PI * k * a / P), y, 1e-5);
            }
        }
    }

    [Fact]
    public void Pairs_in_no_split_are_computed_besides()
    {
        var whole = Find(new ProgressProbe(new()), Quadratic());
        var part = Find(new ProgressProbe(new()), Quadratic(keep: all => all.Select([.. Enumerable.Range(0, all.Rows).Where(row => row % 7 > 1)])));
        foreach (var (key, value) in whole.Where(pair => pair.Key.Target is "logits" or "all")) { Assert.Equal(value, part[key]); }
    }

    [Fact]
    public void The_same_seed_gives_the_same_findings()
    {
        foreach (var probe in (Probe[])
        [
            new ProgressProbe(new()), new NeuronFrequencyProbe(new() { At = ["hidden.0"] }), new AblationProbe(new() { MaxRows = 40 }),
            new LinearProbe(new() { At = ["*"], Target = "a % 2", Solver = LinearSolver.Ridge }),
        ])
        {
            Assert.Equal(probe.Run(Quadratic()).ToList(), [.. probe.Run(Quadratic())]);
        }
    }
}
