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
}
