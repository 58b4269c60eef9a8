using System.CommandLine;
using System.Text.Json.Nodes;
using GrokPipeline.Cli.Composition;
using GrokPipeline.Stages;

namespace GrokPipeline.Cli.Commands;

/// <summary><c>grokpipe status</c>.</summary>
internal sealed class StatusCommand : Verb
{
    private readonly Argument<string[]> _targets = new("FILE|TARGET") { Description = "As for run.", Arity = ArgumentArity.ZeroOrMore };

    private readonly Option<string[]> _set = new("--set", "-s")
    {
        Description = "Set one value, as for run.", HelpName = "PATH=VALUE", AllowMultipleArgumentsPerToken = false,
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<bool> _explain = new("--explain") { Description = "Say why each stage is out of date." };
    private readonly Option<bool> _exitCode = new("--exit-code") { Description = "Return 3 when something is out of date." };

    /// <inheritdoc/>
    public override string Name => "status";

    /// <inheritdoc/>
    public override Command Build(CommandLine line)
    {
        var command = new Command(Name, "Say how each stage stands.") { _targets, _set, _explain, _exitCode };
        Arguments.RefuseOptions(command, _targets);
        command.SetAction(parsed => line.Guard(Name, parsed, Execute));
        return command;
    }

    private ExitCode Execute(Invocation invocation)
    {
        var (file, targets) = PipelineArguments.Read(invocation.Parsed.GetValue(_targets) ?? [], invocation.Parsed.GetValue(_set) ?? []);
        var status = PipelineStatus.Of(file, Tools.Create(), targets);
        var document = new JsonObject
        {
            ["stages"] = new JsonArray([.. status.Stages.Select(stage => (JsonNode)new JsonObject
            {
                ["target"] = stage.Target, ["standing"] = Messages.Snake(stage.Standing.ToString()), ["reason"] = stage.Reason,
            })]),
            ["running"] = new JsonArray(
                [.. status.Running.Select(run => (JsonNode)new JsonObject { ["experiment"] = run.Experiment, ["holder"] = run.Holder })]),
        };
        var all = status.Stages.All(stage => stage.Standing == StageStanding.UpToDate);
        var damaged = status.Stages.Any(stage => stage.Standing == StageStanding.Damaged);
        var code = damaged ? ExitCode.Integrity : !all && invocation.Parsed.GetValue(_exitCode) ? ExitCode.CheckFailed : ExitCode.Done;
        return invocation.Answer(Name, document, output => Write(output, status, invocation.Parsed.GetValue(_explain)), code);
    }

    private static void Write(TextWriter output, PipelineStatus status, bool explain)
    {
        foreach (var stage in status.Stages)
        {
            var word = stage.Standing switch
            {
                StageStanding.UpToDate => "up to date",
                StageStanding.Damaged => "damaged",
                _ => "out of date",
            };
            var reason = stage.Reason.Length > 0 && (explain || stage.Standing == StageStanding.Damaged) ? $"  {stage.Reason}" : "";
            output.WriteLine($"{stage.Target,-28}  {word,-11}{reason}".TrimEnd());
        }
        foreach (var (experiment, holder) in status.Running) { output.WriteLine($"models/{experiment} is in use by {holder}"); }
    }
}
