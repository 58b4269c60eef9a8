using GrokPipeline.Data;
using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Training;
using GrokPipeline.Training.Layers;
using GrokPipeline.Training.Models;

namespace GrokPipeline.Tests.Training;

public sealed class TransformerTests
{
    // Where the operands stand in an expected row.
    private const long A = -1;
    private const long B = -2;

    private static readonly DatasetFacts _modular = Small.Modular(5).Facts;

    [Theory]
    [InlineData(TokenForm.Equation, "tokens", new long[] { A, 5, B, 6 }, 7)]
    [InlineData(TokenForm.Framed, "framed_tokens", new long[] { 7, A, 5, B, 6 }, 8)]
    [InlineData(TokenForm.OperandsEquals, "operands_equals", new long[] { A, B, 5 }, 6)]
    [InlineData(TokenForm.Operands, "operands", new long[] { A, B }, 5)]
    public void Each_form_of_tokens_has_an_input_and_a_table_of_its_own(TokenForm form, string input, long[] row, int vocabulary)
    {
        var model = Tiny(new() { Tokens = form });
        Assert.Equal(input, model.InputName);
        Assert.Equal(TensorShape.Create([vocabulary, 8]), Named(model, "embed.weight").Shape);
        Assert.Equal(TensorShape.Create([row.Length, 8]), Named(model, "pos.weight").Shape);
        var data = Small.Modular(5);
        var train = data.Splits["train"];
        var tensor = new Tensor(TensorType.Int64([1, row.Length]));
        RowEncoding.Input(input, train, data.Facts, [2], tensor);
        var (a, b) = (train.Int64("a")[2], train.Int64("b")[2]);
        Assert.Equal(row.Select(token => token == A ? a : token == B ? b : token), tensor.AsSpan<long>().ToArray());
    }

    [Fact]
    public void Sinusoids_are_those_of_the_formula()
    {
        var model = Tiny(new() { PositionCode = PositionCode.Sinusoidal });
        Assert.DoesNotContain(model.Parameters, spec => spec.Name == "pos.weight");
        var table = Run(model, [[3, 5, 4, 6]], "pos_embed");
        for (var place = 0; place < 4; place++)
        {
            for (var i = 0; i < 8; i++)
            {
                var angle = place / Math.Pow(10_000, (i - (i % 2)) / 8.0);
                Assert.Equal(i % 2 == 0 ? Math.Sin(angle) : Math.Cos(angle), table[(place * 8) + i], 1e-7);
            }
        }
    }

    [Fact]
    public void With_rotary_positions_attention_depends_on_distances_alone()
    {
        var model = Tiny(new() { Layers = 1, PositionCode = PositionCode.Rotary, Causal = false, Positions = Positions.All });
        var pattern = Run(model, [[2, 2, 2, 2]], "blocks.0.attn.pattern");          // [1, 2, 4, 4]
        var scores = pattern.Select(share => Math.Log(share)).ToArray();
        double Beyond(int head, int query, int key) => scores[(((head * 4) + query) * 4) + key] - scores[(((head * 4) + query) * 4) + query];
        for (var head = 0; head < 2; head++)
        {
            foreach (var distance in (int[])[1, 2])
            {
                Assert.Equal(Beyond(head, 0, distance), Beyond(head, 1, 1 + distance), 1e-6);
                Assert.Equal(Beyond(head, 3, 3 - distance), Beyond(head, 2, 2 - distance), 1e-6);
                Assert.True(Math.Abs(Beyond(head, 0, distance)) > 1e-4);
            }
        }
    }

    [Fact]
    public void Turned_queries_are_their_pairs_as_complex_numbers_times_a_phase()
    {
        var model = Tiny(new() { Layers = 1, PositionCode = PositionCode.Rotary, RotaryBase = 100, Positions = Positions.All });
        int[] shape = [4, 2, 4];
        var (plain, turned) = (Run(model, [[3, 5, 4, 6]], "blocks.0.attn.q"), Run(model, [[3, 5, 4, 6]], "blocks.0.attn.rot_q"));
        for (var place = 0; place < shape[0]; place++)
        {
            for (var pair = 0; pair < 4; pair++)                                  // two pairs of each of two heads
            {
                var at = (place * 8) + (2 * pair);
                var phase = System.Numerics.Complex.FromPolarCoordinates(1, place * Math.Pow(100, -(pair % 2) / 2.0));
                var expected = new System.Numerics.Complex(plain[at], plain[at + 1]) * phase;
                Assert.Equal(expected.Real, turned[at], 1e-6);
                Assert.Equal(expected.Imaginary, turned[at + 1], 1e-6);
            }
        }
    }

    [Fact]
    public void Rms_norms_have_a_gain_and_no_bias_and_give_vectors_of_one_length()
    {
        var model = Tiny(new() { NormKind = NormKind.Rms });
        Assert.Equal(
            ["blocks.0.norm1.weight", "blocks.0.norm2.weight", "blocks.1.norm1.weight", "blocks.1.norm2.weight", "final_norm.weight"],
            model.Parameters.Where(spec => spec.Name.Contains("norm", StringComparison.Ordinal)).Select(spec => spec.Name));
        Assert.Equal(1, Run(model, [[3, 5, 4, 6]], "final_norm").Average(x => x * x), 1e-3);      // at first all gains are 1
    }

    [Fact]
    public void Without_a_mask_earlier_positions_see_later_ones()
    {
        var model = Tiny(new() { Layers = 1, Causal = false, Positions = Positions.All });
        var (six, zero) = (Run(model, [[3, 5, 4, 6]], "blocks.0.resid_post"), Run(model, [[3, 5, 4, 0]], "blocks.0.resid_post"));
        for (var place = 0; place < 4; place++) { Assert.NotEqual(six[(place * 8)..((place + 1) * 8)], zero[(place * 8)..((place + 1) * 8)]); }
    }

    [Fact]
    public void Without_mask_and_positions_pooled_rows_do_not_know_the_order_of_their_tokens()
    {
        var model = Tiny(new() { Causal = false, PositionCode = PositionCode.None, Tokens = TokenForm.Operands, Pool = Pooling.Mean });
        var (one, other) = (Run(model, [[1, 3]], "logits"), Run(model, [[3, 1]], "logits"));
        Assert.All(one.Zip(other), pair => Assert.Equal(pair.First, pair.Second, 1e-14));
        Assert.NotEqual(one, Run(model, [[1, 2]], "logits"));
    }

    [Fact]
    public void Biases_are_chosen_for_each_part()
    {
        static string[] Biases(TransformerOptions options) =>
            [.. Tiny(options with { Layers = 1, Norm = NormPlace.None }).Parameters.Select(spec => spec.Name)
                .Where(name => name.EndsWith(".bias", StringComparison.Ordinal))];
        Assert.Equal(["blocks.0.mlp.in.bias", "blocks.0.mlp.out.bias"], Biases(new() { MlpBias = true }));
        Assert.Equal(["unembed.bias"], Biases(new() { Bias = true, AttentionBias = false, MlpBias = false }));
        Assert.Equal(4, Biases(new() { AttentionBias = true }).Length);
    }

    [Fact]
    public void The_first_values_of_Nanda_follow_the_width_and_the_number_of_tokens()
    {
        var facts = _modular with { OperandValues = 113, Classes = 113 };
        var model = new Transformer(
            new() { Layers = 1, Norm = NormPlace.None, MlpBias = true, Tokens = TokenForm.OperandsEquals, Init = new() { Kind = InitKind.Nanda } }, facts);
        var values = model.Initialize(new Seed(2));
        double Deviation(string name) => Math.Sqrt(values[name].AsSpan<float>().ToArray().Average(x => (double)x * x));
        foreach (var name in (string[])["embed.weight", "blocks.0.attn.k.weight", "blocks.0.mlp.in.weight", "blocks.0.mlp.out.weight"])
        {
            Assert.InRange(Deviation(name) * Math.Sqrt(128), 0.97, 1.03);
        }
        Assert.InRange(Deviation("unembed.weight") * Math.Sqrt(114), 0.97, 1.03);
        Assert.Equal(0, Deviation("blocks.0.mlp.out.bias"));
    }

    [Fact]
    public void Options_that_do_not_fit_together_or_the_dataset_are_refused()
    {
        static string[] Named(IOptions options) => [.. options.Problems().Select(problem => problem.Option)];
        Assert.Equal(["position_code"], Named(new TransformerOptions { DModel = 12, Heads = 4, PositionCode = PositionCode.Rotary }));
        Assert.Equal(
            ["feature_blocks", "rotary_base", "output_scale"],
            Named(new TransformerOptions { FeatureBlocks = 0, RotaryBase = 1, OutputScale = double.NaN }));
        Assert.Equal(["init"], Named(new MlpOptions { Init = new() { Kind = InitKind.Nanda } }));
        var features = Small.Features(117, 4);
        static GrokException Refused(TransformerOptions options, DatasetFacts facts) =>
            Assert.Throws<GrokException>(() => new Transformer(options, facts));
        Assert.Contains("feature_blocks", Refused(new(), features).Remedy);
        var uneven = Refused(new() { FeatureBlocks = 10 }, features);
        Assert.Contains("does not divide 117 features", uneven.Problem);
        Assert.Equal("Give 9.", uneven.Remedy);
        Assert.Contains("'tokens: operands_equals' is for operands", Refused(new() { Tokens = TokenForm.OperandsEquals }, features).Problem);
        Assert.Contains("this dataset has operands", Refused(new() { FeatureBlocks = 2 }, _modular).Problem);
    }

    private static Transformer Tiny(TransformerOptions options) =>
        new(options with { DModel = 8, Heads = 2, Mlp = 12, Activation = Activation.Gelu }, _modular);

    private static ParameterSpec Named(Model model, string name) => model.Parameters.Single(spec => spec.Name == name);

    private static double[] Run(Model model, long[][] rows, string output)
    {
        var graph = model.Build(rows.Length).ToGraph("m", output == "logits" ? [] : [output]);
        using var session = new ReferenceEngine(ElementType.Float64).Compile(graph, new CompileOptions());
        foreach (var (name, tensor) in model.Initialize(new Seed(4))) { session.Write(name, tensor); }
        session.Write(model.InputName, Tensor.Of<long>([rows.Length, rows[0].Length], [.. rows.SelectMany(row => row)]));
        session.Run();
        var read = new Tensor(new(ElementType.Float64, graph.OutputType(output)!.Value.Shape));                    // its own output
        session.Read(output, read);
        return read.AsSpan<double>().ToArray();
    }
}
