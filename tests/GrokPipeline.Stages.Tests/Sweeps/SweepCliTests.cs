using System.Text.Json.Nodes;
using GrokPipeline.Cli;
using GrokPipeline.Stages.Sweeps;
using GrokPipeline.Stages.Tests.Cli;

namespace GrokPipeline.Stages.Tests.Sweeps;

[Collection("current folder")]
public sealed class SweepCliTests : IDisposable
{
    private readonly SmallWorkspace _workspace = new(SweepSamples.Yaml(SweepSamples.Grid));

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public void A_sweep_runs_once_and_then_has_nothing_to_do()
    {
        var preview = Grokpipe.Run(_workspace.Root, "sweep", "run", "grid", "-n").Out;
        Assert.Contains("8 of 8 members would be trained", preview, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_workspace.At("models")));
        var first = Grokpipe.Run(_workspace.Root, "sweep", "run", "grid", "--json");
        Assert.Equal(ExitCode.Done, first.Code);
        var events = first.Out.Trim().Split('\n').Select(line => JsonNode.Parse(line)!).ToArray();
        Assert.All(events, told => Assert.Equal("grokpipe/sweep/1", (string?)told["schema"]));
        Assert.Equal(Enumerable.Range(0, 8), events.Where(told => (string?)told["type"] == "member_ended")
            .Select(told => (int)told["index"]!).Order());
        Assert.Equal(("result", 8, 0), ((string?)events[^1]["type"], (int)events[^1]["trained"]!, (int)events[^1]["before"]!));
        var tree = _workspace.Tree();
        var second = Grokpipe.Run(_workspace.Root, "sweep", "run", "grid");
        Assert.Equal((ExitCode.Done, ""), (second.Code, second.Out));
        Assert.Contains("Nothing to do: all 8 members are done.", second.Error, StringComparison.Ordinal);
        var collected = Grokpipe.Run(_workspace.Root, "sweep", "collect", "grid");
        Assert.Equal((ExitCode.Done, ""), (collected.Code, collected.Error));
        Assert.Matches("^plan [0-9a-f]{12}: models/sweeps/grid/[0-9a-f]{12}/tables, .*/report/report.html\n$", collected.Out);
        SmallWorkspace.AssertSame(tree, _workspace.Tree());
    }

    [Fact]
    public void A_terminal_gets_one_line_for_the_sweep_that_is_drawn_again()
    {
        var answer = Grokpipe.Run(_workspace.Root, isLive: true, "sweep", "run", "grid");
        Assert.Equal((ExitCode.Done, ""), (answer.Code, answer.Out));
        Assert.Contains("\u001b[", answer.Error, StringComparison.Ordinal);
        Assert.Contains("8 of 8 members trained now", answer.Error, StringComparison.Ordinal);
        Assert.Contains("report/report.html  (open offline)", answer.Error, StringComparison.Ordinal);
        Assert.Equal(("", ""), Silent("sweep", "run", "grid", "-q"));

        (string, string) Silent(params string[] arguments)
        {
            var said = Grokpipe.Run(_workspace.Root, arguments);
            return (said.Out, said.Error);
        }
    }

    [Fact]
    public void Tables_hold_a_row_for_each_member_and_can_be_asked_in_sql()
    {
        Assert.Equal(ExitCode.Done, Grokpipe.Run(_workspace.Root, "sweep", "run", "grid", "-q").Code);
        var rows = Query(
            "select count(*) as n, count(distinct member) as members, sum(seed) as seeds, sum(\"params.train_fraction\") as share from members");
        Assert.Equal((8, 8, 4, 4.4), ((int)rows["n"]!, (int)rows["members"]!, (int)rows["seeds"]!, Math.Round((double)rows["share"]!, 9)));
        var curves = Query(
            "select count(*) as n, count(distinct \"index\") as members, max(step) as last from curves where metric = 'accuracy'");
        var times = Query("select count(distinct member) as members, count(distinct definition) as definitions from member_times");
        Assert.Equal((8, 11), ((int)times["members"]!, (int)times["definitions"]!));
        Assert.Equal((8 * 7 * 2, 8, 60), ((int)curves["n"]!, (int)curves["members"]!, (int)curves["last"]!));

        JsonNode Query(string sql)
        {
            var answer = Grokpipe.Run(_workspace.Root, "query", sql, "--json");
            Assert.Equal((ExitCode.Done, ""), (answer.Code, answer.Error));
            return JsonNode.Parse(answer.Out)!["rows"]![0]!;
        }
    }

    [Fact]
    public void A_changed_pipeline_is_another_plan_that_finds_the_members_that_it_shares()
    {
        Assert.Equal(ExitCode.Done, Grokpipe.Run(_workspace.Root, "sweep", "run", "grid", "-q").Code);
        var outcome = _workspace.Sweep("grid", ["sweeps.grid.seeds.count=3"]).Run(new SweepRequest());
        Assert.Equal((4, 8, 12), (outcome.Trained, outcome.Before, outcome.Plan.Count));
        var status = Grokpipe.Run(_workspace.Root, "sweep", "status", "grid", "-s", "sweeps.grid.seeds.count=3");
        Assert.Contains("waiting           0", status.Out, StringComparison.Ordinal);
        Assert.Contains("grid", Grokpipe.Run(_workspace.Root, "sweep", "list").Out, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sweep_with_failed_members_returns_7_and_tells_the_causes_together()
    {
        // Fewer rows than a batch: found when the member begins.
        string[] run = ["sweep", "run", "grid", "-s", "defaults.train.batch=24"];
        var answer = Grokpipe.Run(_workspace.Root, run);
        Assert.Equal(ExitCode.MembersFailed, answer.Code);
        Assert.Contains("✗ 4 members (0, 1, 2, 3): The batch size is 24, train has 21 rows.", answer.Error, StringComparison.Ordinal);
        var again = Grokpipe.Run(_workspace.Root, [.. run, "--json"]);
        Assert.Equal(ExitCode.MembersFailed, again.Code);
        var last = JsonNode.Parse(again.Out.Trim().Split('\n')[^1])!;
        Assert.Equal((7, 4, 0), ((int)last["exit_code"]!, (int)last["before"]!, (int)last["trained"]!));
    }
}
