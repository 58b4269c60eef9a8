using System.Diagnostics;
using System.Text.RegularExpressions;
using GrokPipeline.Testing;

namespace GrokPipeline.Stages.Tests.Samples;

/// <summary>A sample that serves until it is disposed of, on a free port of this machine.</summary>
internal sealed partial class SampleServer : IDisposable
{
    private readonly Process _process;

    private SampleServer(Process process, Uri address)
    {
        _process = process;
        Address = address;
    }

    public Uri Address { get; }

    /// <summary>Starts <c>dotnet</c> with these arguments and a free port, and waits until it says where it listens.</summary>
    public static SampleServer Start(params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet", [.. arguments, "--urls", "http://127.0.0.1:0"])
        {
            WorkingDirectory = Repository.Root, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        var process = Process.Start(start)!;                              // a program is always started here, never a document
        var errors = process.StandardError.ReadToEndAsync();              // both are read to the end: a full pipe would stop it
        var said = "";
        while (process.StandardOutput.ReadLine() is { } line)
        {
            if (Listening().Match(line) is { Success: true } match)
            {
                _ = process.StandardOutput.ReadToEndAsync();
                return new(process, new Uri(match.Groups[1].Value));
            }
            said += line + "\n";
        }
        process.WaitForExit();
        process.Dispose();
        throw new InvalidOperationException($"The sample does not serve: {said}{errors.Result}");
    }

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }

    [GeneratedRegex(@"Now listening on: (http://127\.0\.0\.1:\d+)")]
    private static partial Regex Listening();
}
