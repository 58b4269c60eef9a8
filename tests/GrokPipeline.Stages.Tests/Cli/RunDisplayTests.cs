using System.Text.Json.Nodes;
using GrokPipeline.Cli;

namespace GrokPipeline.Stages.Tests.Cli;

[Collection("current folder")]
public sealed class RunDisplayTests : IDisposable
{
    private readonly SmallWorkspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public void A_terminal_gets_lines_that_are_drawn_again_and_the_results()
    {
        var first = Grokpipe.Run(_workspace.Root, isLive: true, "run");
        Assert.Equal((ExitCode.Done, ""), (first.Code, first.Out));
        Assert.Contains("\u001b[", first.Error, StringComparison.Ordinal);
        Assert.Contains("small/train", first.Error, StringComparison.Ordinal);
        Assert.EndsWith("Run again: everything is up to date.", first.Error.Trim(), StringComparison.Ordinal);
        var second = Grokpipe.Run(_workspace.Root, isLive: true, "run");
        Assert.Equal(ExitCode.Done, second.Code);
        Assert.EndsWith("Everything is up to date.", second.Error.Trim(), StringComparison.Ordinal);
    }

    [Fact]
    public void Anything_else_gets_plain_lines_with_the_time_first()
    {
        var answer = Grokpipe.Run(_workspace.Root, "run", "--json");
        Assert.Equal(ExitCode.Done, answer.Code);
        Assert.DoesNotContain('\u001b', answer.Error);
        Assert.Matches("(?m)^[0-9-]{10}T[0-9:]{8}Z  small/train +begins: not made yet", answer.Error);
        Assert.Matches("(?m)^  small  .*memorized", answer.Error);
        var events = answer.Out.Trim().Split('\n').Select(line => JsonNode.Parse(line)!).ToArray();
        Assert.Equal(
            ["data/mod23", "small/train", "small/export", "small/evaluate", "small/probe", "small/report"],
            events.Where(told => (string?)told["type"] == "stage_finished").Select(told => (string)told["target"]!));
        Assert.Equal("result", (string?)events[^1]["type"]);
        Assert.Equal(6, events[^1]["ran"]!.AsArray().Count);
    }

    [Fact]
    public void Silence_holds_but_for_errors()
    {
        var answer = Grokpipe.Run(_workspace.Root, "run", "--progress", "none");
        Assert.Equal((ExitCode.Done, "", ""), (answer.Code, answer.Out, answer.Error));
        File.WriteAllText(_workspace.At("data/mod23/train.parquet"), "noise");
        var broken = Grokpipe.Run(_workspace.Root, "run", "--progress", "none");
        Assert.Equal(ExitCode.Integrity, broken.Code);
        Assert.Contains(
            "data/mod23/train.parquet: changed since it was written. Rebuild: grokpipe run data/mod23 --force", broken.Error,
            StringComparison.Ordinal);
    }
}
