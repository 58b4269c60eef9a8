using System.Diagnostics;
using System.Globalization;
using GrokPipeline.Cli;
using GrokPipeline.Tests.Onnx;

namespace GrokPipeline.Stages.Tests.Running;

/// <summary>The program as others start it: killed, stopped, twice at a time, given hostile files.</summary>
public sealed class ProcessTests : IDisposable
{
    private const string Long = "defaults.train.steps=2000000";
    private readonly SmallWorkspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public void Killed_at_random_times_it_ends_with_the_same_files()
    {
        using var reference = new SmallWorkspace();
        Assert.Equal(ExitCode.Done, Finish(Start(reference, "run", "-q")).Code);
        var moments = new Seed(20260101).Derive("kill").Stream();
        for (var kill = 0; kill < 4; kill++)
        {
            using var process = Start(_workspace, "run", "-q");
            Thread.Sleep(150 + (int)(moments.NextUniform() * 1200));
            process.Kill();
            process.WaitForExit();
        }
        var last = Finish(Start(_workspace, "run", "-q"));
        Assert.Equal((ExitCode.Done, ""), (last.Code, last.Error));
        SmallWorkspace.AssertSame(reference.Tree(), _workspace.Tree());
    }

    [Fact]
    public void Asked_to_stop_it_returns_75_and_goes_on_from_there()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Signals are sent with kill.");
        using var process = Start(_workspace, "run", "-s", Long);
        WaitFor("models/small/.work", "live.jsonl");
        Signal("TERM", process);
        var answer = Finish(process);
        Assert.Equal(ExitCode.Stopped, answer.Code);
        Assert.Single(answer.Error.Split('\n'), line => line.Contains("stopped on request at step", StringComparison.Ordinal));
        Assert.DoesNotContain("failed", answer.Error, StringComparison.Ordinal);
        using var again = Start(_workspace, "run", "-s", Long);
        again.ErrorDataReceived += (_, line) =>
            { if (line.Data?.Contains("goes on from step", StringComparison.Ordinal) is true) { Signal("TERM", again); } };
        again.BeginErrorReadLine();
        Assert.True(again.WaitForExit(60_000));
        Assert.Equal(ExitCode.Stopped, (ExitCode)again.ExitCode);
    }

    [Fact]
    public void A_folder_in_use_returns_5_and_names_the_process()
    {
        using var first = Start(_workspace, "run", "-q", "-s", Long);
        WaitFor("models/small/.work", "live.jsonl");
        var second = Finish(Start(_workspace, "run", "-q"));
        Assert.Equal(ExitCode.Locked, second.Code);
        Assert.Contains($"models/small is in use by pid {first.Id.ToString(CultureInfo.InvariantCulture)} on ", second.Error,
            StringComparison.Ordinal);
        var status = Finish(Start(_workspace, "status"));
        Assert.Contains("models/small is in use by pid", status.Out, StringComparison.Ordinal);
        first.Kill();
        first.WaitForExit();
        Assert.Equal(ExitCode.Done, Finish(Start(_workspace, "run", "-q")).Code);
    }

    [Fact]
    public void Files_of_strangers_cannot_end_the_program()
    {
        Assert.Equal(ExitCode.Done, Finish(Start(_workspace, "run", "-q")).Code);
        File.Copy(_workspace.At("models/small/onnx/step-00000200.onnx"), _workspace.At("copy.onnx"));
        File.Copy(_workspace.At("data/mod23/validation.parquet"), _workspace.At("copy.parquet"));
        var sound = Finish(Start(_workspace, "evaluate", "copy.onnx", "--data", "copy.parquet"));
        var ours = Finish(Start(_workspace, "evaluate", "small", "--data", "data/mod23/validation.parquet"));
        Assert.Equal((ExitCode.Done, ExitCode.Done), (sound.Code, ours.Code));
        Assert.Equal(ours.Out.Replace("validation", "copy      ", StringComparison.Ordinal), sound.Out);

        var model = File.ReadAllBytes(_workspace.At("copy.onnx"));
        File.WriteAllBytes(_workspace.At("cut.onnx"), model[..(model.Length / 2)]);
        File.WriteAllText(_workspace.At("noise.onnx"), "this is no model");
        File.WriteAllBytes(_workspace.At("cut.parquet"), File.ReadAllBytes(_workspace.At("copy.parquet"))[..500]);
        Assert.Equal(ExitCode.Integrity, Finish(Start(_workspace, "evaluate", "cut.onnx", "--data", "copy.parquet")).Code);
        Assert.Equal(ExitCode.Integrity, Finish(Start(_workspace, "show", "noise.onnx")).Code);
        var outside = new Wire().Int(1, 1).Int(2, 1).Text(8, "w").Int(14, 1).Message(13, new Wire().Text(1, "location").Text(2, "copy.onnx"));
        File.WriteAllBytes(_workspace.At("outside.onnx"), Wire.Model(new Wire().Text(2, "g").Message(5, outside)).ToArray());
        var refused = Finish(Start(_workspace, "evaluate", "outside.onnx", "--data", "copy.parquet"));
        Assert.Equal(ExitCode.Integrity, refused.Code);
        Assert.Contains("outside.onnx", refused.Error, StringComparison.Ordinal);
        Assert.Contains("keeps its data outside the file", refused.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Integrity, Finish(Start(_workspace, "evaluate", "copy.onnx", "--data", "cut.parquet")).Code);
        Assert.Equal(ExitCode.Usage, Finish(Start(_workspace, "evaluate", "missing.onnx", "--data", "copy.parquet")).Code);
        Assert.Equal(ExitCode.CheckFailed,
            Finish(Start(_workspace, "evaluate", "small", "--data", "copy.parquet", "--require", "accuracy > 0.99")).Code);
        Assert.Equal(ExitCode.Usage, Finish(Start(_workspace, "query", "drop view metrics")).Code);
        var query = Finish(Start(_workspace, "query", "select count(*) as n from metrics where metric = 'accuracy'", "--format", "csv"));
        Assert.Equal("n\n42\n", query.Out.ReplaceLineEndings("\n"));
        Assert.Contains("norm", Finish(Start(_workspace, "probe", "small:final", "--probe", "weight_norm")).Out, StringComparison.Ordinal);
        var probed = Finish(Start(_workspace, "probe", "copy.onnx", "--data", "copy.parquet", "--probe", "circle", "--out", "found.parquet"));
        Assert.Equal(ExitCode.Done, probed.Code);
        Assert.True(File.Exists(_workspace.At("found.parquet")));
        Assert.Equal(ExitCode.Integrity, Finish(Start(_workspace, "probe", "cut.onnx", "--data", "copy.parquet", "--probe", "circle")).Code);
    }

    private static Process Start(SmallWorkspace workspace, params string[] arguments)
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

    private void WaitFor(string folder, string file)
    {
        for (var i = 0; i < 600; i++)
        {
            var path = _workspace.At(folder);
            if (Directory.Exists(path) && Directory.EnumerateFiles(path, file, SearchOption.AllDirectories).Any()) { return; }
            Thread.Sleep(50);
        }
        Assert.Fail($"{file} did not appear in {folder}.");
    }

    private static void Signal(string name, Process process)
    {
        using var kill = Process.Start("kill", $"-{name} {process.Id.ToString(CultureInfo.InvariantCulture)}");
        kill.WaitForExit();
    }
}
