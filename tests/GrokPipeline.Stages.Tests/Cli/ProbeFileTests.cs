using System.Text.Json.Nodes;
using GrokPipeline.Cli;
using GrokPipeline.Stages.Tests.Running;

namespace GrokPipeline.Stages.Tests.Cli;

/// <summary>Probes of exported files alone, and of several checkpoints.</summary>
[Collection("current folder")]
public sealed class ProbeFileTests(FinishedRun finished) : IClassFixture<FinishedRun>
{
    private const string Model = "models/small/onnx/step-00000200.onnx";
    private readonly SmallWorkspace _workspace = finished.Workspace;

    [Theory]
    [InlineData("weight_norm")]
    [InlineData("progress")]
    [InlineData("circle")]
    [InlineData("{ kind: neuron_frequencies, at: hidden.0 }")]
    [InlineData("{ kind: linear, at: '*', target: c % 3, controls: [shuffled_labels], solver: ridge, max_rows: 100 }")]
    public void A_file_alone_gives_what_its_checkpoint_gives(string probe)
    {
        var byRun = Findings("probe", "small:final", "--probe", probe);
        var byFile = Findings("probe", Model, "--data", "data/mod23/train.parquet", "data/mod23/validation.parquet", "--probe", probe);
        Assert.NotEmpty(byRun);
        Assert.Equal(byRun, byFile);
    }

    [Fact]
    public void Findings_of_a_strangers_file_are_written_as_a_table()
    {
        File.Copy(_workspace.At(Model), _workspace.At("strange.onnx"), overwrite: true);
        var answer = Grokpipe.Run(
            _workspace.Root, "probe", "strange.onnx", "--data", "data/mod23/validation.parquet", "--probe", "weight_norm",
            "--out", "found.parquet", "--no-isolate");
        Assert.Equal((ExitCode.Done, ""), (answer.Code, answer.Error));
        var table = SmallWorkspace.Tools.Store.Read(_workspace.At("found.parquet"));
        Assert.Equal(FindingsTable.Schema.Select(column => column.Name), table.Schema.Select(column => column.Name));
        Assert.Equal("strange", table.Text("experiment")[0]);
        Assert.Equal(200, table.Int64("step")[0]);
        Assert.Equal(answer.Out.Trim().Split('\n').Length, table.Rows);
    }

    [Fact]
    public void All_checkpoints_are_probed_by_step()
    {
        var document = JsonNode.Parse(Grokpipe.Run(_workspace.Root, "--json", "probe", "small:all", "--probe", "{ kind: weight_norm, parameter: output.weight }").Out)!;
        var steps = document["findings"]!.AsArray().Select(finding => (long)finding!["step"]!).Distinct().ToArray();
        Assert.Equal(steps.Order(), steps);
        Assert.Equal((0, 200), (steps[0], steps[^1]));
        Assert.True(steps.Length > 3);
    }

    [Theory]
    [InlineData("an exported file alone does not have the model's graph", "probe", Model, "--data", "data/mod23/train.parquet", "--probe", "ablation")]
    [InlineData("does not say on which rows", "probe", Model, "--probe", "circle")]
    [InlineData("does not say which probes", "probe", Model, "--data", "data/mod23/train.parquet")]
    [InlineData("probed on the experiment's own dataset", "probe", "small", "--data", "data/mod23/train.parquet")]
    [InlineData("probed on different rows", "probe", Model, "small", "--data", "data/mod23/train.parquet", "--probe", "circle")]
    [InlineData("there is no such file", "probe", "absent.onnx", "--data", "data/mod23/train.parquet", "--probe", "circle")]
    [InlineData("no activation named 'hiden.0'. Did you mean 'hidden.0'?", "probe", "small", "--probe", "{ kind: neuron_frequencies, at: hiden.0 }")]
    public void What_cannot_be_probed_is_said(string problem, params string[] arguments)
    {
        var answer = Grokpipe.Run(_workspace.Root, arguments);
        Assert.Equal((ExitCode.Usage, ""), (answer.Code, answer.Out));
        Assert.Contains(problem, answer.Error, StringComparison.Ordinal);
    }

    // Target, name, value, control and repetition of each finding.
    private List<string> Findings(params string[] arguments)
    {
        var answer = Grokpipe.Run(_workspace.Root, ["--json", .. arguments]);
        Assert.Equal((ExitCode.Done, ""), (answer.Code, answer.Error));
        return
        [
            .. JsonNode.Parse(answer.Out)!["findings"]!.AsArray().Select(finding =>
                $"{finding!["target"]} {finding["name"]} {finding["value"]} {finding["control"]} {finding["repeat"]}"),
        ];
    }
}
