using GrokPipeline.Data.Generators;
using GrokPipeline.Probes;
using GrokPipeline.Tables;
using GrokPipeline.Training.Losses;
using GrokPipeline.Training.Models;
using static GrokPipeline.Tests.Probes.BuiltByHand;

namespace GrokPipeline.Tests.Probes;

public sealed class CircuitProbeTests
{
    [Fact]
    public void Progress_agrees_with_projections_written_out()
    {
        // An untrained model: its logits are of every frequency, and depend on more than the sum.
        var context = Quadratic();
        context = context with { Checkpoint = context.Initial, Loss = new SquaredError() };
        var logits = context.Initial.Activation("logits").Values.Select(value => (double)value).ToArray();
        var (rest, kept) = (logits.ToArray(), new double[logits.Length]);
        foreach (var k in Frequencies)
        {
            foreach (var wave in (Func<double, double>[])[Math.Cos, Math.Sin])
            {
                var direction = Enumerable.Range(0, P * P).Select(pair => wave(2 * Math.PI * k * (pair / P + pair % P) / P)).ToArray();
                var length = Math.Sqrt(direction.Sum(x => x * x));
                for (var c = 0; c < P; c++)
                {
                    var along = Enumerable.Range(0, P * P).Sum(pair => direction[pair] / length * logits[(pair * P) + c]);
                    for (var pair = 0; pair < P * P; pair++)
                    {
                        rest[(pair * P) + c] -= along * direction[pair] / length;
                        kept[(pair * P) + c] += along * direction[pair] / length;
                    }
                }
            }
        }
        for (var c = 0; c < P; c++)
        {
            var mean = Enumerable.Range(0, P * P).Average(pair => logits[(pair * P) + c]);
            for (var pair = 0; pair < P * P; pair++) { kept[(pair * P) + c] += mean; }
        }
        var found = Find(new ProgressProbe(new()), context);
        Assert.Equal(Loss(rest), found[("all", "excluded_loss")], 1e-6);
        Assert.Equal(Loss(kept), found[("all", "restricted_loss")], 1e-6);
        Assert.Equal(Loss(logits), found[("all", "full_loss")], 1e-6);

        double Loss(double[] values) => Enumerable.Range(0, P * P).Average(pair => context.Loss.OfRow(
            [.. values[(pair * P)..((pair + 1) * P)].Select(value => (float)value)], (pair / P + pair % P) % P));
    }

    [Fact]
    public void Neuron_frequencies_agree_with_a_transform_written_out()
    {
        var context = Quadratic();
        var found = Find(new NeuronFrequencyProbe(new() { At = ["hidden.0.pre"] }), context with { Checkpoint = context.Initial });
        var values = context.Initial.Activation("hidden.0.pre").Values;
        var shares = Enumerable.Range(0, 18).Select(n =>
        {
            var mean = Enumerable.Range(0, P * P).Average(pair => (double)values[(pair * 18) + n]);
            var total = Enumerable.Range(0, P * P).Sum(pair => Math.Pow(values[(pair * 18) + n] - mean, 2));
            return Enumerable.Range(1, P / 2).Max(k => (int[])[-1, 0, 1] is var turns
                ? turns.Sum(i => turns.Sum(j => i == 0 && j == 0 ? 0 : Power(n, i * k, j * k))) / total : 0);
        });
        Assert.Equal(shares.Average(), found[("hidden.0.pre", "mean_share")], 1e-6);

        // |Σ x·e^(−2πi(fa + gb)/p)|² / p².
        double Power(int n, int f, int g)
        {
            var sum = System.Numerics.Complex.Zero;
            for (var pair = 0; pair < P * P; pair++)
            {
                sum += values[(pair * 18) + n] * System.Numerics.Complex.Exp(new(0, -2 * Math.PI * ((f * (pair / P)) + (g * (pair % P))) / P));
            }
            return sum.Magnitude * sum.Magnitude / (P * P);
        }
    }

    [Fact]
    public void Spread_power_participates_little()
    {
        var impulse = new float[11];
        impulse[0] = 1;                                                 // the same power at each of five frequencies
        var context = Contexts.Of("w", Tensor.Of<float>([11, 1], impulse), 11);
        Assert.Equal(0.2, Find(new FourierProbe(new() { Parameter = "w" }), context)[("w", "ipr")], 1e-9);
    }

    [Theory]
    [InlineData(NormPlace.Pre, NormKind.Layer)]
    [InlineData(NormPlace.Post, NormKind.Layer)]
    [InlineData(NormPlace.Pre, NormKind.Rms)]
    public void The_lens_after_the_last_block_is_the_model(NormPlace norm, NormKind kind)
    {
        var context = Transformer(norm: norm, kind: kind);
        var found = Find(new LogitLensProbe(new()), context);
        var logits = context.Checkpoint.Activation("logits").Values;
        var labels = context.Rows.Int64("c").ToArray();
        var loss = labels.Select((label, row) => new CrossEntropy().OfRow(logits.AsSpan(row * 5, 5), (int)label)).Average();
        var rank = labels.Select((label, row) => 1.0 + logits.Skip(row * 5).Take(5).Count(score => score > logits[(row * 5) + label])).Average();
        Assert.Equal(loss, found[("blocks.1.resid_post", "loss")], 1e-5);
        Assert.Equal(rank, found[("blocks.1.resid_post", "mean_rank")], 1e-9);
        Assert.Equal(4, found.Keys.Select(key => key.Target).Distinct().Count());
        Assert.NotEqual(loss, found[("blocks.0.resid_mid", "loss")], 1e-3);
    }

    [Theory]
    [InlineData(TokenForm.Equation, 4)]
    [InlineData(TokenForm.Framed, 5)]
    [InlineData(TokenForm.OperandsEquals, 3)]
    [InlineData(TokenForm.Operands, 2)]
    public void Heads_that_ask_for_nothing_look_everywhere_alike(TokenForm tokens, int positions)
    {
        var found = Find(new AttentionProbe(new()), Transformer((name, tensor) =>
        {
            if (name.Contains(".attn.q.", StringComparison.Ordinal)) { tensor.AsSpan<float>().Clear(); }
            return tensor;
        }, tokens: tokens));
        Assert.Equal(4, found.Count(pair => pair.Key.Name == "entropy"));
        Assert.All(found.Where(pair => pair.Key.Name == "entropy"), pair => Assert.Equal(Math.Log(positions), pair.Value, 1e-6));
        Assert.Equal(4, found.Count(pair => pair.Key.Name == "operands"));
        Assert.All(found.Where(pair => pair.Key.Name == "operands"), pair => Assert.Equal(2.0 / positions, pair.Value, 1e-6));
        Assert.All(found.Where(pair => pair.Key.Name.StartsWith("to[", StringComparison.Ordinal)), pair => Assert.Equal(1.0 / positions, pair.Value, 1e-6));
    }

    [Theory]
    [InlineData("blocks.0.attn.z head 1 on validation, zero", "blocks.0.attn.o.weight", 4, 4)]
    [InlineData("blocks.1.attn.z head 0 on validation, zero", "blocks.1.attn.o.weight", 0, 4)]
    [InlineData("blocks.0.mlp.post top 12 on validation, zero", "blocks.0.mlp.out.weight", 0, 12)]
    public void A_part_at_zero_is_a_part_that_nobody_reads(string part, string weight, int first, int count)
    {
        // The same effect another way: the rows of the next matrix that read the part are zeros.
        var found = Find(new AblationProbe(new() { Neurons = [12] }), Transformer());
        var changed = Find(new AblationProbe(new()), Transformer((name, tensor) =>
        {
            if (name == weight) { tensor.AsSpan<float>().Slice(first * 8, count * 8).Clear(); }
            return tensor;
        }));
        Assert.Equal(changed[("whole model on validation", "loss")], found[(part, "loss")], 1e-6);
        Assert.NotEqual(found[("whole model on validation", "loss")], found[(part, "loss")], 1e-4);
    }

    [Fact]
    public void The_mean_of_one_row_changes_nothing()
    {
        var found = Find(new AblationProbe(new() { MaxRows = 1, Values = ["mean"] }), Transformer());
        Assert.All(found.Where(pair => pair.Key.Name == "loss_change"), pair => Assert.Equal(0, pair.Value, 1e-6));
    }

    [Fact]
    public void Each_probe_says_what_it_cannot_read()
    {
        Refused(new LogitLensProbe(new()), Quadratic(), "residual stream");
        Refused(new AttentionProbe(new()), Quadratic(), "needs a model with attention");
        Refused(new ProgressProbe(new() { Frequencies = [7] }), Quadratic(), "the frequency 7; modulo 13 there are 1 to 6");
        Refused(new FrequencyAblationProbe(new() { Frequencies = [7] }), Quadratic(), "the frequency 7; modulo 13 there are 1 to 6");
        Refused(new AblationProbe(new()), Quadratic() with { Model = null }, "an exported file alone does not have the model's graph");
        Refused(new AblationProbe(new() { At = ["hidden.1"] }), Quadratic(), "no activation named 'hidden.1'");
        Refused(new AblationProbe(new() { At = ["blocks.0.resid_pre"] }), Transformer(), "nothing of the model depends on it");
        Refused(new AblationProbe(new() { Neurons = [19] }), Quadratic(), "has 18 neurons; 19 were to be removed");
        Refused(new AblationProbe(new() { On = "validaton" }), Quadratic(), "Did you mean 'validation'?");
        var product = new ModularArithmetic(new() { Op = "mul", Modulus = 13 });
        var context = Quadratic();
        Refused(new ProgressProbe(new()), context with { Facts = product.Facts, Rows = product.All }, "in row 1 a is 0, b is 1, and c is 0.");
        Refused(new ProgressProbe(new()), Contexts.Of("w", new Tensor(TensorType.Float32([2]))), "this dataset has no operands of 0 values");
        Refused(new ProgressProbe(new()), context with { Rows = context.Rows.Select([]) }, "has no rows");
        var wider = new MadeUp(4, [], new() { ["logits"] = new([P + 1], new float[(P + 1) * P * P]) });
        Refused(new ProgressProbe(new() { Frequencies = [2] }), context with { Checkpoint = wider }, "a logit for each of 13 results; the model gives 14");
        var diverged = new Activation([P], [.. Enumerable.Repeat(float.NaN, P * P * P)]);
        var broken = new MadeUp(4, [], new() { ["logits"] = diverged });
        Refused(new ProgressProbe(new() { Frequencies = [2] }), context with { Checkpoint = broken }, "169 of 169 rows hold NaN");
    }

    [Fact]
    public void Matrices_of_neurons_have_no_frequencies()
    {
        var context = Quadratic();
        Refused(new CircleProbe(new() { Parameter = "output.weight" }), context, "The rows of 'output.weight' belong to neurons");
        Refused(new FourierProbe(new() { Parameter = "w" }), Contexts.Of("w", new Tensor(TensorType.Float32([18, 2])), P), "a first layer of m blocks of 13");
        // Its output layer has 26 rows, as many as the two blocks of the first one.
        var wide = new Dictionary<string, Tensor>(context.Checkpoint.Parameters) { ["output.weight"] = new(TensorType.Float32([2 * P, P])) };
        var all = new FourierProbe(new() { Parameter = "*" }).Run(context with { Checkpoint = new MadeUp(4, wide, []) });
        Assert.Equal(["hidden.0.weight"], all.Select(f => f.Target).Distinct());
        var tokens = Contexts.Of("w", new Tensor(TensorType.Float32([P + 2, 2])), P);
        Assert.NotEmpty(new FourierProbe(new() { Parameter = "w" }).Run(tokens));
    }

    [Fact]
    public void A_changed_label_is_named()
    {
        var context = Quadratic();
        var labels = context.Rows.Int64("c").ToArray();
        labels[30] = (labels[30] + 1) % P;
        var changed = context with { Rows = context.Rows.With(ColumnValues.Of("c", labels)) };
        Refused(new ProgressProbe(new()), changed, $"in row 30 a is 2, b is 4, and c is {labels[30]}.");
    }

    [Fact]
    public void The_last_position_of_a_pattern_is_the_last_query_of_every_head()
    {
        // Two rows of [heads 2, queries 2, keys 3].
        var pattern = new Activation([2, 2, 3], [.. Enumerable.Range(0, 24).Select(i => (float)i)]);
        var last = pattern.AtLastPosition("blocks.0.attn.pattern");
        Assert.Equal([6], last.Shape.Extents);
        Assert.Equal([3, 4, 5, 9, 10, 11, 15, 16, 17, 21, 22, 23], last.Values);
        Assert.Equal([6, 7, 8, 9, 10, 11, 18, 19, 20, 21, 22, 23], pattern.AtLastPosition("blocks.0.attn.z").Values);
    }

    [Fact]
    public void A_row_with_a_score_that_is_no_number_is_wrong()
    {
        Assert.False(ScoredRows.Of(new CrossEntropy(), [float.NaN, 1, 2], 2).Right);
        Assert.False(ScoredRows.Of(new CrossEntropy(), [1, 2, float.NaN], 1).Right);
        Assert.True(ScoredRows.Of(new CrossEntropy(), [1, 2, 2], 1).Right);
    }

    [Fact]
    public void Bad_options_are_named()
    {
        Assert.Equal(["frequencies", "frequencies", "coverage"], Problems(new ProgressOptions { Frequencies = [0, 3, 3], Coverage = 0 }));
        Assert.Equal(["explained"], Problems(new NeuronFrequencyOptions { Explained = double.NaN }));
        Assert.Equal(["frequencies"], Problems(new CircleOptions { Frequencies = 0 }));
        Assert.Equal(["at"], Problems(new AttentionOptions { At = [] }));
        Assert.Equal(["at"], Problems(new AttentionOptions { At = ["*", "blocks.0.attn.pattern"] }));
        Assert.Equal(["parameter"], Problems(new CircleOptions { Parameter = "*" }));
        Assert.Equal(["parameter"], Problems(new FrequencyAblationOptions { Parameter = "*" }));
        Assert.Equal(["at", "on", "max_rows"], Problems(new LogitLensOptions { At = [], On = "", MaxRows = 0 }));
        Assert.Equal(["values", "neurons", "max_rows"], Problems(new AblationOptions { Values = ["medium"], Neurons = [0], MaxRows = 0 }));
        Assert.Equal(["frequencies", "coverage", "on"], Problems(new FrequencyAblationOptions { Frequencies = [-1], Coverage = 2, On = "" }));
    }

    private static IEnumerable<string> Problems(IOptions options) => options.Problems().Select(problem => problem.Option);

    private static void Refused(Probe probe, ProbeContext context, string problem) =>
        Assert.Contains(problem, Assert.Throws<GrokException>(() => probe.Run(context).ToList()).Problem, StringComparison.Ordinal);
}
