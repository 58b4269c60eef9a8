using System.Globalization;
using System.Text;
using GrokPipeline.Cli;
using GrokPipeline.Stages.Tests.Cli;
using GrokPipeline.Testing;

namespace GrokPipeline.Stages.Tests.Sweeps;

/// <summary>What a sweep refuses, with the reason; nothing is written then.</summary>
[Collection("current folder")]
public sealed class RefusalTests
{
    [Fact]
    public void Messages_about_a_wrong_sweep_are_as_approved()
    {
        (string What, string Sweep)[] sweeps =
        [
            ("an unknown option", SweepSamples.Over("experiments.small.train.optimizer.weight_decy", "[0.1, 1]")),
            ("an unknown parameter", SweepSamples.Over("params.sed", "[0, 1]")),
            ("a value of the wrong type", SweepSamples.Over("defaults.train.steps", "[10, many]")),
            ("a value out of range", SweepSamples.Over("params.train_fraction", "[0.5, 1.5]")),
            ("a path with a hole", SweepSamples.Over("params..seed", "[0, 1]")),
            ("an empty list", SweepSamples.Over("params.seed", "[]")),
            ("neither list nor range", SweepSamples.Over("params.seed", "3")),
            ("a range without a count", SweepSamples.Over("params.seed", "{ from: 0, to: 3 }")),
            ("a range from above to below", SweepSamples.Over("params.seed", "{ from: 3, to: 0, count: 2 }")),
            ("a log range from 0", SweepSamples.Over(SweepSamples.Decay, "{ from: 0, to: 1, count: 3, scale: log }")),
            ("more members than allowed", SweepSamples.Over(SweepSamples.Decay, "[0.1, 1]", "max_members: 3\n    seeds: { count: 2 }")),
            ("more members than any sweep may have", SweepSamples.Over(SweepSamples.Decay, "[1]", "max_members: 20000")),
            ("the same value twice", SweepSamples.Over(SweepSamples.Decay, "[0.1, 0.10]")),
            ("an option that changes no training", SweepSamples.Over("experiments.small.title", "[a, b]")),
            ("more draws than there are", SweepSamples.Over(SweepSamples.Decay, "[0.1, 1]", "method: { kind: random, count: 3 }")),
            ("nothing varied", "  one: { experiment: small }"),
            ("nothing to draw", "  one: { experiment: small, seeds: { count: 2 }, method: { kind: random, count: 3 } }"),
            ("an unknown experiment", "  one: { experiment: smal, seeds: { count: 2 } }"),
            ("no experiment", "  one: { seeds: { count: 2 } }"),
            ("an unknown option of the sweep", "  one: { experiment: small, seed: { count: 2 } }"),
            ("an unknown method", SweepSamples.Over(SweepSamples.Decay, "[0.1, 1]", "method: gird")),
            ("one option in two places", SweepSamples.Over("params.seed", "[0, 1]", "seeds: { count: 2 }")),
            ("a list without points", "  one: { experiment: small, method: list }"),
            ("a list file that is not there", "  one: { experiment: small, method: { kind: list, file: points.csv } }"),
            ("a sweep that is no map", "  one: 3"),
        ];
        var text = new StringBuilder();
        foreach (var (what, sweep) in sweeps)
        {
            using var workspace = new SmallWorkspace(SweepSamples.Yaml(sweep));
            var answer = Grokpipe.Run(workspace.Root, "sweep", "run", "one");
            Assert.Equal((ExitCode.Usage, ""), (answer.Code, answer.Out));
            Assert.Equal(["pipeline.yaml"], Directory.EnumerateFileSystemEntries(workspace.Root).Select(path => Path.GetFileName(path)!));
            text.Append(CultureInfo.InvariantCulture, $"# {what}\n{answer.Error.Trim()}\n\n");
        }
        Approve.Text(text.ToString(), "refusals.txt");
    }

    [Theory]
    [InlineData("sweep", "run")]
    [InlineData("sweep", "run", "gird")]
    [InlineData("sweep", "run", "grid", "more")]
    [InlineData("sweep", "run", "grid", "--threads", "-1")]
    [InlineData("sweep", "rn", "grid")]
    [InlineData("sweep", "member", "--index", "0")]
    [InlineData("sweep", "status", "grid", "--nothing")]
    public void Wrong_usage_returns_2_and_writes_nothing(params string[] arguments)
    {
        using var workspace = new SmallWorkspace(SweepSamples.Yaml(SweepSamples.Grid));
        var answer = Grokpipe.Run(workspace.Root, arguments);
        Assert.Equal(ExitCode.Usage, answer.Code);
        Assert.NotEmpty(answer.Error.Trim());
        Assert.Equal(["pipeline.yaml"], Directory.EnumerateFileSystemEntries(workspace.Root).Select(path => Path.GetFileName(path)!));
    }

    [Theory]
    [InlineData("\"sweep\":\"grid\"", "\"sweep\":\"../../outside\"")]
    [InlineData("\"id\":\"", "\"id\":\"../")]
    [InlineData("\"id\":\"", "\"id\":\"A")]
    public void A_plan_whose_names_are_no_names_is_refused_before_anything_is_written(string part, string other)
    {
        using var workspace = new SmallWorkspace(SweepSamples.Yaml(SweepSamples.Grid));
        var text = workspace.Sweep("grid").Plan().Text;
        Assert.Contains(part, text, StringComparison.Ordinal);
        text = text.Replace(part, other, StringComparison.Ordinal);
        File.WriteAllText(workspace.At("plan.jsonl"), text);
        File.WriteAllText(workspace.At("plan.sha256"), Convert.ToHexStringLower(
            System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(text))));
        var answer = Grokpipe.Run(workspace.Root, "sweep", "member", "--plan", "plan.jsonl", "--index", "0");
        Assert.Equal(ExitCode.Integrity, answer.Code);
        Assert.Contains("plan.jsonl: is no plan of a sweep.", answer.Error, StringComparison.Ordinal);
        Assert.Equal(3, Directory.EnumerateFileSystemEntries(workspace.Root).Count());
    }

    [Fact]
    public void A_plan_is_not_written_in_place_of_its_hash()
    {
        using var workspace = new SmallWorkspace(SweepSamples.Yaml(SweepSamples.Grid));
        var answer = Grokpipe.Run(workspace.Root, "sweep", "plan", "grid", "--out", "new/x.sha256");
        Assert.Equal(ExitCode.Usage, answer.Code);
        Assert.Contains("--out: new/x.sha256 is the file of the plan's hash.", answer.Error, StringComparison.Ordinal);
        Assert.Equal(["pipeline.yaml"], Directory.EnumerateFileSystemEntries(workspace.Root).Select(path => Path.GetFileName(path)!));
    }

    [Theory]
    [InlineData("plan.jsonl")]
    [InlineData("plan.sha256")]
    public void A_plan_that_was_edited_is_refused_and_says_so(string file)
    {
        using var workspace = new SmallWorkspace(SweepSamples.Yaml(SweepSamples.Grid));
        var run = workspace.Sweep("grid");
        var plan = run.Plan();
        var path = run.Write(plan);
        var edited = workspace.At(Path.Combine(Path.GetDirectoryName(path)!, file));
        var text = File.ReadAllText(edited);
        var other = file == "plan.jsonl" ? text.Replace("steps: 60", "steps: 70", StringComparison.Ordinal) : "x" + text[1..];
        File.WriteAllText(edited, other);
        foreach (var arguments in (string[][])[["sweep", "run", "grid"], ["sweep", "member", "--plan", path, "--index", "0"]])
        {
            var answer = Grokpipe.Run(workspace.Root, arguments);
            Assert.Equal(ExitCode.Integrity, answer.Code);
            Assert.Contains($"{path}: was changed after it was made: its hash is ", answer.Error, StringComparison.Ordinal);
        }
        Assert.False(Directory.Exists(workspace.At("models/sweeps/grid/members")));
    }
}
