using GrokPipeline.Cli;
using GrokPipeline.Runs;
using GrokPipeline.Stages.Running;
using GrokPipeline.Stages.Tests.Cli;

namespace GrokPipeline.Stages.Tests.Exports;

/// <summary>Folders in which the stages are not of one training.</summary>
[Collection("current folder")]
public sealed class OtherTrainingTests
{
    [Fact]
    public void Exported_files_and_scores_of_another_training_are_not_given_out()
    {
        using var workspace = new SmallWorkspace();
        Assert.Empty(workspace.Run().Failures);
        var before = RunDirectory.Open(workspace.At("models/small"));
        Assert.True(File.Exists(before.OnnxPath("final")));
        Assert.NotEqual("", before.Accuracies(SmallWorkspace.Tools.Store));
        Assert.Empty(workspace.Run(
            new RunRequest { Targets = ["small/train"] }, ["params.seed=2", "experiments.small.train.seed=2"]).Failures);
        var after = RunDirectory.Open(workspace.At("models/small"));
        foreach (var wrong in (Action[])
            [() => after.OnnxPath("final"), () => after.ReadEvaluation(SmallWorkspace.Tools.Store), () => _ = after.Checkpoints])
        {
            var error = Assert.Throws<GrokException>(wrong);
            Assert.Equal(ProblemKind.Integrity, error.Kind);
            Assert.Contains("was made from another training: checkpoints/", error.Problem, StringComparison.Ordinal);
            Assert.Contains("grokpipe run small", error.Remedy, StringComparison.Ordinal);
        }
        Assert.Equal("", after.Accuracies(SmallWorkspace.Tools.Store));
        Assert.NotEmpty(after.Steps);
        Assert.Contains(
            "none: another training was evaluated", Grokpipe.Run(workspace.Root, "show", "small").Out, StringComparison.Ordinal);
        Assert.Contains("hidden.0.weight", Grokpipe.Run(workspace.Root, "show", "small:final").Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_of_another_training_are_not_taken_for_the_checkpoints()
    {
        using var workspace = new SmallWorkspace();
        Assert.Empty(workspace.Run().Failures);
        var resolved = workspace.At("models/small/pipeline.resolved.yaml");
        var old = File.ReadAllBytes(resolved);
        Assert.Empty(workspace.Run(overrides: ["experiments.small.train.seed=1"]).Failures);
        File.WriteAllBytes(resolved, old);                      // as after a run of seed 1 that failed behind the training
        var answer = Grokpipe.Run(workspace.Root, "export", "onnx", "small", "--out", "never");
        Assert.Equal(ExitCode.Integrity, answer.Code);
        Assert.Contains(
            "the checkpoints are of another training than pipeline.resolved.yaml says (train.seed: 1 -> 0).", answer.Error,
            StringComparison.Ordinal);
        Assert.Contains("grokpipe run small", answer.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(workspace.At("never")));
        File.Delete(resolved);
        Assert.Contains(
            "pipeline.resolved.yaml is missing: the last run of it did not come to its end.",
            Grokpipe.Run(workspace.Root, "export", "onnx", "small").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Data_of_a_further_dataset_that_changed_is_an_error_of_the_export()
    {
        var yaml = SmallWorkspace.Yaml.Replace(
                "defaults:\n", "  other:\n    like: mod23\n    seed: 5\ndefaults:\n", StringComparison.Ordinal)
            .Replace("on: [validation, swapped]", "on: [validation, other.train]", StringComparison.Ordinal);
        using var workspace = new SmallWorkspace(yaml);
        Assert.Empty(workspace.Run().Failures);
        using (var file = File.OpenWrite(workspace.At("data/other/train.parquet"))) { file.WriteByte(0); }
        var answer = Grokpipe.Run(workspace.Root, "export", "onnx", "small");
        Assert.Equal(ExitCode.Integrity, answer.Code);
        Assert.Contains("data/other/train.parquet", answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_choice_the_experiments_own_models_are_written_and_none_is_an_error()
    {
        using var workspace = new SmallWorkspace(SmallWorkspace.Yaml.Replace(
            "defaults:\n", "defaults:\n  export: { models: 'step:32' }\n", StringComparison.Ordinal));
        Assert.Empty(workspace.Run(overrides:
            ["experiments.small.checkpoints.marks=[before_grok]", "experiments.small.probe.checkpoints=all"]).Failures);
        Assert.Equal(ExitCode.Done, Grokpipe.Run(workspace.Root, "export", "onnx", "small", "--out", "own").Code);
        Assert.Equal(
            ["parity.json", "step-00000032.onnx"],
            Directory.GetFiles(workspace.At("own")).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
        Assert.Equal(
            File.ReadAllText(workspace.At("models/small/onnx/parity.json")), File.ReadAllText(workspace.At("own/parity.json")));
        foreach (var kind in (string[])["onnx", "safetensors"])
        {
            var answer = Grokpipe.Run(workspace.Root, "export", kind, "small", "--mark", "marks", "--out", "none");
            Assert.Equal(ExitCode.Usage, answer.Code);
            Assert.Contains("no checkpoint is meant by 'marks'", answer.Error, StringComparison.Ordinal);
            Assert.False(Directory.Exists(workspace.At("none")));
        }
    }
}
