using System.CommandLine;
using System.Text.Json.Nodes;
using GrokPipeline.Cli.Composition;
using GrokPipeline.Stages;

namespace GrokPipeline.Cli.Commands;

/// <summary><c>grokpipe schema</c>.</summary>
internal sealed class SchemaCommand : Verb
{
    /// <inheritdoc/>
    public override string Name => "schema";

    /// <inheritdoc/>
    public override Command Build(CommandLine line)
    {
        var command = new Command(Name, $"Print the JSON schema of pipeline files ({PipelineSchema.Place}).");
        command.SetAction(parsed => line.Guard(Name, parsed, invocation =>
        {
            invocation.Terminal.Out.Write(PipelineSchema.Text());
            return ExitCode.Done;
        }));
        return command;
    }
}

/// <summary><c>grokpipe version</c>.</summary>
internal sealed class VersionCommand : Verb
{
    /// <inheritdoc/>
    public override string Name => "version";

    /// <inheritdoc/>
    public override Command Build(CommandLine line)
    {
        var command = new Command(Name, "Print the version.");
        command.SetAction(parsed => line.Guard(Name, parsed, invocation => invocation.Answer(
            Name, new JsonObject { ["version"] = Tools.Version, ["build"] = Tools.Build }, output =>
                output.WriteLine($"grokpipe {Tools.Version}"))));
        return command;
    }
}
