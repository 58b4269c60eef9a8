using System.Diagnostics;
using System.Globalization;
using GrokPipeline.Cli;
using GrokPipeline.Stages.Sweeps;

namespace GrokPipeline.Stages.Tests.Sweeps;

/// <summary>Sweeps as others start them: killed, stopped, in several processes.</summary>
public sealed class SweepProcessTests : IDisposable
{
    private static readonly string[] Calm =
        ["-s", "defaults.train.steps=2500", "-s", "sweeps.grid.retire={ generalized_for: 0, collapsed_for: 0 }",
            "-s", "defaults.checkpoints.resume_every=0.1s"];

    private readonly SmallWorkspace _workspace = new(SweepSamples.Yaml(SweepSamples.Grid));

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public void Killed_in_the_middle_it_goes_on_and_leaves_finished_members_alone()
    {
        using var reference = new SmallWorkspace(SweepSamples.Yaml(SweepSamples.Grid));
        Assert.Equal(ExitCode.Done, Finish(Start(reference, ["sweep", "run", "grid", "-q", .. Calm])).Code);
        var times = new Dictionary<string, DateTime>(StringComparer.Ordinal);
        for (var kill = 1; kill <= 3; kill++)
        {
            using var process = Start(_workspace, ["sweep", "run", "grid", "-q", .. Calm]);
            for (var i = 0; i < 2000 && Results().Length < kill && !process.HasExited; i++) { Thread.Sleep(5); }
            process.Kill();
            process.WaitForExit();
            Assert.All(times, pair => Assert.Equal(pair.Value, File.GetLastWriteTimeUtc(pair.Key)));
            foreach (var path in Results()) { times.TryAdd(path, File.GetLastWriteTimeUtc(path)); }
        }
        Assert.InRange(times.Count, 1, 7);
        var last = Finish(Start(_workspace, ["sweep", "run", "grid", "-q", .. Calm]));
        Assert.Equal((ExitCode.Done, ""), (last.Code, last.Error));
        Assert.All(times, pair => Assert.Equal(pair.Value, File.GetLastWriteTimeUtc(pair.Key)));
        SmallWorkspace.AssertSame(reference.Tree(), _workspace.Tree());
    }

    [Fact]
    public void Asked_to_stop_it_returns_75_and_a_second_process_is_told_who_works_there()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Signals are sent with kill.");
        string[] endless = ["-s", "defaults.train.steps=100000000", .. Calm[2..]];
        using var first = Start(_workspace, ["sweep", "run", "grid", .. endless]);
        for (var i = 0; i < 2000 && !Directory.Exists(_workspace.At("models/sweeps/grid/members")); i++) { Thread.Sleep(5); }
        var second = Finish(Start(_workspace, ["sweep", "run", "grid", .. endless]));
        Assert.Equal(ExitCode.Locked, second.Code);
        Assert.Contains(
            $"models/sweeps/grid is in use by pid {first.Id.ToString(CultureInfo.InvariantCulture)} on ", second.Error,
            StringComparison.Ordinal);
        Assert.Contains("Wait for it, then run again.", second.Error, StringComparison.Ordinal);        // no verb of sweeps has --wait
        using (var kill = Process.Start("kill", $"-TERM {first.Id.ToString(CultureInfo.InvariantCulture)}")) { kill.WaitForExit(); }
        var answer = Finish(first);
        Assert.Equal(ExitCode.Stopped, answer.Code);
        Assert.Contains("stopped: 0 of 8 members are done; the same command goes on.", answer.Error, StringComparison.Ordinal);
        Assert.Contains("(2 begun)", Finish(Start(_workspace, ["sweep", "status", "grid", .. endless])).Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Members_of_one_plan_are_trained_by_several_processes()
    {
        using var reference = new SmallWorkspace(SweepSamples.Yaml(SweepSamples.Grid));
        reference.Sweep("grid").Run(new SweepRequest());
        var plan = Finish(Start(_workspace, ["sweep", "plan", "grid", "--out", "shared/plan.jsonl"]));
        Assert.EndsWith("8 members\n", plan.Out, StringComparison.Ordinal);
        File.Delete(_workspace.PipelinePath);                                   // a member needs the plan alone
        Process[] processes =
        [
            .. Enumerable.Range(0, 4).Select(index => Start(
                _workspace, ["sweep", "member", "--plan", "shared/plan.jsonl", "--index", index.ToString(CultureInfo.InvariantCulture)])),
        ];
        var sweep = PlannedSweep.Open(_workspace.At("shared/plan.jsonl"), _workspace.Root);
        for (var index = 4; index < 8; index++) { sweep.Run(index, SmallWorkspace.Tools, default); }
        Assert.All(processes, process => Assert.Equal(ExitCode.Done, Finish(process).Code));
        SmallWorkspace.AssertSame(reference.Members("grid"), _workspace.Members("grid"));
        Assert.EndsWith(
            ", known before\n", Finish(Start(_workspace, ["sweep", "member", "--plan", "shared/plan.jsonl", "--index", "3"])).Out,
            StringComparison.Ordinal);
        var none = Finish(Start(_workspace, ["sweep", "member", "--plan", "shared/plan.jsonl", "--index", "8"]));
        Assert.Equal(ExitCode.Usage, none.Code);
        Assert.Equal("--index: the plan has 8 members; there is no member 8. Give a number from 0 to 7.\n", none.Error);
    }

    private string[] Results() => Directory.Exists(_workspace.At("models/sweeps/grid/members"))
        ? Directory.GetFiles(_workspace.At("models/sweeps/grid/members"), "member.json", SearchOption.AllDirectories) : [];

    private static Process Start(SmallWorkspace workspace, string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "grokpipe"))
        {
            WorkingDirectory = workspace.Root, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var argument in arguments) { start.ArgumentList.Add(argument); }
        return Process.Start(start)!;                                             // not null: no shell is used
    }

    private static (ExitCode Code, string Out, string Error) Finish(Process process)
    {
        using (process)
        {
            var output = process.StandardOutput.ReadToEndAsync();
            var error = process.StandardError.ReadToEndAsync();
            Assert.True(process.WaitForExit(120_000), "It took longer than two minutes.");
            return ((ExitCode)process.ExitCode, output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult());
        }
    }
}
