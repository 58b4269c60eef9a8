using System.Text.Json.Nodes;
using GrokPipeline.Cli;

namespace GrokPipeline.Stages.Tests.Cli;

[Collection("current folder")]
public sealed class ProbeJudgeTests : IDisposable
{
    private static readonly string[] Kinds =
    [
        "weight_travel", "activation_rank", "feature_change", "cka", "pca", "sharpness", "hessian", "tangent_kernel", "softmax_collapse", "complexity",
        "learning_coefficient",
    ];

    private readonly SmallWorkspace _workspace = new(SmallWorkspace.Yaml
        .Replace(
            "{ probes: [weight_norm, { kind: linear, at: hidden.0, target: c, repeats: 1 }] }", """

                  checkpoints: ["spread:14"]
                  probes:
                    - weight_travel
                    - { kind: activation_rank, at: [hidden.0] }
                    - { kind: feature_change, at: [hidden.0] }
                    - { kind: cka, at: [hidden.0, logits] }
                    - { kind: pca, parameter: hidden.0.weight }
                    - sharpness
                    - hessian
                    - { kind: tangent_kernel, max_rows: 16 }
                    - softmax_collapse
                    - complexity
                    - { kind: learning_coefficient, draws: 4, burn_in: 2 }
              control:
                like: small
                data: few
            """, StringComparison.Ordinal)
        .Replace("steps: 200", "steps: 1000", StringComparison.Ordinal)
        .Replace("train: 0.5", "train: 0.8", StringComparison.Ordinal)
        .Replace("defaults:", "  few:\n    like: mod23\n    split: { train: 0.1 }\ndefaults:", StringComparison.Ordinal));

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public void Measures_of_a_run_that_generalized_are_judged_against_one_that_did_not()
    {
        var run = Grokpipe.Run(_workspace.Root, "run", "small/probe", "control/probe");
        Assert.True(run.Code == ExitCode.Done, run.Error);
        var answer = Grokpipe.Run(_workspace.Root, "probe", "judge", "small", "--controls", "control", "--out", "progress.parquet", "--json");
        Assert.True(answer.Code == ExitCode.Done, answer.Out + answer.Error);

        var measures = JsonNode.Parse(answer.Out)!["measures"]!.AsArray();
        Assert.Equal(
            Kinds.Except(["pca"]).Order(StringComparer.Ordinal), measures.Select(m => (string)m!["probe"]!).Distinct().Order(StringComparer.Ordinal));
        var travel = measures.Single(m => (string)m!["target"]! == "all" && (string)m!["name"]! == "travel")!;
        var (name, control) = travel["controls"]!.AsObject().Single();
        Assert.Equal(("rising", "control", true), ((string)travel["direction"]!, name, (bool)control!["measured"]!));
        Assert.Equal((long)travel["generalization_step"]! - (long)travel["onset_step"]!, (long)travel["lead_steps"]!);

        var table = SmallWorkspace.Tools.Store.Read(_workspace.At("progress.parquet"));
        Assert.Equal(measures.Count, table.Rows);
        Assert.Contains("generalized at", Grokpipe.Run(_workspace.Root, "probe", "judge", "small").Out, StringComparison.Ordinal);

        var misplaced = Grokpipe.Run(_workspace.Root, "probe", "judge", "control");
        Assert.Contains("control: it never generalized", misplaced.Error, StringComparison.Ordinal);
        Assert.Contains("is no control", Grokpipe.Run(_workspace.Root, "probe", "judge", "small", "--controls", "small").Error, StringComparison.Ordinal);
    }
}
