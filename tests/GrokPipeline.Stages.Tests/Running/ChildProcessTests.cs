using System.Diagnostics;
using System.Globalization;
using GrokPipeline.Cli;

namespace GrokPipeline.Stages.Tests.Running;

/// <summary>A stranger's file is opened by a child of the program.</summary>
public sealed class ChildProcessTests(FinishedRun finished) : IClassFixture<FinishedRun>
{
    private readonly SmallWorkspace _workspace = finished.Workspace;

    [Fact]
    public void A_child_gives_what_the_program_itself_gives()
    {
        Copy("strange");
        string[] arguments = ["probe", "strange.onnx", "--data", "strange.parquet", "--probe", "weight_norm"];
        var (inChild, here) = (Finish(Start(arguments)), Finish(Start([.. arguments, "--no-isolate"])));
        Assert.Equal((ExitCode.Done, ""), (inChild.Code, inChild.Error));
        Assert.Equal(here.Out, inChild.Out);
    }

    [Fact]
    public void A_child_that_dies_takes_nothing_with_it()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Children are found under /proc.");
        Copy("deadly");
        using var program = Start(
            "probe", "deadly.onnx", "--data", "deadly.parquet", "--probe",
            "{ kind: linear, at: hidden.0, target: c, repeats: 1000, max_iterations: 10000, l2: 0, controls: [shuffled_labels] }");
        using (var child = Process.GetProcessById(ChildOf(program))) { child.Kill(); }
        var answer = Finish(program);
        Assert.Equal((ExitCode.Integrity, ""), (answer.Code, answer.Out));
        Assert.Contains("the library that reads it ended with code 137", answer.Error, StringComparison.Ordinal);
    }

    private void Copy(string name)
    {
        File.Copy(_workspace.At("models/small/onnx/step-00000200.onnx"), _workspace.At($"{name}.onnx"));
        File.Copy(_workspace.At("data/mod23/validation.parquet"), _workspace.At($"{name}.parquet"));
    }

    // The fourth word of a process's line is its parent; the second one, its name, is in brackets.
    private static int ChildOf(Process parent)
    {
        var id = parent.Id.ToString(CultureInfo.InvariantCulture);
        for (var i = 0; i < 600; i++)
        {
            foreach (var folder in Directory.EnumerateDirectories("/proc").Where(path => Path.GetFileName(path).All(char.IsAsciiDigit)))
            {
                if (Line(folder) is { } line && line[(line.LastIndexOf(')') + 2)..].Split(' ')[1] == id)
                {
                    return int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture);
                }
            }
            Thread.Sleep(50);
        }
        throw new InvalidOperationException("The program started no child.");
    }

    private static string? Line(string folder)
    {
        try { return File.ReadAllText(Path.Combine(folder, "stat")); }
        catch (IOException) { return null; }                                      // it ended meanwhile
    }

    private Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "grokpipe"), arguments)
        {
            WorkingDirectory = _workspace.Root, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        return Process.Start(start)!;                                             // not null: no shell is used
    }

    private static (ExitCode Code, string Out, string Error) Finish(Process process)
    {
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        Assert.True(process.WaitForExit(120_000), "It took longer than two minutes.");
        return ((ExitCode)process.ExitCode, output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult());
    }
}
