using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using GrokPipeline.Cli.Composition;
using GrokPipeline.Stages.Sweeps;

namespace GrokPipeline.Cli.Commands;

/// <summary><c>grokpipe sweep plan</c>.</summary>
internal sealed class SweepPlanCommand : Verb
{
    private readonly SweepArguments _arguments = new();
    private readonly Option<string?> _out =
        new("--out") { Description = "Write the plan to this file, and its hash beside it.", HelpName = "FILE" };

    /// <inheritdoc/>
    public override string Name => "plan";

    /// <inheritdoc/>
    public override Command Build(CommandLine line)
    {
        var command = new Command(Name, "Write the plan: every member with its id and all its options.") { _out };
        _arguments.AddTo(command);
        command.SetAction(parsed => line.Guard("sweep", parsed, Execute));
        return command;
    }

    private ExitCode Execute(Invocation invocation)
    {
        var (file, sweep) = _arguments.Read(invocation);
        var run = new SweepRun(file, sweep, Tools.Create(), _ => { });
        var plan = run.Plan();
        var path = run.Write(plan, invocation.Parsed.GetValue(_out));
        var document = new JsonObject { ["plan"] = plan.Id, ["members"] = plan.Count, ["file"] = path };
        return invocation.Answer("sweep", document, output => output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{path}: plan {plan.Id}, {plan.Count:N0} {(plan.Count == 1 ? "member" : "members")}")));
    }
}

/// <summary><c>grokpipe sweep member</c>.</summary>
internal sealed class SweepMemberCommand : Verb
{
    private readonly Option<string> _plan = new("--plan") { Description = "The plan's file.", HelpName = "FILE", Required = true };
    private readonly Option<int> _index =
        new("--index") { Description = "The member's place in the plan, from 0.", HelpName = "N", Required = true };

    /// <inheritdoc/>
    public override string Name => "member";

    /// <inheritdoc/>
    public override Command Build(CommandLine line)
    {
        var command = new Command(Name, "Train one member of a plan, unless it has a result; for schedulers.") { _plan, _index };
        command.SetAction(parsed => line.Guard("sweep", parsed, Execute));
        return command;
    }

    private ExitCode Execute(Invocation invocation)
    {
        using var stop = new CancellationTokenSource();
        using var signals = new Signals(stop, invocation.Terminal);
        // not null: the option is required
        var sweep = PlannedSweep.Open(invocation.Parsed.GetValue(_plan)!, Environment.CurrentDirectory);
        var (ended, before) = sweep.Run(invocation.Parsed.GetValue(_index), Tools.Create(), stop.Token);
        var document = new JsonObject
        {
            ["index"] = ended.Index, ["member"] = ended.Id, ["ending"] = ended.Ending, ["steps"] = ended.Steps, ["before"] = before,
        };
        return invocation.Answer("sweep", document, output => output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"member {ended.Index} ({ended.Settings}): {ended.Ending} at step {ended.Steps:N0}{(before ? ", known before" : "")}")));
    }
}
