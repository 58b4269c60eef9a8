using System.Text.Json.Nodes;
using GrokPipeline.Cli;
using GrokPipeline.Data;
using GrokPipeline.Onnx;
using GrokPipeline.Runs;
using GrokPipeline.Stages.Sweeps;
using GrokPipeline.Stages.Tests.Cli;
using GrokPipeline.Stages.Tests.Sweeps;
using GrokPipeline.Training.Exports;

namespace GrokPipeline.Stages.Tests.Exports;

/// <summary>A workspace with two seeds of one experiment, another architecture, other data, and a sweep whose members are kept.</summary>
public sealed class ExportWorkspace : IDisposable
{
    public ExportWorkspace()
    {
        var yaml = SweepSamples.Yaml(SweepSamples.Grid);
        var at = yaml.IndexOf("sweeps:", StringComparison.Ordinal);
        Workspace = new SmallWorkspace(yaml[..at] + """
              wider:
                like: small
                model: { hidden: [24] }
              mod5:
                like: small
                data: mod5
            """ + "\n" + yaml[at..]);
        var text = File.ReadAllText(Workspace.PipelinePath);
        File.WriteAllText(Workspace.PipelinePath, text.Replace(
            "defaults:\n",
            "  mod5:\n    like: mod7\n    with: { modulus: 5 }\n    shifts: { band: { where: \"(a - b) % 5 < 1\" } }\ndefaults:\n",
            StringComparison.Ordinal));
        Assert.Empty(Workspace.Run().Failures);
        Assert.Equal(ExitCode.Done, Grokpipe.Run(Workspace.Root, "run", "small", "-s", "params.seed=1", "--as", "other").Code);
        Assert.Equal(8, Workspace.Sweep("grid").Run(new SweepRequest()).Trained);
        Plan = Directory.GetDirectories(Workspace.At("models/sweeps/grid")).Single(path => File.Exists(Path.Combine(path, "plan.jsonl")));
    }

    public SmallWorkspace Workspace { get; }

    public string Plan { get; }

    public void Dispose() => Workspace.Dispose();
}

[Collection("current folder")]
public sealed class ExportCommandTests(ExportWorkspace folder) : IClassFixture<ExportWorkspace>
{
    [Fact]
    public void Onnx_files_are_those_of_the_run()
    {
        var answer = Run("export", "onnx", "small", "--json");
        Assert.Equal(ExitCode.Done, answer.Code);
        var files = (JsonArray)JsonNode.Parse(answer.Out)!["files"]!;
        Assert.NotEmpty(files);
        foreach (var file in files)
        {
            var path = (string)file!["file"]!;
            Assert.StartsWith(Path.Combine("exports", "small"), path, StringComparison.Ordinal);
            Assert.InRange((double)file["largest_relative"]!, 0, 1e-5);
            Assert.Equal(
                File.ReadAllBytes(folder.Workspace.At($"models/small/onnx/{Path.GetFileName(path)}")),
                File.ReadAllBytes(folder.Workspace.At(path)));
        }
    }

    [Fact]
    public void All_checkpoints_and_chosen_ones_are_written_as_asked()
    {
        var steps = RunDirectory.Open(folder.Workspace.At("models/small")).Steps;
        Assert.Equal(ExitCode.Done, Run("export", "onnx", "small", "--all", "--out", "all").Code);
        Assert.Equal(
            steps.Order().Select(step => $"step-{step:D8}.onnx"),
            Directory.GetFiles(folder.Workspace.At("all"), "*.onnx").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
        Assert.Equal(ExitCode.Done, Run(
            "export", "onnx", "small", "--mark", "final", "step:32", "--inputs", "application", "--activations", "hidden.0", "--opset",
            "21", "--out", "some").Code);
        Assert.Equal(
            [
                "step-00000032.application.activations.onnx", "step-00000032.application.onnx",
                "step-00000060.application.activations.onnx", "step-00000060.application.onnx",
            ],
            Directory.GetFiles(folder.Workspace.At("some"), "*.onnx").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
        var bare = OnnxReader.Signature(File.ReadAllBytes(folder.Workspace.At("some/step-00000032.application.onnx")));
        Assert.Equal(["logits", "probabilities", "label"], bare.Outputs.Select(port => port.Name));
        var signature = OnnxReader.Signature(File.ReadAllBytes(folder.Workspace.At("some/step-00000032.application.activations.onnx")));
        Assert.Equal(["a", "b"], signature.Inputs.Select(port => port.Name));
        Assert.Equal(["logits", "probabilities", "label", "hidden.0"], signature.Outputs.Select(port => port.Name));
        Assert.Equal(21, signature.Opset);
    }

    [Theory]
    [InlineData("no mark", "export", "onnx", "small", "--mark", "finall")]
    [InlineData("Did you mean", "export", "onnx", "smal")]
    [InlineData("no checkpoint was stored at step 33", "export", "onnx", "small", "--mark", "step:33")]
    [InlineData("goes without --mark", "export", "onnx", "small", "--all", "--mark", "final")]
    [InlineData("opset is 22", "export", "onnx", "small", "--opset", "22")]
    [InlineData("no activation named 'hiden.0'", "export", "onnx", "small", "--activations", "hiden.0")]
    [InlineData("'sideways'", "export", "onnx", "small", "--inputs", "sideways")]
    [InlineData("did not generalize", "export", "safetensors", "small", "--mark", "before_grok")]
    [InlineData("an ensemble of 1 member is none", "export", "ensemble", "small:final", "--out", "e.onnx")]
    [InlineData("chooses among the members of a plan", "export", "ensemble", "small", "other", "--members", "0", "--out", "e.onnx")]
    [InlineData(
        "wider:final cannot be in one ensemble with small:final: 'hidden.0.weight' is [14, 24], and [14, 16] there.",
        "export", "ensemble", "small", "wider", "--out", "e.onnx")]
    [InlineData(
        "mod5:final cannot be in one ensemble with small:final: 'classes' of its dataset is 5, and 7 there.",
        "export", "ensemble", "small", "mod5", "--out", "e.onnx")]
    [InlineData("small:final and small:final are the same checkpoint", "export", "ensemble", "small", "small", "--out", "e.onnx")]
    [InlineData("tolerance is 2", "export", "onnx", "small", "--tolerance", "2")]
    [InlineData("rows is 0", "export", "ensemble", "small", "other", "--rows", "0", "--out", "e.onnx")]
    [InlineData("pipeline.yaml: is a file.", "export", "onnx", "small", "--out", "pipeline.yaml")]
    [InlineData("models: is a folder.", "export", "ensemble", "small", "other", "--out", "models")]
    [InlineData("pipeline.yaml: is a file.", "export", "ensemble", "small", "other", "--out", "pipeline.yaml/e.onnx")]
    [InlineData("give all alone", "export", "onnx", "small", "--activations", "all", "hidden.0")]
    [InlineData("Experiments: mod5, other, small, wider.", "export", "onnx", "nowhere")]
    public void Wrong_usage_says_what_is_wrong_and_writes_no_file(string says, params string[] arguments)
    {
        var answer = Run(arguments);
        Assert.Equal(ExitCode.Usage, answer.Code);
        Assert.Contains(says, answer.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(folder.Workspace.At("e.onnx")));
    }

    [Fact]
    public void Weights_are_transposed_for_torch_and_as_they_are_otherwise()
    {
        Assert.Equal(ExitCode.Done, Run("export", "safetensors", "small", "--mark", "final", "--out", "torch").Code);
        Assert.Equal(ExitCode.Done, Run("export", "safetensors", "small", "--mark", "final", "--layout", "grokpipe", "--out", "own").Code);
        var checkpoint = RunDirectory.Open(folder.Workspace.At("models/small")).ReadCheckpoint("final");
        var (torch, own) = (Read("torch"), Read("own"));
        Assert.Equal(("torch", "grokpipe", "pt"), (torch.Metadata["layout"], own.Metadata["layout"], torch.Metadata["format"]));
        foreach (var (name, tensor) in checkpoint.Tensors)
        {
            Assert.Equal(tensor.Bytes.ToArray(), own[name].Bytes.ToArray());
            Assert.Equal(tensor.Shape.Reverse(), torch[name].Shape);
            Assert.Equal(tensor.AsSpan<float>()[1], torch[name].AsSpan<float>()[tensor.Shape[0]]);
        }

        SafetensorsContent Read(string place)
        {
            using var file = File.OpenRead(folder.Workspace.At($"{place}/step-00000060.safetensors"));
            return Safetensors.Read(file, place);
        }
    }

    [Theory]
    [InlineData(8)]
    [InlineData(4, "--where", "train_fraction=0.5")]
    [InlineData(2, "--where", "train_fraction=5.0e-1", "--where", "seed=1")]
    [InlineData(3, "--members", "0,3,5")]
    [InlineData(2, "--members", "0", "1", "--inputs", "application", "--opset", "21")]
    public void An_ensemble_of_a_sweep_holds_the_chosen_members_with_their_provenance(int members, params string[] choice)
    {
        var answer = Run(["export", "ensemble", folder.Plan, "--out", "ensemble.onnx", .. choice]);
        Assert.Equal((ExitCode.Done, ""), (answer.Code, answer.Error));
        var file = File.ReadAllBytes(folder.Workspace.At("ensemble.onnx"));
        Assert.Empty(OnnxCheck.Problems(file));
        var signature = OnnxReader.Signature(file);
        Assert.Equal($"member_logits: Float32[batch, {members}, 7]", signature.Output(Ensemble.MemberLogits)!.ToString());
        var properties = signature.Metadata.Properties;
        Assert.Equal($"{members}", properties["grokpipe.ensemble.members"]);
        for (var i = 0; i < members; i++)
        {
            var member = JsonNode.Parse(properties[$"grokpipe.member.{i}"])!;
            Assert.Equal("grid", (string)member["sweep"]!);
            Assert.Equal(
                FileHash.Of(folder.Workspace.At($"models/sweeps/grid/members/{(string)member["id"]!}/final.safetensors")),
                (string)member["checkpoint_sha256"]!);
        }
        foreach (var key in (string[])["verification.engines", "verification.relative.logits", "verification.argmax.logits",
            "verification.batch_sizes", "verification.relative.members"])
        {
            Assert.Contains($"grokpipe.{key}", properties);
        }
        var first = JsonNode.Parse(properties["grokpipe.member.0"])!;
        Assert.StartsWith((string)first["id"]!, (string)first["train_key"]!, StringComparison.Ordinal);
        Assert.Equal(64, ((string)first["data_sha256"]!["train"]!).Length);
        Assert.InRange((double)first["metrics"]!["train.accuracy"]!, 0, 1);
        if (choice.Contains("train_fraction=0.5"))
        {
            var settings = (string)JsonNode.Parse(properties["grokpipe.member.1"])!["settings"]!;
            Assert.Contains("train_fraction=0.5", settings, StringComparison.Ordinal);
        }
        Run(["export", "ensemble", folder.Plan, "--out", "again.onnx", .. choice]);
        Assert.Equal(file, File.ReadAllBytes(folder.Workspace.At("again.onnx")));
    }

    [Theory]
    [InlineData("there is no phase 'groked'. Did you mean 'grokked'?", "--where", "phase=groked")]
    [InlineData("'depth=3' is no condition on members", "--where", "depth=3")]
    [InlineData("no member has seed=9.", "--where", "seed=9")]
    [InlineData("Values are: 0.5, 0.6.", "--where", "train_fraction=0.7")]
    [InlineData("no finished member fulfils the conditions", "--where", "seed=0", "--where", "seed=1")]
    [InlineData("there is no member 8", "--members", "8")]
    [InlineData("'x' is no place of a member", "--members", "x")]
    public void A_choice_of_members_that_cannot_be_is_refused(string says, params string[] choice)
    {
        var answer = Run(["export", "ensemble", folder.Plan, "--out", "none.onnx", .. choice]);
        Assert.Equal(ExitCode.Usage, answer.Code);
        Assert.Contains(says, answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Seeds_of_an_experiment_become_an_ensemble()
    {
        var answer = Run("export", "ensemble", "small:final", "other:final", "small:step:32", "--out", "seeds.onnx");
        Assert.Equal((ExitCode.Done, ""), (answer.Code, answer.Error));
        var properties = OnnxReader.Signature(File.ReadAllBytes(folder.Workspace.At("seeds.onnx"))).Metadata.Properties;
        Assert.Equal("1", JsonNode.Parse(properties["grokpipe.member.1"])!["seed"]!.ToString());
        var last = JsonNode.Parse(properties["grokpipe.member.2"])!;
        Assert.Equal("32", last["step"]!.ToString());
        var card = DataCard.FromJson(File.ReadAllText(folder.Workspace.At("data/mod7/dataset.json")));
        Assert.Equal(card.Distributions.Single(d => d.Name == "train").ContentHash, (string)last["data_sha256"]!["train"]!);
        Assert.Equal(
            RunDirectory.Open(folder.Workspace.At("models/small")).ReadCheckpoint("final").Metadata["train_key"],
            (string)last["train_key"]!);
    }

    [Fact]
    public void A_member_that_diverged_is_left_out_and_refused_when_it_is_named()
    {
        using var own = new SmallWorkspace(SweepSamples.Yaml(SweepSamples.Over(
            SweepSamples.Rate, "[1.0e-2, 2.0e-2, 1.0e+6]", "checkpoints: final")).Replace(
            "train: { steps: 60,", "train: { on_nonfinite: { do: record }, steps: 60,", StringComparison.Ordinal));
        own.Sweep("one").Run(new SweepRequest());
        var plan = Directory.GetDirectories(own.At("models/sweeps/one")).Single(path => File.Exists(Path.Combine(path, "plan.jsonl")));
        var answer = Grokpipe.Run(own.Root, "export", "ensemble", plan, "--out", "e.onnx");
        Assert.Equal((ExitCode.Done, ""), (answer.Code, answer.Error));
        Assert.Contains("2 members", answer.Out, StringComparison.Ordinal);
        Assert.Contains("left out: one member 2, whose parameters are not finite", answer.Out, StringComparison.Ordinal);
        answer = Grokpipe.Run(own.Root, "export", "ensemble", plan, "--members", "0,2", "--out", "named.onnx");
        Assert.Equal(ExitCode.Usage, answer.Code);
        Assert.Contains("one member 2 cannot be in an ensemble: 'hidden.0.weight' has numbers that are not finite.", answer.Error,
            StringComparison.Ordinal);
        Assert.False(File.Exists(own.At("named.onnx")));
    }

    private Answer Run(params string[] arguments) => Grokpipe.Run(folder.Workspace.Root, arguments);
}
