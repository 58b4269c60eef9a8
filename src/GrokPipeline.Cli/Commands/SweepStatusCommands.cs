using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using GrokPipeline.Cli.Composition;
using GrokPipeline.Stages;
using GrokPipeline.Stages.Sweeps;

namespace GrokPipeline.Cli.Commands;

/// <summary><c>grokpipe sweep status</c>.</summary>
internal sealed class SweepStatusCommand : Verb
{
    private readonly SweepArguments _arguments = new();

    /// <inheritdoc/>
    public override string Name => "status";

    /// <inheritdoc/>
    public override Command Build(CommandLine line)
    {
        var command = new Command(Name, "Say how the members stand.");
        _arguments.AddTo(command);
        command.SetAction(parsed => line.Guard("sweep", parsed, Execute));
        return command;
    }

    private ExitCode Execute(Invocation invocation)
    {
        var (file, sweep) = _arguments.Read(invocation);
        var plans = SweepStatus.Of(file, sweep);
        var code = plans.Any(plan => plan.Damaged.Length > 0) ? ExitCode.Integrity : ExitCode.Done;
        var document = new JsonObject { ["plans"] = new JsonArray([.. plans.Select(plan => (JsonNode)Json(plan))]) };
        return invocation.Answer("sweep", document, output =>
        {
            foreach (var plan in plans) { Write(output, plan); }
        }, code);
    }

    private static JsonObject Json(SweepStatus status)
    {
        var json = new JsonObject
        {
            ["plan"] = status.Plan.Id, ["refines"] = status.Refines, ["members"] = status.Plan.Count, ["failed"] = status.Failed.Length,
            ["damaged"] = status.Damaged.Length, ["waiting"] = status.Waiting, ["begun"] = status.Begun, ["holder"] = status.Holder,
        };
        foreach (var (ending, count) in status.Ended) { json[ending] = count; }
        return json;
    }

    private static void Write(TextWriter output, SweepStatus status)
    {
        var refines = status.Refines is { } before ? $", refines {before}" : "";
        var begun = status.Begun > 0 ? $" ({status.Begun} begun)" : "";
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"plan {status.Plan.Id}: {status.Plan.Count:N0} members{refines}"));
        foreach (var (ending, count) in status.Ended) { output.WriteLine($"  {ending,-12} {count,6}"); }
        output.WriteLine($"  {"failed",-12} {status.Failed.Length,6}");
        output.WriteLine($"  {"waiting",-12} {status.Waiting,6}{begun}");
        foreach (var member in status.Failed)
        {
            output.WriteLine($"  member {member.Index} ({member.Settings}) failed: {member.Error.Problem}");
        }
        foreach (var member in status.Damaged) { output.WriteLine($"  {Messages.Text(member.Error)}"); }
        if (status.Holder is { } holder) { output.WriteLine($"  in use by {holder}"); }
    }
}

/// <summary><c>grokpipe sweep collect</c>.</summary>
internal sealed class SweepCollectCommand : Verb
{
    private readonly SweepArguments _arguments = new();

    /// <inheritdoc/>
    public override string Name => "collect";

    /// <inheritdoc/>
    public override Command Build(CommandLine line)
    {
        var command = new Command(Name, "Write tables and report from the members that have ended.");
        _arguments.AddTo(command);
        command.SetAction(parsed => line.Guard("sweep", parsed, Execute));
        return command;
    }

    private ExitCode Execute(Invocation invocation)
    {
        var (file, sweep) = _arguments.Read(invocation);
        var collected = new SweepRun(file, sweep, Tools.Create(), _ => { }).Collect();
        var plans = collected.Select(pair => (JsonNode)new JsonObject { ["plan"] = pair.Plan.Id, ["folder"] = pair.Folder });
        var code = collected.All(pair => pair.Folder is not null) ? ExitCode.Done : ExitCode.Integrity;
        return invocation.Answer("sweep", new JsonObject { ["plans"] = new JsonArray([.. plans]) }, output =>
        {
            foreach (var (plan, folder) in collected)
            {
                output.WriteLine(folder is null
                    ? $"plan {plan.Id}: a member's file was changed; see grokpipe sweep status {sweep}"
                    : $"plan {plan.Id}: {folder}/tables, {folder}/report/report.html");
            }
        }, code);
    }
}

/// <summary><c>grokpipe sweep list</c>.</summary>
internal sealed class SweepListCommand : Verb
{
    private readonly Argument<string?> _file =
        new("FILE") { Description = "A pipeline file; pipeline.yaml if none is given.", Arity = ArgumentArity.ZeroOrOne };

    /// <inheritdoc/>
    public override string Name => "list";

    /// <inheritdoc/>
    public override Command Build(CommandLine line)
    {
        var command = new Command(Name, "List the sweeps of a pipeline file.") { _file };
        command.SetAction(parsed => line.Guard("sweep", parsed, Execute));
        return command;
    }

    private ExitCode Execute(Invocation invocation)
    {
        var file = PipelineFile.Read(invocation.Parsed.GetValue(_file) ?? PipelineFile.DefaultName);
        var sweeps = file.Sweeps.Select(sweep => (JsonNode)new JsonObject
        {
            ["name"] = sweep.Name, ["title"] = sweep.Title, ["experiment"] = sweep.Options.Experiment,
        });
        return invocation.Answer("sweep", new JsonObject { ["sweeps"] = new JsonArray([.. sweeps]) }, output =>
        {
            foreach (var sweep in file.Sweeps) { output.WriteLine($"{sweep.Name,-20}  {sweep.Options.Experiment,-20}  {sweep.Title}"); }
        });
    }
}
