using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using GrokPipeline.Stages;

namespace GrokPipeline.Cli.Commands;

/// <summary>
/// Opening files of strangers in a child process of the same program: a library that such a file brings down takes only the child with
/// it, and the time is limited.
/// </summary>
internal static class Isolation
{
    private const int LongestAnswer = 16 << 20;
    private const int LongestMinutes = 10;
    private static readonly string[] Variables =
        ["PATH", "HOME", "TMPDIR", "DOTNET_ROOT", "DOTNET_gcServer", "LD_LIBRARY_PATH", "NO_COLOR"];

    /// <summary>The option that says: in this process.</summary>
    public static Option<bool> Option() => new("--no-isolate") { Description = "Open files of unknown origin in this process." };

    /// <summary>True when one of some files is a stranger's and no one said to open it here.</summary>
    /// <exception cref="GrokException">One of them was written by this program and changed since.</exception>
    public static bool Wanted(Invocation invocation, Option<bool> noIsolate, params ReadOnlySpan<string> files)
    {
        var strange = false;
        foreach (var file in files) { strange |= !Artefacts.IsOurs(file); }
        return strange && !invocation.Parsed.GetValue(noIsolate);
    }

    /// <summary>Runs the same command line in a child, and passes its answer on. Ten minutes are enough for it.</summary>
    /// <exception cref="GrokException">The child died, answered too much, or took too long.</exception>
    public static ExitCode Run(Invocation invocation) => Run(invocation, TimeSpan.FromMinutes(LongestMinutes), null);

    /// <summary>Runs the same command line in a child, and passes its answer on.</summary>
    /// <param name="invocation">The command line.</param>
    /// <param name="longest">After which time the child is ended; null for no limit.</param>
    /// <param name="option">The option that sets the time; null when none does.</param>
    /// <exception cref="GrokException">The child died, answered too much, or took too long.</exception>
    public static ExitCode Run(Invocation invocation, TimeSpan? longest, string? option)
    {
        using var child = new Process { StartInfo = Start() };
        child.Start();
        var (output, error) = (Drain(child, child.StandardOutput), Drain(child, child.StandardError));
        if (!child.WaitForExit(longest ?? Timeout.InfiniteTimeSpan))
        {
            child.Kill(entireProcessTree: true);
            var limit = string.Create(CultureInfo.InvariantCulture, $"{longest?.TotalMinutes:N0} minutes");
            throw option is null ? Refused($"it took longer than {limit}", ProblemKind.Resources) : new GrokException(
                $"it took longer than {limit}, the limit of {option}.", $"Give {option} more, or 0 for no limit.",
                kind: ProblemKind.Resources);
        }
        if (output.Result is not { } answer || error.Result is not { } messages)
        {
            throw Refused("its answer was too long", ProblemKind.Integrity);
        }
        if (!Enum.IsDefined((ExitCode)child.ExitCode))
        {
            throw Refused($"the library that reads it ended with code {child.ExitCode}", ProblemKind.Integrity);
        }
        invocation.Terminal.Error.Write(messages);
        invocation.Terminal.Out.Write(answer);
        return (ExitCode)child.ExitCode;
    }

    private static ProcessStartInfo Start()
    {
        var program = Environment.ProcessPath ?? throw new InvalidOperationException("The process does not know its own program.");
        var arguments = Environment.GetCommandLineArgs();
        var start = new ProcessStartInfo(
            program)
        { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        if (Path.GetFileNameWithoutExtension(program) == "dotnet") { start.ArgumentList.Add(arguments[0]); }
        foreach (var argument in arguments.Skip(1)) { start.ArgumentList.Add(argument); }
        start.ArgumentList.Add("--no-isolate");
        var kept = Variables.Select(name => (name, Value: Environment.GetEnvironmentVariable(name))).Where(pair => pair.Value is not null)
            .ToArray();
        start.Environment.Clear();
        foreach (var (name, value) in kept) { start.Environment[name] = value; }
        return start;
    }

    // All of a stream within the limit; null when there is more, and then the child is ended: it would wait for a reader. Read on a
    // thread of its own, so that neither stream blocks the other.
    private static Task<string?> Drain(Process child, StreamReader reader) => Task.Run(() =>
    {
        var (text, buffer) = (new StringBuilder(), new char[1 << 14]);
        while (reader.ReadBlock(buffer, 0, buffer.Length) is > 0 and var length)
        {
            if (text.Length + length > LongestAnswer)
            {
                child.Kill(entireProcessTree: true);
                return null;
            }
            text.Append(buffer, 0, length);
        }
        return text.ToString();
    });

    private static GrokException Refused(string why, ProblemKind kind) => new(
        $"the file could not be read: {why}.", "It is damaged, or made to harm. Check where it comes from.", kind: kind);
}
