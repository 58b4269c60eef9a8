using System.CommandLine;

namespace GrokPipeline.Cli.Commands;

/// <summary><c>grokpipe sweep</c>.</summary>
internal sealed class SweepCommand : Verb
{
    /// <inheritdoc/>
    public override string Name => "sweep";

    /// <inheritdoc/>
    public override Command Build(CommandLine line)
    {
        var command = new Command(Name, "Train an experiment many times with some options changed.");
        Verb[] verbs =
        [
            new SweepRunCommand(), new SweepPlanCommand(), new SweepMemberCommand(), new SweepStatusCommand(), new SweepCollectCommand(),
            new SweepListCommand(),
        ];
        foreach (var verb in verbs) { command.Subcommands.Add(verb.Build(line)); }
        return command;
    }
}
