using System.Globalization;
using System.Text.Json.Nodes;
using GrokPipeline.Data;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Onnx;
using GrokPipeline.Runs;
using GrokPipeline.Stages.Options;
using GrokPipeline.Stages.Running;
using GrokPipeline.Training.Exports;

namespace GrokPipeline.Stages.Tests.Exports;

/// <summary>One finished run with every form of file, which tests look at and do not change.</summary>
public sealed class ExportedRun : IDisposable
{
    public ExportedRun() => Assert.Empty(Workspace.Run(overrides: [Export]).Failures);

    /// <summary>A mark, one that never happens in so few steps, and a step; all forms, all activations.</summary>
    public static string Export =>
        "experiments.small.export={ models: [final, before_grok, 'step:32'], inputs: [plain, vector, application], activations: all, "
        + "opset: 21 }";

    public SmallWorkspace Workspace { get; } = new();

    public RunDirectory Directory => RunDirectory.Open(Workspace.At("models/small"));

    public void Dispose() => Workspace.Dispose();
}

public sealed class ExportStageTests(ExportedRun run) : IClassFixture<ExportedRun>
{
    private static readonly string[] Distributions = ["validation", "train", "swapped"];

    [Fact]
    public void Checkpoints_are_chosen_by_mark_and_by_step_and_written_in_every_form()
    {
        Assert.DoesNotContain(run.Directory.Marks, mark => mark.Mark == "before_grok");
        Assert.Equal(
            ((int[])[32, 200]).SelectMany(
                step => (string[])
                [
                    ".activations.onnx", ".application.activations.onnx", ".application.onnx", ".onnx", ".vector.activations.onnx",
                    ".vector.onnx",
                ], (step, end) => $"step-{step:D8}{end}"),
            Files().Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
        foreach (var path in Files())
        {
            var file = File.ReadAllBytes(path);
            Assert.Empty(OnnxCheck.Problems(file));
            Assert.Equal(21, OnnxReader.Signature(file).Opset);
            Assert.Equal(
                path.Contains(".activations.", StringComparison.Ordinal),
                OnnxReader.Signature(file).Outputs.Any(output => output.Name == "hidden.0.pre"));
        }
        Assert.EndsWith("step-00000200.onnx", run.Directory.OnnxPath("final"), StringComparison.Ordinal);
        Assert.EndsWith(
            "step-00000200.vector.activations.onnx", run.Directory.OnnxPath("final", "vector", activations: true),
            StringComparison.Ordinal);
        Assert.All(run.Directory.Checkpoints, checkpoint => Assert.Equal(checkpoint.Step is 32 or 200, checkpoint.IsExported));
    }

    [Fact]
    public void A_file_says_where_it_comes_from_and_how_good_the_checkpoint_was()
    {
        var properties = OnnxReader.Signature(File.ReadAllBytes(run.Directory.OnnxPath("final", "application"))).Metadata.Properties;
        var card = DataCard.FromJson(File.ReadAllText(run.Workspace.At("data/mod23/dataset.json")));
        var checkpoint = run.Directory.ReadCheckpoint("final");
        Assert.Equal(("small", "200", "0", "mod23"),
            (properties["grokpipe.experiment"], properties["grokpipe.step"], properties["grokpipe.seed"], properties["grokpipe.dataset"]));
        Assert.Contains("final", properties["grokpipe.marks"].Split(' '));
        Assert.Equal(checkpoint.Metadata["train_key"], properties["grokpipe.train.key"]);
        foreach (var split in (string[])["train", "validation"])
        {
            Assert.Equal(card.Distributions.Single(d => d.Name == split).ContentHash, properties[$"grokpipe.data.{split}.sha256"]);
        }
        var metrics = SmallWorkspace.Tools.Store.Read(run.Workspace.At("models/small/metrics/metrics.parquet"));
        for (var row = 0; row < metrics.Rows; row++)
        {
            if (metrics.Int64("step")[row] != 200) { continue; }
            var key = $"grokpipe.metrics.{metrics.Text("split")[row]}.{metrics.Text("metric")[row]}";
            Assert.Equal(metrics.Float64("value")[row], double.Parse(properties[key], CultureInfo.InvariantCulture));
        }
        Assert.Equal("1,2,7,265", properties["grokpipe.verification.batch_sizes"]);
        Assert.StartsWith("validation:264 train:265 swapped:", properties["grokpipe.verification.distributions"], StringComparison.Ordinal);
        Assert.InRange(double.Parse(properties["grokpipe.verification.worst.relative"], CultureInfo.InvariantCulture), 0, 1e-5);
    }

    [Fact]
    public void A_step_that_was_not_evaluated_has_the_metrics_of_the_last_one_before()
    {
        var properties = OnnxReader.Signature(File.ReadAllBytes(run.Directory.OnnxPath("step:32"))).Metadata.Properties;
        Assert.Equal(("32", "30"), (properties["grokpipe.step"], properties["grokpipe.metrics.step"]));
    }

    [Fact]
    public void Every_value_of_every_file_is_compared_on_every_split_and_shift()
    {
        var json = JsonNode.Parse(File.ReadAllText(run.Workspace.At("models/small/onnx/parity.json")))!;
        foreach (var model in (JsonArray)json["models"]!)
        {
            var checks = ((JsonArray)model!["checks"]!)
                .Select(check => ((string)check!["name"]!, (string)check["distribution"]!)).ToArray();
            string[] names = (string)model["inputs"]! == "application"
                ? ["logits", "probabilities", "label", "hidden.0.pre", "hidden.0"] : ["logits", "hidden.0.pre", "hidden.0"];
            if ((bool)model["activations"]!) { names = [.. names, "pre_logits"]; }
            Assert.Equal(names.SelectMany(name => Distributions, (name, distribution) => (name, distribution)), checks);
        }
        var report = File.ReadAllText(run.Workspace.At("models/small/report/report.html"));
        Assert.Contains("Every value on every distribution", report, StringComparison.Ordinal);
        Assert.Contains("<td>application</td>", report, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_options_give_the_same_bytes_again_and_outside_of_a_run()
    {
        var before = Files().ToDictionary(path => Path.GetFileName(path), File.ReadAllBytes);
        using var again = new SmallWorkspace();
        Assert.Empty(again.Run(overrides: [ExportedRun.Export]).Failures);
        var outside = again.At("elsewhere");
        var written = CheckpointExport.Onnx(
            SmallWorkspace.Tools, again.At("models/small"), new OnnxExport { Checkpoints = ["step:32", "final"] }, outside);
        Assert.Equal(
            before.Keys.Order(StringComparer.Ordinal),
            written.Select(file => Path.GetFileName(file.Path)).Order(StringComparer.Ordinal));
        Assert.Equal(
            File.ReadAllText(run.Workspace.At("models/small/onnx/parity.json")), File.ReadAllText(Path.Combine(outside, "parity.json")));
        foreach (var (name, bytes) in before)
        {
            Assert.Equal(bytes, File.ReadAllBytes(again.At($"models/small/onnx/{name}")));
            Assert.Equal(bytes, File.ReadAllBytes(Path.Combine(outside, name)));
        }
    }

    [Fact]
    public void An_application_feeds_operands_and_gets_the_residue()
    {
        var validation = SmallWorkspace.Tools.Store.Read(run.Workspace.At("data/mod23/validation.parquet"));
        using var session = SmallWorkspace.Tools.Open(File.ReadAllBytes(run.Directory.OnnxPath("final", "application")), 1);
        session.Write("a", Tensor.Of<long>([validation.Rows], validation.Int64("a")));
        session.Write("b", Tensor.Of<long>([validation.Rows], validation.Int64("b")));
        session.Run();
        var labels = new Tensor(TensorType.Int64([validation.Rows]));
        session.Read(ModelForms.Label, labels);
        var right = labels.AsSpan<long>().ToArray().Zip(validation.Int64("c").ToArray()).Count(pair => pair.First == pair.Second);
        var scores = run.Directory.ReadEvaluation(SmallWorkspace.Tools.Store)!;                    // not null: it was evaluated
        var expected = Enumerable.Range(0, scores.Rows).Single(row => scores.Text("mark")[row] == "final"
            && scores.Text("distribution")[row] == "validation" && scores.Text("metric")[row] == "accuracy"
            && scores.Text("group")[row] == "all");
        Assert.Equal(scores.Float64("value")[expected], right / (double)validation.Rows, 1e-12);
    }

    [Theory]
    [InlineData("plain", "hidden.0.pre")]
    [InlineData("plain", "logits")]
    [InlineData("application", "label")]
    [InlineData("application", "probabilities")]
    public void A_file_that_computes_something_else_is_an_error_that_says_where(string form, string value)
    {
        var tools = SmallWorkspace.Tools with { Open = (file, threads) => new Faulty(SmallWorkspace.Tools.Open(file, threads), value) };
        var error = Assert.Throws<GrokException>(() => CheckpointExport.Onnx(
            tools, run.Workspace.At("models/small"),
            new OnnxExport
            {
                Checkpoints = ["final"], Inputs = [Enum.Parse<ModelForm>(form, ignoreCase: true)], Activations = WordList.FromText("none"),
            }, run.Workspace.At("faulty")));
        Assert.Equal(ProblemKind.Failed, error.Kind);
        Assert.Contains($"'{value}'", error.Problem, StringComparison.Ordinal);
        Assert.Contains("step-00000200", error.Problem, StringComparison.Ordinal);
        Assert.Contains("row 0", error.Problem, StringComparison.Ordinal);
        Assert.Contains("on validation", error.Problem, StringComparison.Ordinal);
        if (value is "label") { return; }                                                     // compared with its own logits
        Assert.Contains("(step 200, batch of ", error.Problem, StringComparison.Ordinal);
        Assert.Matches(@"is (?<given>\S+) in the file and (?<wanted>\S+) in the training engine", error.Problem);
    }

    [Theory]
    [InlineData("models: fianl", "there is no mark named 'fianl'. Did you mean final?")]
    [InlineData("models: [final, 'step:x']", "there is no mark named 'step:x'.")]
    [InlineData("models: []", "names nothing")]
    [InlineData("inputs: [vector]", "inputs lacks plain")]
    [InlineData("inputs: [plain, vectors]", "inputs[1]")]
    [InlineData("activations: [hiden.0]", "the model has no activation named 'hiden.0'. Did you mean hidden.0?")]
    [InlineData("opset: 22", "opset is 22; give a number from 17 to 21.")]
    [InlineData("verify: { rows: 0 }", "rows is 0; give a number from 1, usually 2000.")]
    public void Wrong_options_are_refused_with_the_choices(string option, string says)
    {
        var error = Assert.Throws<GrokException>(() => run.Workspace.Run(overrides: [$"experiments.small.export={{ {option} }}"]));
        Assert.Contains(says, $"{error.Problem} {error.InnerException?.Message}", StringComparison.Ordinal);
    }

    [Fact]
    public void A_step_without_a_checkpoint_is_an_error_that_names_the_nearest()
    {
        using var workspace = new SmallWorkspace();
        var failures = workspace.Run(
            new RunRequest { Targets = ["small/export"] }, ["experiments.small.export={ models: 'step:33' }"]).Failures;
        Assert.Contains(
            "no checkpoint was stored at step 33. The nearest is step:32.", string.Join(' ', failures), StringComparison.Ordinal);
    }

    private string[] Files() => Directory.GetFiles(run.Workspace.At("models/small/onnx"), "*.onnx");

    /// <summary>A runtime that gives one number of one value wrong.</summary>
    private sealed class Faulty(ISession session, string value) : ISession
    {
        public void Write(string input, Tensor tensor) => session.Write(input, tensor);

        public void Run() => session.Run();

        public void Read(string name, Tensor destination)
        {
            session.Read(name, destination);
            if (name != value) { return; }
            if (destination.Type.Element == ElementType.Int64) { destination.AsSpan<long>()[0] += 1; }
            else { destination.AsSpan<float>()[0] += 1; }
        }

        public void Dispose() => session.Dispose();
    }
}
