using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using GrokPipeline.Cli.Composition;
using GrokPipeline.Cli.Display;
using GrokPipeline.Stages.Sweeps;

namespace GrokPipeline.Cli.Commands;

/// <summary><c>grokpipe sweep run</c>.</summary>
internal sealed class SweepRunCommand : Verb
{
    private readonly SweepArguments _arguments = new();
    private readonly Option<int> _threads =
        new("--threads") { Description = "Members at a time, each on one thread; 0 for one per processor.", HelpName = "N" };
    private readonly Option<int> _refine = new("--refine")
    {
        Description = "Add members midway between neighbours of different outcome, up to N times.", HelpName = "N"
    };

    private readonly Option<bool> _repair = new("--repair") { Description = "Make members again whose files were changed." };
    private readonly Option<bool> _dryRun = new("--dry-run", "-n") { Description = "Only say what would be trained." };

    /// <inheritdoc/>
    public override string Name => "run";

    /// <inheritdoc/>
    public override Command Build(CommandLine line)
    {
        var command = new Command(Name, "Train the members that have no result yet, then write tables and report.");
        foreach (var option in (Option[])[_threads, _refine, _repair, _dryRun]) { command.Options.Add(option); }
        _arguments.AddTo(command);
        command.SetAction(parsed => line.Guard("sweep", parsed, Execute));
        return command;
    }

    private ExitCode Execute(Invocation invocation)
    {
        var (file, sweep) = _arguments.Read(invocation);
        var request = new SweepRequest
        {
            Threads = FromZero(invocation, _threads), Refine = FromZero(invocation, _refine), Repair = invocation.Parsed.GetValue(_repair),
        };
        var tools = Tools.Create();
        if (invocation.Parsed.GetValue(_dryRun)) { return Preview(invocation, new SweepRun(file, sweep, tools, _ => { })); }
        using var stop = new CancellationTokenSource();
        using var signals = new Signals(stop, invocation.Terminal);
        using var display = RunDisplay.Of(invocation, dryRun: false, "sweep");
        var run = new SweepRun(file, sweep, tools, display.Tell);
        var plan = run.Plan();                                                          // what is wrong in it is told before all else
        display.Begin(RunDisplay.Heading(file, tools, sweep, request.Threads));
        SweepOutcome outcome;
        try { outcome = run.Run(plan, request, stop.Token); }
        finally { display.Dispose(); }
        var code = CodeOf(outcome);
        foreach (var text in invocation.Quiet && code == ExitCode.Done ? [] : Closing(outcome)) { invocation.Terminal.Error.WriteLine(text); }
        if (invocation.Json) { invocation.Terminal.Out.WriteLine(Messages.Document("sweep", code, Error(outcome), Result(outcome))); }
        return code;
    }

    private static ExitCode Preview(Invocation invocation, SweepRun run)
    {
        var plan = run.Plan();
        var missing = run.Missing(plan);
        var document = new JsonObject { ["plan"] = plan.Id, ["members"] = plan.Count, ["missing"] = missing };
        return invocation.Answer("sweep", document, output => output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"plan {plan.Id}: {missing:N0} of {plan.Count:N0} members would be trained")));
    }

    private static ExitCode CodeOf(SweepOutcome outcome) => outcome.Stopped ? ExitCode.Stopped
        : outcome.Failed.Length == 0 ? ExitCode.Done
        : outcome.Failed.Any(member => member.Error.Kind == ProblemKind.Integrity) ? ExitCode.Integrity : ExitCode.MembersFailed;

    private static IEnumerable<string> Closing(SweepOutcome outcome)
    {
        var culture = CultureInfo.InvariantCulture;
        foreach (var cause in outcome.Causes()) { yield return $"✗ {cause}"; }
        if (outcome.Stopped)
        {
            var done = outcome.Before + outcome.Trained;
            yield return string.Create(
                culture, $"stopped: {done:N0} of {outcome.Plan.Count:N0} members are done; the same command goes on.");
            yield break;
        }
        if (outcome.GaveUp) { yield return "No further members were begun, as on_failure asks; the same command goes on."; }
        if (outcome.Trained == 0 && outcome.Failed.Length == 0)
        {
            yield return string.Create(culture, $"Nothing to do: all {outcome.Plan.Count:N0} members are done.");
        }
        if (outcome.Folder is not { } folder) { yield break; }
        yield return $"  {"tables",-20}  {folder}/tables/{{members,curves}}.parquet";
        yield return $"  {"report",-20}  {folder}/report/report.html  (open offline)";
    }

    private static GrokException? Error(SweepOutcome outcome) => outcome.Failed.Length == 0 ? null : new GrokException(
        $"{outcome.Failed.Length} of {outcome.Plan.Count} members failed: {outcome.Failed[0].Error.Message}", "", kind: ProblemKind.Failed);

    private static JsonObject Result(SweepOutcome outcome) => new()
    {
        ["type"] = "result",
        ["plan"] = outcome.Plan.Id,
        ["members"] = outcome.Plan.Count,
        ["trained"] = outcome.Trained,
        ["before"] = outcome.Before,
        ["failed"] = new JsonArray([.. outcome.Failed.Select(member => (JsonNode)member.Index)]),
        ["causes"] = new JsonArray([.. outcome.Causes().Select(cause => (JsonNode)cause)]),
        ["folder"] = outcome.Folder,
    };

    private static int FromZero(Invocation invocation, Option<int> option)
    {
        var number = invocation.Parsed.GetValue(option);
        return number >= 0 ? number : throw new GrokException("must be at least 0.", "Give a number from 0 on.", option.Name);
    }
}
