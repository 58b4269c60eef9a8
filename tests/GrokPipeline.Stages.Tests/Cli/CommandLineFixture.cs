using GrokPipeline.Cli;

namespace GrokPipeline.Stages.Tests.Cli;

/// <summary>Tests that stand in a folder: one at a time, since a process has one current folder.</summary>
[CollectionDefinition("current folder", DisableParallelization = true)]
public sealed class CurrentFolder;

/// <summary>What a command line gave.</summary>
public sealed record Answer(ExitCode Code, string Out, string Error);

/// <summary>Runs command lines in this process.</summary>
public static class Grokpipe
{
    public static Answer Run(string folder, params string[] arguments) => Run(folder, isLive: false, arguments);

    public static Answer Run(string folder, bool isLive, params string[] arguments)
    {
        var before = Environment.CurrentDirectory;
        using var output = new StringWriter();
        using var error = new StringWriter();
        Environment.CurrentDirectory = folder;
        try
        {
            var code = new CommandLine(new Terminal(output, error, isLive, isColoured: isLive, width: 120)).Run(arguments);
            return new Answer(code, output.ToString(), error.ToString());
        }
        finally { Environment.CurrentDirectory = before; }
    }
}
