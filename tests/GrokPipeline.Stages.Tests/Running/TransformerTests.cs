using GrokPipeline.Runs;

namespace GrokPipeline.Stages.Tests.Running;

public sealed class TransformerTests
{
    [Fact]
    public void A_transformer_goes_through_every_stage_and_is_probed_at_an_activation_with_positions()
    {
        using var workspace = new SmallWorkspace("""
            schema: 1
            name: small
            datasets:
              mod11:
                use: modular_arithmetic
                with: { op: mul, modulus: 11 }
                split: { train: 0.6, validation: rest }
            experiments:
              small:
                data: mod11
                model: { kind: transformer, layers: 1, d_model: 16, heads: 2, mlp: 32, activation: gelu, norm: post }
                train:
                  steps: 30
                  batch: 32
                  evaluate_every: 10
                  schedule: { kind: cosine, warmup: 5 }
                  optimizer: { kind: adamw, learning_rate: 3.0e-3, weight_decay: 0.1 }
                evaluate: { on: [validation], interval: { resamples: 10 } }
                probe:
                  checkpoints: [final]
                  probes:
                    - { kind: linear, at: blocks.0.mlp.post, target: c, repeats: 1 }
                    - { kind: fourier, parameter: embed.weight }

            """);
        Assert.Empty(workspace.Run().Failures);
        var found = RunDirectory.Open(workspace.At("models/small")).ReadProbes(SmallWorkspace.Tools.Store);
        Assert.NotNull(found);
        Assert.Contains("blocks.0.mlp.post -> c", found.Text("target"));
        Assert.Contains("share[5]", found.Text("name"));
    }

    [Theory]
    [InlineData("mod11", "{ kind: transformer, d_model: 16, mlp: 32, tokens: framed, norm: post, position_code: sinusoidal }", "logit_lens")]
    [InlineData(
        "mod11", "{ kind: transformer, d_model: 16, heads: 1, mlp: 32, norm_kind: rms, position_code: rotary, gated: true, activation: silu }",
        "logit_lens")]
    [InlineData("mod11", "{ kind: transformer, layers: 1, d_model: 16, mlp: 32, tokens: operands_equals, norm: none, mlp_bias: true }", "attention")]
    [InlineData("points", "{ kind: transformer, feature_blocks: 9, d_model: 16, mlp: 32, causal: false, pool: mean }", "attention")]
    public void The_networks_of_the_papers_go_through_every_stage(string data, string model, string probe)
    {
        using var workspace = new SmallWorkspace($$"""
            schema: 1
            name: small
            datasets:
              mod11:
                use: modular_arithmetic
                with: { op: mul, modulus: 11 }
                split: { train: 0.6, validation: rest }
              points:
                use: gaussian_subclasses
                with: { geometry: equidistant, positions: 9, dimensions: 13, mean_distance: 1.0, sigma: 0.2 }
                split: { train: { rows: 80 }, validation: { rows: 80 } }
            experiments:
              small:
                data: {{data}}
                model: {{model}}
                train: { steps: 20, evaluate_every: 10, loss: { kind: stablemax } }
                evaluate: { on: [validation], interval: { resamples: 10 } }
                export: { inputs: [plain, application] }
                probe: { checkpoints: [final], probes: [{{probe}}] }

            """);
        Assert.Empty(workspace.Run().Failures);
        var run = RunDirectory.Open(workspace.At("models/small"));
        Assert.NotNull(run.ReadProbes(SmallWorkspace.Tools.Store));
    }
}
