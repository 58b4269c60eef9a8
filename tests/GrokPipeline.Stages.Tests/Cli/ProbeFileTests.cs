using System.Text.Json.Nodes;
using GrokPipeline.Cli;
using GrokPipeline.Data;
using GrokPipeline.Stages.Tests.Running;
using GrokPipeline.Tables;

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

    [Theory]
    [InlineData("Probes 1 and 2 (both sharpness) find 'phi' of 'loss on train' twice", "sharpness", "{ kind: sharpness, max_rows: 32 }")]
    [InlineData("Probe 1 (ablation) finds", "{ kind: ablation, neurons: [8, 8] }")]
    public void Two_numbers_of_one_name_are_refused(string problem, params string[] probes)
    {
        var answer = Grokpipe.Run(_workspace.Root, ["probe", "small", .. probes.SelectMany(probe => new[] { "--probe", probe })]);
        Assert.Equal((ExitCode.Usage, ""), (answer.Code, answer.Out));
        Assert.Contains(problem, answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void One_kind_on_two_splits_gives_two_measures()
    {
        var found = Findings("probe", "small", "--probe", "sharpness", "--probe", "{ kind: sharpness, on: validation }");
        Assert.Equal(
            ["loss on train phi", "loss on train loss", "loss on validation phi", "loss on validation loss"],
            found.Select(line => string.Join(' ', line.Split(' ')[..4])));
    }

    [Theory]
    [InlineData("measures from the untrained model", "weight_travel")]
    [InlineData("only one is at hand", "{ kind: feature_change, at: hidden.0 }")]
    [InlineData("one checkpoint and one activation", "{ kind: cka, at: hidden.0 }")]
    public void A_file_alone_is_not_compared_with_itself(string problem, string probe)
    {
        var answer = Grokpipe.Run(_workspace.Root, "probe", Model, "--data", "data/mod23/train.parquet", "--probe", probe);
        Assert.Equal((ExitCode.Usage, ""), (answer.Code, answer.Out));
        Assert.Contains(problem, answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Activations_beside_the_model_are_read_when_they_are_named()
    {
        var answer = Findings("probe", "small", "--probe", "{ kind: activation_rank, at: [pre_logits, hidden.0] }");
        // What the output layer reads is the last hidden layer.
        Assert.Equal(answer.Take(4).Select(line => line.Replace("pre_logits", "hidden.0", StringComparison.Ordinal)), answer.Skip(4));
        Assert.DoesNotContain(
            Findings("probe", "small", "--probe", "activation_rank"), line => line.StartsWith("pre_logits", StringComparison.Ordinal));
    }

    [Fact]
    public void Tables_that_do_not_fit_are_named()
    {
        var store = SmallWorkspace.Tools.Store;
        var rows = store.Read(_workspace.At("data/mod23/train.parquet"));
        Directory.CreateDirectory(_workspace.At("other"));
        void Write(string name, Table table) => store.Write(_workspace.At($"other/{name}.parquet"), table);
        Write("train", rows);
        Write("empty", rows.Select([]));
        Write("real", rows.With(ColumnValues.Of("b", Array.ConvertAll(rows.Int64("b").ToArray(), b => (double)b))));
        Write("more", rows.With(ColumnValues.Of("weight", new double[rows.Rows])));
        Write("lacking", Table.Of(ColumnValues.Of("a", rows.Int64("a").ToArray()), ColumnValues.Of("c", rows.Int64("c").ToArray())).WithMetadata(rows.Metadata));
        var facts = DatasetFacts.Of(rows.Metadata);
        Write("mod19", rows.Select([.. Enumerable.Range(0, rows.Rows).Where(i => rows.Int64("a")[i] < 19 && rows.Int64("b")[i] < 19)])
            .WithMetadata(new Dictionary<string, string> { [DatasetFacts.MetadataKey] = (facts with { OperandValues = 19, Classes = 19 }).ToJson() }));
        Refused("other/empty.parquet: has no rows", "other/empty.parquet");
        Refused("other/real.parquet", "other/real.parquet");
        Refused("other/lacking.parquet: has no column 'b'", "other/lacking.parquet");
        Refused("other/more.parquet: has the columns", "data/mod23/train.parquet", "other/more.parquet");
        Refused("two files make a split named 'train'", "data/mod23/train.parquet", "other/train.parquet");
        Refused("Float32[rows, 19] is needed for column 'c' of other/mod19.parquet", "other/mod19.parquet");

        void Refused(string problem, params string[] data)
        {
            var answer = Grokpipe.Run(_workspace.Root, ["probe", Model, "--data", .. data, "--probe", "progress", "--no-isolate"]);
            Assert.Equal((ExitCode.Usage, ""), (answer.Code, answer.Out));
            Assert.Contains(problem, answer.Error, StringComparison.Ordinal);
        }
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
