using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using GrokPipeline.Cli.Composition;
using GrokPipeline.Stages;

namespace GrokPipeline.Cli.Commands;

/// <summary><c>grokpipe probe</c>.</summary>
internal sealed class ProbeCommand : Verb
{
    private readonly Argument<string[]> _checkpoints = new("CKPT")
    {
        Description = "EXPERIMENT:MARK, EXPERIMENT:step:N, or the folder of a checkpoint.", Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string[]> _probes = new("--probe")
    {
        Description = "A kind, or a kind with options: \"{ kind: linear, at: hidden.0 }\". Default: those of the experiment.",
        HelpName = "PROBE",
    };

    /// <inheritdoc/>
    public override string Name => "probe";

    /// <inheritdoc/>
    public override Command Build(CommandLine line)
    {
        var command = new Command(Name, "Look inside checkpoints.") { _checkpoints, _probes };
        Arguments.RefuseOptions(command, _checkpoints);
        command.Subcommands.Add(new ProbeJudgeCommand().Build(line));
        command.SetAction(parsed => line.Guard(Name, parsed, Execute));
        return command;
    }

    private ExitCode Execute(Invocation invocation)
    {
        var probes = invocation.Parsed.GetValue(_probes) ?? [];
        var found = (invocation.Parsed.GetValue(_checkpoints) ?? []).SelectMany(text =>
        {
            var (folder, mark) = ModelPath.Checkpoint(text);
            return CheckpointProbing.Run(Tools.Create(), folder, mark, probes).Select(finding => (Checkpoint: text, Finding: finding));
        }).ToArray();
        var document = new JsonObject
        {
            ["findings"] = new JsonArray([.. found.Select(pair => (JsonNode)new JsonObject
            {
                ["checkpoint"] = pair.Checkpoint,
                ["probe"] = pair.Finding.Probe,
                ["target"] = pair.Finding.Target,
                ["name"] = pair.Finding.Name,
                ["value"] = Messages.Number(pair.Finding.Value),
                ["control"] = pair.Finding.Control,
                ["repeat"] = pair.Finding.Repeat,
            })]),
        };
        return invocation.Answer(Name, document, output =>
        {
            foreach (var (checkpoint, finding) in found)
            {
                var control = finding.Control.Length > 0 ? $"  ({finding.Control})" : "";
                output.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{checkpoint,-28}  {finding.Probe,-14}  {finding.Target,-24}  {finding.Name,-20}  {finding.Value:G6}{control}"));
            }
        });
    }
}
