using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using GrokPipeline.Cli;
using GrokPipeline.Testing;

namespace GrokPipeline.Stages.Tests.Cli;

[Collection("current folder")]
public sealed class CliTextTests : IDisposable
{
    private readonly SmallWorkspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public void Help_is_as_approved()
    {
        var text = new StringBuilder();
        string[] verbs =
        [
            "", "run", "status", "show", "evaluate", "probe", "probe judge", "export", "export onnx", "export safetensors",
            "export ensemble",
            "query", "sweep", "sweep run", "sweep plan", "sweep member", "sweep status",
            "sweep collect", "sweep list", "reproduce", "doctor", "schema", "version",
        ];
        foreach (var verb in verbs)
        {
            var answer = Grokpipe.Run(_workspace.Root, [.. verb.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);
            Assert.Equal(ExitCode.Done, answer.Code);
            text.Append(CultureInfo.InvariantCulture, $"$ grokpipe {verb} --help\n{answer.Out.Trim()}\n\n");
        }
        Approve.Text(text.Replace(System.CommandLine.RootCommand.ExecutableName, "grokpipe").ToString(), "help.txt");
    }

    [Fact]
    public void Exit_codes_are_as_approved() =>
        Approve.Text(string.Join('\n', Enum.GetValues<ExitCode>().Select(code => $"{(int)code} {code}")), "exit-codes.txt");

    [Theory]
    [InlineData("runn")]
    [InlineData("run", "--fast")]
    [InlineData("run", "-s")]
    [InlineData("run", "--threads", "-1")]
    [InlineData("status", "--nothing")]
    [InlineData("probe", "--nothing")]
    [InlineData("run", "--parallel", "x")]
    [InlineData("run", "--parallel", "0")]
    [InlineData("query")]
    [InlineData("evaluate", "model.onnx")]
    [InlineData("--progress", "loud", "run")]
    [InlineData("run", "-C", "no-such-folder")]
    [InlineData("run", "nothing")]
    [InlineData("run", "small/trian")]
    [InlineData("run", "--only", "trian")]
    [InlineData("run", "--as", "other")]
    [InlineData("run", "small", "--as", "../other")]
    [InlineData("run", "other.yaml")]
    [InlineData("run", "-s", "params.sed=1")]
    public void Wrong_usage_returns_2_with_a_message_and_writes_nothing(params string[] arguments)
    {
        var answer = Grokpipe.Run(_workspace.Root, arguments);
        Assert.Equal(ExitCode.Usage, answer.Code);
        Assert.NotEmpty(answer.Error.Trim());
        Assert.DoesNotContain("   at ", answer.Error, StringComparison.Ordinal);
        Assert.Empty(answer.Out);
        Assert.Equal(["pipeline.yaml"], Directory.EnumerateFileSystemEntries(_workspace.Root).Select(path => Path.GetFileName(path)!));
    }

    [Fact]
    public void Messages_about_a_wrong_file_are_as_approved()
    {
        (string What, string From, string To)[] changes =
        [
            ("an unknown option", "weight_decay: 1", "weight_decy: 1"),
            ("a wrong type", "steps: 200", "steps: many"),
            ("out of range", "steps: 200", "steps: 0"),
            ("an unknown dataset", "data: mod23", "data: mod32"),
            ("an unknown generator", "use: modular_arithmetic", "use: modular_arithmetics"),
            ("a modulus that is not prime", "modulus: 23", "modulus: 24"),
            ("a share outside (0, 1)", "train: 0.5", "train: 1.5"),
            ("an unknown kind of model", "kind: mlp", "kind: mpl"),
            ("an unknown optimizer", "kind: adamw", "kind: adamm"),
            ("an unknown split", "on: [validation, swapped]", "on: [validation, swaped]"),
            ("an unknown column of a probe", "kind: linear, at: hidden.0", "kind: linear, att: hidden.0"),
            ("an unknown parameter", "${params.seed}", "${params.sed}"),
            ("an unknown section", "params:", "parms:"),
            ("a newer format", "schema: 1", "schema: 2"),
            ("a section that is no map", "experiments:\n", "experiments: [a]\nothers:\n"),
            ("two mistakes", "steps: 200, evaluate_every: 10", "steps: -1, evaluate_evry: 10"),
            ("no experiments", "experiments:\n", "experiments: {}\nothers:\n"),
            ("a whole number that is too large", "modulus: 23", "modulus: 99999999999"),
            ("a name that is no folder", "  small:", "  ../small:"),
            ("a tag", "name: small", "name: !!str small"),
        ];
        var text = new StringBuilder();
        foreach (var (what, from, to) in changes)
        {
            Assert.Contains(from, SmallWorkspace.Yaml, StringComparison.Ordinal);
            var at = SmallWorkspace.Yaml.IndexOf(from, StringComparison.Ordinal);
            File.WriteAllText(_workspace.PipelinePath, SmallWorkspace.Yaml[..at] + to + SmallWorkspace.Yaml[(at + from.Length)..]);
            var answer = Grokpipe.Run(_workspace.Root, "run", "-n");
            Assert.Equal((ExitCode.Usage, ""), (answer.Code, answer.Out));
            text.Append(CultureInfo.InvariantCulture, $"# {what}\n{answer.Error.Trim()}\n\n");
        }
        Approve.Text(text.ToString(), "errors.txt");
    }

    [Fact]
    public void An_engine_that_is_not_built_in_returns_6_and_says_why()
    {
        var answer = Grokpipe.Run(_workspace.Root, "run", "--engine", "torch-cuda");
        Assert.Equal(ExitCode.Resources, answer.Code);
        Assert.Contains("engine torch-cuda is not part of this build", answer.Error, StringComparison.Ordinal);
        Assert.Contains("Use engine simd", answer.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Resources, Grokpipe.Run(_workspace.Root, "run", "-s", "defaults.train.engine=ort-cuda").Code);
        var misspelt = SmallWorkspace.Yaml.Replace("{ steps: 200,", "{ engine: smid, steps: 200,", StringComparison.Ordinal);
        File.WriteAllText(_workspace.PipelinePath, misspelt);
        var unknown = Grokpipe.Run(_workspace.Root, "run");
        Assert.Equal(ExitCode.Usage, unknown.Code);
        Assert.Contains(
            "pipeline.yaml:13:20  experiments.small.train.engine: there is no engine named 'smid'. Did you mean 'simd'?", unknown.Error,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "version", "--json")]
    [InlineData(0, "doctor", "--json")]
    [InlineData(0, "status", "--json")]
    [InlineData(0, "run", "-n", "--json")]
    [InlineData(2, "run", "--json", "-s", "experiments.small.train.stepz=1")]
    [InlineData(2, "run", "--json", "--no-such-option")]
    [InlineData(2, "show", "--json", "nothing")]
    [InlineData(0, "query", "--json", "select 1 as one")]
    public void Json_documents_parse_and_carry_the_exit_code(int code, params string[] arguments)
    {
        var answer = Grokpipe.Run(_workspace.Root, arguments);
        Assert.Equal(code, (int)answer.Code);
        var last = JsonNode.Parse(answer.Out.Trim().Split('\n')[^1])!;
        Assert.Equal(code, (int)last["exit_code"]!);
        Assert.Equal(code == 0, (bool)last["ok"]!);
        Assert.StartsWith("grokpipe/", (string)last["schema"]!, StringComparison.Ordinal);
        if (code == 2) { Assert.NotEmpty((string)last["error"]!["message"]!); }
        Assert.All(answer.Out.Trim().Split('\n'), line => JsonNode.Parse(line));
    }

    [Fact]
    public void A_json_error_has_line_and_column()
    {
        var answer = Grokpipe.Run(_workspace.Root, "run", "--json", "-n", "-s", "params.seed=1");
        Assert.Equal(ExitCode.Done, answer.Code);
        File.WriteAllText(_workspace.PipelinePath,
            SmallWorkspace.Yaml.Replace("evaluate_every", "evaluate_evry", StringComparison.Ordinal));
        var error = JsonNode.Parse(Grokpipe.Run(_workspace.Root, "run", "--json").Out)!["error"]!;
        Assert.Equal(("pipeline.yaml", 13, 24), ((string)error["path"]!, (int)error["line"]!, (int)error["column"]!));
        Assert.Contains("Did you mean evaluate_every?", (string)error["message"]!, StringComparison.Ordinal);
    }

    [Fact]
    public void The_committed_schema_is_that_of_the_records() =>
        Assert.Equal(PipelineSchema.Text(), File.ReadAllText(Path.Combine(Repository.Root, PipelineSchema.Place)));

    [Fact]
    public void The_default_pipeline_is_sound_and_has_a_control()
    {
        var file = PipelineFile.Read(Path.Combine(Repository.Root, "pipeline.yaml"));
        Assert.Equal(["modular_addition", "equidistant", "equivariant", "equidistant_f0"],
            file.Experiments.Select(experiment => experiment.Name));
        Assert.All(file.Experiments, experiment => Assert.NotEmpty(experiment.Options.Evaluate.Require));
        var sweep = new Stages.Sweeps.SweepRun(file, "phase_diagram", SmallWorkspace.Tools, _ => { });
        Assert.Equal(60, sweep.Plan().Count);
    }
}
