using System.Text;
using GrokPipeline.Stages.Running;
using GrokPipeline.Testing;

namespace GrokPipeline.Stages.Tests.Running;

/// <summary>Optimizers, noise and changed gradients as a pipeline file names them.</summary>
public sealed class StepOptionTests
{
    private const string Noisy = "{ kind: adamw, learning_rate: 1.0e-2, decay: jiggle, update_noise: 0.1, clamp: { norm: init }, "
        + "gradient: { perpendicular: true, grokfast_ma: { window: 3 } } }";

    private static string Yaml(string optimizer, string more = "") => $$"""
        schema: 1
        name: steps
        datasets:
          mod23: { use: modular_arithmetic, with: { op: add, modulus: 23 }, split: { train: 0.5, validation: rest } }
        experiments:
          one:
            data: mod23
            model: { kind: mlp, encode: onehot, hidden: [16], activation: relu, bias: false }
            train: { steps: 40, evaluate_every: 10, optimizer: {{optimizer}}, {{more}} }

        """;

    [Theory]
    [InlineData(Noisy, "noise: { weights: 0.01, dropout: 0.1, dropout_at: [hidden.0] }")]
    [InlineData("{ kind: muon, adamw_for: [], gradient: { grokfast: { alpha: 0.9 } } }", "batch: 32, noise: { weights: 0.01 }")]
    [InlineData("{ kind: adamw }", "penalty: { spectral_entropy: 0.1 }")]
    [InlineData("{ kind: sgd, clamp: { norm: 3.5, of: all }, gradient: { egalitarian: { iterations: 20 } } }", "")]
    public void Stopped_in_the_middle_and_with_other_threads_it_ends_with_the_same_files(string optimizer, string more)
    {
        using var one = new SmallWorkspace(Yaml(optimizer, more));
        using var two = new SmallWorkspace(Yaml(optimizer, more));
        var request = new RunRequest { Targets = ["one/train"], Threads = 1 };
        Assert.Empty(one.Run(request).Failures);
        for (var i = 0; i < 3; i++)                                     // each makes a step or a few, and leaves a state
        {
            var stopped = two.Run(request, ["experiments.one.train.limits.wall=0.001s"]);
            Assert.Equal(ProblemKind.Stopped, Assert.Single(stopped.Failures).Error.Kind);
        }
        Assert.Empty(two.Run(request with { Threads = 2 }).Failures);
        SmallWorkspace.AssertSame(one.Tree(), two.Tree());
    }

    [Theory]
    [InlineData("{ kind: adam, decay: to_init }", "optimizer.decay: adam has no decay to_init: its l2 is a part of the gradient")]
    [InlineData("{ kind: sgd, decay: jiggle }", "Use kind: adamw with decay: jiggle")]
    [InlineData("{ kind: adamw, decay: to_init_ }", "to_zero, to_init, jiggle")]
    [InlineData("{ kind: adam, weight_decay: 1 }", "weight_decay: unknown option. The decay of adam is a part of the gradient: write l2.")]
    [InlineData("{ kind: sgd, weight_decay: 1 }", "Decoupled decay, weight_decay, is an option of kind: adamw.")]
    [InlineData("{ kind: sgd, groups: { output: { weight_decay: 1 } } }", "output.weight_decay: unknown option. The decay of")]
    [InlineData("{ kind: adamw, l2: 1 }", "optimizer.l2: unknown option. The decay of adamw is decoupled: write weight_decay.")]
    [InlineData("{ kind: adam, learning_rte: 1 }", "optimizer.learning_rte: unknown option. Did you mean learning_rate?")]
    [InlineData("{ kind: adamw, gradient: {} }", "optimizer.gradient: this changes nothing; give 'perpendicular: true'")]
    [InlineData("{ kind: adamw, gradient: { grokfast: {}, grokfast_ma: {} } }", "grokfast_ma: grokfast and grokfast_ma are two forms")]
    [InlineData("{ kind: adamw, clamp: { norm: first } }", "'first' is no norm.")]
    [InlineData("{ kind: adamw, clamp: { norm: 2, of: tensor } }", "clamp.norm: one number is no norm for each tensor")]
    [InlineData("{ kind: muon, gradient: { egalitarian: {} } }", "gradient: muon makes directions equally fast itself")]
    [InlineData("{ kind: adamw }", "noise.dropout_at: The model has no activation '*attn_out'", "noise: { dropout: 0.1 }")]
    [InlineData("{ kind: adamw }", "noise.weights: this noise changes nothing", "noise: {}")]
    [InlineData("{ kind: adamw }", "penalty.spectral_entropy: spectral_entropy is 0; give a number above 0", "penalty: {}")]
    [InlineData("{ kind: adamw }", "penalty.of: The model has no matrix 'embed'", "penalty: { spectral_entropy: 0.1, of: [embed] }")]
    [InlineData("{ kind: adamw }", "train.rows: rows is 0; give at least 1", "rows: 0")]
    public void What_makes_no_sense_is_refused_with_the_reason(string optimizer, string problem, string more = "")
    {
        var error = Assert.Throws<GrokException>(() =>
            PipelineFile.Parse("pipeline.yaml", Encoding.UTF8.GetBytes(Yaml(optimizer, more)), ".", []));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_two_stage_run_of_the_page_is_read_as_it_stands_there()
    {
        var text = "schema: 1\ndatasets:\n  sums:\n    use: modular_arithmetic\n    with: { op: add, modulus: 59 }\n"
            + "    split: { train: 0.5, validation: rest }\n" + ReadMe.Block("yaml", "docs/optimizers.md");
        var file = PipelineFile.Parse("docs/optimizers.md", Encoding.UTF8.GetBytes(text), ".", []);
        var branch = file.Find("ungrokked");
        Assert.Equal(("whole", 522, 2000), (branch.Parent?.Name, branch.Options.Train.Rows, branch.Options.Train.Steps));
    }
}
