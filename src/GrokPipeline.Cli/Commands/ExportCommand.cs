using System.CommandLine;

namespace GrokPipeline.Cli.Commands;

/// <summary><c>grokpipe export</c>.</summary>
internal sealed class ExportCommand : Verb
{
    /// <inheritdoc/>
    public override string Name => "export";

    /// <inheritdoc/>
    public override Command Build(CommandLine line)
    {
        var command = new Command(Name, "Write trained models for other programs.");
        Verb[] verbs = [new ExportOnnxCommand(), new ExportSafetensorsCommand(), new ExportEnsembleCommand()];
        foreach (var verb in verbs) { command.Subcommands.Add(verb.Build(line)); }
        return command;
    }
}
