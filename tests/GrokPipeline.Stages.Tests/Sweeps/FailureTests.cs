using GrokPipeline.Cli;
using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Stages.Sweeps;
using GrokPipeline.Stages.Tests.Cli;

namespace GrokPipeline.Stages.Tests.Sweeps;

/// <summary>What fails, fails alone; and the next run tries it again.</summary>
[Collection("current folder")]
public sealed class FailureTests : IDisposable
{
    private readonly SmallWorkspace _workspace = new(
        SweepSamples.Yaml(SweepSamples.Over("params.train_fraction", "[0.4, 0.5, 0.6, 0.7]", "seeds: { count: 2 }")));

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public void Out_of_memory_fails_that_member_only_and_the_next_run_tries_it_again()
    {
        var rows = RowsOf(0.5);
        var told = new List<string>();
        var run = _workspace.Sweep(
            "one", tools: Failing(rows, () => new InsufficientMemoryException()),
            tell: said => { if (said is MemberEnded { Ending: "failed" } ended) { lock (told) { told.Add(ended.Settings); } } });
        var outcome = run.Run(new SweepRequest());
        Assert.Equal((6, 2), (outcome.Trained, outcome.Failed.Length));
        Assert.Equal(["train_fraction=0.5, seed 0", "train_fraction=0.5, seed 1"], told.Order(StringComparer.Ordinal));
        Assert.All(outcome.Failed, member => Assert.Equal(ProblemKind.Resources, member.Error.Kind));
        Assert.Equal(
            "2 members (2, 3): the member ran out of memory. Use fewer rows at a time, or a machine with more memory.",
            Assert.Single(outcome.Causes()));
        var status = SweepStatus.Of(PipelineFile.Read(_workspace.PipelinePath), "one")[0];
        Assert.Equal((2, 0), (status.Failed.Length, status.Waiting));
        Assert.StartsWith("the member ran out of memory.", status.Failed[0].Error.Problem, StringComparison.Ordinal);
        var table = SmallWorkspace.Tools.Store.Read(_workspace.At($"{outcome.Folder}/tables/members.parquet"));
        Assert.Equal(2, table.Text("ending").Count(ending => ending == "failed"));

        var before = _workspace.Members("one");
        var again = _workspace.Sweep("one").Run(new SweepRequest());
        Assert.Equal((2, 6, 0), (again.Trained, again.Before, again.Failed.Length));
        Assert.All(before, pair => Assert.Equal(pair.Value, _workspace.Members("one")[pair.Key]));
        using var whole = new SmallWorkspace(File.ReadAllText(_workspace.PipelinePath));
        whole.Sweep("one").Run(new SweepRequest());
        SmallWorkspace.AssertSame(whole.Tree(), _workspace.Tree());
    }

    [Fact]
    public void A_bug_in_one_member_does_not_end_the_others()
    {
        var tools = Failing(RowsOf(0.7), () => new InvalidCastException("no such luck"));
        var outcome = _workspace.Sweep("one", tools: tools).Run(new SweepRequest());
        Assert.Equal((6, 2), (outcome.Trained, outcome.Failed.Length));
        Assert.Contains("internal error: InvalidCastException: no such luck", Assert.Single(outcome.Causes()), StringComparison.Ordinal);
    }

    [Fact]
    public void After_as_many_failures_as_allowed_no_further_member_begins()
    {
        var outcome = _workspace.Sweep(
            "one", ["sweeps.one.on_failure.stop_after=2"], tools: Failing(RowsOf(0.4), () => new InsufficientMemoryException())).Run(
            new SweepRequest { Threads = 1 });
        Assert.Equal((0, 2, true), (outcome.Trained, outcome.Failed.Length, outcome.GaveUp));
        Assert.Equal(8, _workspace.Sweep("one").Run(new SweepRequest()).Trained);
    }

    [Fact]
    public void A_folder_that_cannot_be_written_fails_that_member_only()
    {
        var id = _workspace.Sweep("one").Plan().Members[4].Id;
        var outcome = _workspace.Sweep("one", announce: operation =>
        {
            if (operation.Path.Contains($"members/{id}", StringComparison.Ordinal))
            {
                throw new UnauthorizedAccessException($"Access to the path '{operation.Path}' is denied.");
            }
        }).Run(new SweepRequest { Threads = 2 });
        Assert.Equal((7, 4), (outcome.Trained, Assert.Single(outcome.Failed).Index));
        Assert.Contains("is denied.", outcome.Failed[0].Error.Problem, StringComparison.Ordinal);
        Assert.Equal(1, _workspace.Sweep("one").Run(new SweepRequest()).Trained);
    }

    [Fact]
    public void A_listener_that_throws_ends_the_run_with_its_error_and_no_member_counts_as_failed()
    {
        var run = _workspace.Sweep("one", tell: said => { if (said is MemberEnded) { throw new InvalidCastException("no such line"); } });
        var error = Assert.Throws<GrokException>(() => run.Run(new SweepRequest { Threads = 2 }));
        Assert.Equal("internal error: InvalidCastException: no such line", error.Problem);
        var status = SweepStatus.Of(PipelineFile.Read(_workspace.PipelinePath), "one")[0];
        Assert.Empty(status.Failed);
        Assert.InRange(status.Ended.Sum(ended => ended.Count), 1, 2);            // those that the threads had finished
        Assert.Null(status.Holder);
    }

    [Fact]
    public void A_full_disk_fails_members_and_leaves_no_half_of_a_result()
    {
        var outcome = _workspace.Sweep("one", announce: operation =>
        {
            if (operation.Kind == "write" && operation.Path.Contains("member.json", StringComparison.Ordinal))
            {
                throw new IOException($"No space left on device : '{operation.Path}'", 28);
            }
        }).Run(new SweepRequest());
        Assert.Equal((0, 8), (outcome.Trained, outcome.Failed.Length));
        Assert.All(outcome.Failed, member => Assert.StartsWith("disk full", member.Error.Problem, StringComparison.Ordinal));
        Assert.Empty(_workspace.Members("one"));
        Assert.Equal(8, _workspace.Sweep("one").Run(new SweepRequest()).Trained);
    }

    [Fact]
    public void A_changed_result_is_refused_by_name_and_made_again_when_asked_for()
    {
        Assert.Equal(8, _workspace.Sweep("one").Run(new SweepRequest()).Trained);
        var before = _workspace.Tree();
        var path = Directory.EnumerateFiles(_workspace.At("models/sweeps/one/members"), "member.json", SearchOption.AllDirectories).First();
        var bytes = File.ReadAllBytes(path);
        foreach (var at in (int[])[0, bytes.Length / 2, bytes.Length - 4])
        {
            var changed = (byte[])bytes.Clone();
            changed[at] ^= 1;
            File.WriteAllBytes(path, changed);
            var outcome = _workspace.Sweep("one").Run(new SweepRequest());
            Assert.Equal((0, 7), (outcome.Trained, outcome.Before));
            var error = Assert.Single(outcome.Failed).Error;
            Assert.Equal((ProblemKind.Integrity, "changed since it was written."), (error.Kind, error.Problem));
            Assert.Equal(Path.GetRelativePath(_workspace.Root, path).Replace('\\', '/'), error.Where);
        }
        Assert.Equal(1, _workspace.Sweep("one").Run(new SweepRequest { Repair = true }).Trained);
        SmallWorkspace.AssertSame(before, _workspace.Tree());
    }

    [Fact]
    public void A_result_of_another_member_is_refused_by_name_and_made_again_when_asked_for()
    {
        var plan = _workspace.Sweep("one").Run(new SweepRequest()).Plan;
        var before = _workspace.Tree();
        var (from, to) = (PathOf(plan.Members[0]), PathOf(plan.Members[1]));
        File.Copy(from, to, overwrite: true);
        AssertRefusedThenRepaired(to, $"is not of member {plan.Members[1].Id}.", before);
    }

    [Fact]
    public void A_result_of_another_format_is_refused_by_name_and_made_again_when_asked_for()
    {
        var plan = _workspace.Sweep("one").Run(new SweepRequest()).Plan;
        var before = _workspace.Tree();
        var path = PathOf(plan.Members[2]);
        var text = File.ReadAllText(path).Replace("grokpipe/member/1", "grokpipe/member/0", StringComparison.Ordinal);
        var body = text[..text.LastIndexOf(",\"sha256\"", StringComparison.Ordinal)];
        var hash = Convert.ToHexStringLower(
            System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(body)));
        File.WriteAllText(path, $"{body},\"sha256\":\"{hash}\"}}\n");
        AssertRefusedThenRepaired(path, "has the format 'grokpipe/member/0'; this version reads grokpipe/member/1.", before);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_checkpoint_that_is_missing_or_changed_is_refused_by_name_and_made_again_when_asked_for(bool missing)
    {
        var yaml = File.ReadAllText(_workspace.PipelinePath);
        File.WriteAllText(
            _workspace.PipelinePath, yaml.Replace("seeds: {", "checkpoints: final\n    seeds: {", StringComparison.Ordinal));
        var run = _workspace.Sweep("one");
        var plan = run.Run(new SweepRequest()).Plan;
        var before = _workspace.Tree();
        var path = PathOf(plan.Members[3]).Replace("member.json", "final.safetensors", StringComparison.Ordinal);
        if (missing) { File.Delete(path); }
        else
        {
            var bytes = File.ReadAllBytes(path);
            bytes[^1] ^= 1;
            File.WriteAllBytes(path, bytes);
        }
        var sweep = PlannedSweep.Open(_workspace.At(run.Write(plan)), _workspace.Root);
        Assert.Equal(
            ProblemKind.Integrity, Assert.Throws<GrokException>(() => sweep.Run(3, SmallWorkspace.Tools, default)).Kind);
        AssertRefusedThenRepaired(path, missing ? "is missing." : "changed since it was written.", before);
    }

    private string PathOf(PlannedMember member) => _workspace.At($"models/sweeps/one/members/{member.Id}/member.json");

    private void AssertRefusedThenRepaired(string path, string problem, SortedDictionary<string, string> before)
    {
        var shown = Path.GetRelativePath(_workspace.Root, path).Replace('\\', '/');
        var damaged = Assert.Single(SweepStatus.Of(PipelineFile.Read(_workspace.PipelinePath), "one")[0].Damaged);
        Assert.Equal((shown, problem), (damaged.Error.Where, damaged.Error.Problem));
        var answer = Grokpipe.Run(_workspace.Root, "sweep", "run", "one");
        Assert.Equal(ExitCode.Integrity, answer.Code);
        Assert.Contains($"{shown}: {problem}", answer.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Nothing to do", answer.Error, StringComparison.Ordinal);
        Assert.Equal(1, _workspace.Sweep("one").Run(new SweepRequest { Repair = true }).Trained);
        SmallWorkspace.AssertSame(before, _workspace.Tree());
    }

    // How many rows of train a fraction gives: what tells the graphs of members apart.
    private int RowsOf(double fraction)
    {
        var plan = _workspace.Sweep("one").Plan();
        var text = fraction.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var member = plan.Members.First(member => member.Settings[0].Value == text);
        return Data.DatasetBuilder.Splits(member.Options(plan.Heading).TrainData)["train"].Rows;
    }

    private static PipelineTools Failing(int rows, Func<Exception> error) => SmallWorkspace.Tools with
    {
        Engine = name => new FailingEngine(SmallWorkspace.Tools.Engine(name), rows, error),
    };

    /// <summary>An engine that cannot compile training steps of some number of rows.</summary>
    private sealed class FailingEngine(IEngine inner, int rows, Func<Exception> error) : IEngine
    {
        public EngineFacts Facts => inner.Facts;

        public ISession Compile(Graph graph, CompileOptions options) =>
            graph.InputType("target") is { } target && target.Shape[0] == rows ? throw error() : inner.Compile(graph, options);
    }
}
