using GrokPipeline.Stages.Running;

namespace GrokPipeline.Stages.Tests.Running;

/// <summary>Ends at any operation on files: what stands is whole, and the same command ends with the same bytes.</summary>
public sealed class CrashTests
{
    private static readonly Lazy<(SortedDictionary<string, string> Tree, int Operations)> Uninterrupted = new(() =>
    {
        using var workspace = new SmallWorkspace();
        var operations = 0;
        Assert.Empty(workspace.Run(announce: _ => operations++).Failures);
        return (workspace.Tree(), operations);
    });

    [Fact]
    public void Whichever_operation_is_the_last_the_next_run_ends_with_the_same_files()
    {
        var (tree, operations) = Uninterrupted.Value;
        var step = Math.Max(1, operations / 8);
        var crashes = 0;
        for (var last = 3; last < operations; last += step)
        {
            using var workspace = new SmallWorkspace();
            var left = last;
            var error = Record.Exception(() => workspace.Run(announce: _ => { if (--left < 0) { throw new Crash(); } }));
            Assert.True(error is null or Crash, error?.ToString());
            crashes += error is Crash ? 1 : 0;                     // a fast run writes fewer resume points, so that it may end before
            var outcome = workspace.Run();
            Assert.True(
                outcome.Failures.IsEmpty,
                $"after operation {last}: {string.Join(' ', outcome.Failures.Select(failure => failure.Error.Message))}");
            SmallWorkspace.AssertSame(tree, workspace.Tree());
        }
        Assert.True(crashes >= 4, $"Only {crashes} runs were interrupted.");
    }

    [Fact]
    public void What_is_derived_is_made_anew_when_a_run_ended_before_it_was_written()
    {
        string[] calm = ["defaults.checkpoints.resume_every=1h"];
        using var whole = new SmallWorkspace();
        var operations = new List<string>();
        Assert.Empty(whole.Run(overrides: calm, announce: operation => operations.Add(operation.Path)).Failures);
        var begin = operations.FindLastIndex(path => path.Contains("report", StringComparison.Ordinal));
        for (var last = begin + 1; last < operations.Count; last += Math.Max(1, (operations.Count - begin) / 5))
        {
            using var workspace = new SmallWorkspace();
            var left = last;
            Record.Exception(() => workspace.Run(overrides: calm, announce: _ => { if (--left < 0) { throw new Crash(); } }));
            Assert.Empty(workspace.Run(overrides: calm).Failures);
            SmallWorkspace.AssertSame(whole.Tree(), workspace.Tree());
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 1)]
    public void The_number_of_threads_leaves_no_trace(int threads, int parallel)
    {
        using var workspace = new SmallWorkspace();
        Assert.Empty(workspace.Run(new RunRequest { Threads = threads, Parallel = parallel }).Failures);
        SmallWorkspace.AssertSame(Uninterrupted.Value.Tree, workspace.Tree());
    }

    [Fact]
    public void A_rebuilt_result_takes_the_place_of_the_old_one()
    {
        using var workspace = new SmallWorkspace();
        Assert.Empty(workspace.Run(overrides: ["defaults.train.steps=50"]).Failures);
        Assert.Empty(workspace.Run().Failures);
        SmallWorkspace.AssertSame(Uninterrupted.Value.Tree, workspace.Tree());
        Assert.Empty(workspace.Run(new RunRequest { Force = true }).Failures);
        SmallWorkspace.AssertSame(Uninterrupted.Value.Tree, workspace.Tree());
    }

    private sealed class Crash : Exception;
}
