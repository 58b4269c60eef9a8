using System.ComponentModel;
using System.Diagnostics;

namespace GrokPipeline.Testing;

/// <summary>What a program gave.</summary>
public sealed record ProgramAnswer(int Code, string Out, string Error);

/// <summary>Runs other programs to their end.</summary>
public static class Programs
{
    /// <summary>Runs a program; a test that needs one which is not installed is skipped with that reason.</summary>
    /// <param name="folder">Its current folder.</param>
    /// <param name="program">Its name.</param>
    /// <param name="environment">Variables to be set; null values take one away.</param>
    /// <param name="arguments">Its arguments.</param>
    public static ProgramAnswer Run(
        string folder, string program, IReadOnlyDictionary<string, string?>? environment, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>()) { start.Environment[name] = value; }
        try
        {
            using var process = Process.Start(start)!;                    // a program is always started here, never a document
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return new(process.ExitCode, output, error.Result);
        }
        catch (Win32Exception)
        {
            Assert.Skip($"{program} is not installed.");
            throw;
        }
    }

    /// <summary>What a program prints; it must end well.</summary>
    public static string Output(string folder, string program, IReadOnlyDictionary<string, string?>? environment, params IEnumerable<string> arguments)
    {
        var answer = Run(folder, program, environment, arguments);
        Assert.True(answer.Code == 0, $"{program} ended with {answer.Code}: {answer.Error}{answer.Out}");
        return answer.Out;
    }
}
