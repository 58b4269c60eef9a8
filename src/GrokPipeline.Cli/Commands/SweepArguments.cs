using System.CommandLine;
using GrokPipeline.Stages;

namespace GrokPipeline.Cli.Commands;

/// <summary>What most verbs of sweeps take: the sweep's name, a pipeline file, overrides.</summary>
internal sealed class SweepArguments
{
    private readonly Argument<string[]> _words = new("NAME|FILE")
    {
        Description = "The sweep's name, and a pipeline file (*.yaml) if it is another than pipeline.yaml.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<string[]> _set = new("--set", "-s")
    {
        Description = "Set one value, as for run.", HelpName = "PATH=VALUE", AllowMultipleArgumentsPerToken = false,
        Arity = ArgumentArity.OneOrMore,
    };

    /// <summary>Adds them to a command that has all its other options.</summary>
    public void AddTo(Command command)
    {
        command.Arguments.Add(_words);
        command.Options.Add(_set);
        Arguments.RefuseOptions(command, _words);
    }

    /// <summary>The pipeline and the sweep's name.</summary>
    /// <exception cref="GrokException">The file is wrong, or not exactly one name was given.</exception>
    public (PipelineFile File, string Sweep) Read(Invocation invocation)
    {
        var (file, names) = PipelineArguments.Read(
            invocation.Parsed.GetValue(_words) ?? [], invocation.Parsed.GetValue(_set) ?? []);
        if (names.Length == 1) { return (file, file.FindSweep(names[0]).Name); }
        var known = file.Sweeps.Length == 0
            ? "There is none in this file."
            : $"There are: {string.Join(", ", file.Sweeps.Select(sweep => sweep.Name))}.";
        throw new GrokException($"{names.Length} sweeps were named; one is needed.", known, file.Path);
    }
}
