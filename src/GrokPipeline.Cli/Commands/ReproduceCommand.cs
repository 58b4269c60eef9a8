using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using GrokPipeline.Cli.Composition;
using GrokPipeline.Cli.Display;
using GrokPipeline.Stages.Reproductions;

namespace GrokPipeline.Cli.Commands;

/// <summary><c>grokpipe reproduce</c>.</summary>
internal sealed class ReproduceCommand : Verb
{
    private readonly Argument<string[]> _words = new("ID|FILE")
    {
        Description = "Ids as --list shows them, or pipeline files with a section reproduction.", Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<bool> _list = new("--list") { Description = "List all reproductions; runs nothing." };
    private readonly Option<string?> _class = new("--class") { Description = "Run all of a class: A, B or C.", HelpName = "CLASS" };
    private readonly Option<long?> _steps = new("--steps")
    {
        Description = "Train each experiment N steps to see that it runs; sweeps are planned alone, nothing is judged.", HelpName = "N",
    };

    private readonly Option<int?> _seeds = new("--seeds") { Description = "Repetitions in each sweep, instead of the file's.", HelpName = "N" };
    private readonly Option<int> _threads = new("--threads") { Description = "Threads; 0 for one per processor.", HelpName = "N" };
    private readonly Option<bool> _dryRun = new("--dry-run", "-n") { Description = "Check all, and say how many trainings there are." };
    private readonly Option<string?> _write = new("--write") { Description = "Write the pipeline file of one id to FILE; runs nothing.", HelpName = "FILE" };
    private readonly Option<string?> _record = new("--record")
    {
        Description = "Also copy outcomes to FOLDER, and write FOLDER.md from all that are there; without an id the page alone.", HelpName = "FOLDER",
    };

    /// <inheritdoc/>
    public override string Name => "reproduce";

    /// <inheritdoc/>
    public override Command Build(CommandLine line)
    {
        var command = new Command(Name, "Repeat published results, and say which statements hold.") { _words };
        foreach (var option in (Option[])[_list, _class, _steps, _seeds, _threads, _dryRun, _write, _record]) { command.Options.Add(option); }
        Arguments.RefuseOptions(command, _words);
        command.SetAction(parsed => line.Guard(Name, parsed, Execute));
        return command;
    }

    private ExitCode Execute(Invocation invocation)
    {
        if (invocation.Parsed.GetValue(_list)) { return ReproductionList.Write(invocation, Name); }
        if (invocation.Parsed.GetValue(_record) is { } folder && Directory.Exists(folder) && Unnamed(invocation))
        {
            ReproductionRecord.WritePage(folder);
            return ExitCode.Done;
        }
        var rows = Rows(invocation);
        if (invocation.Parsed.GetValue(_write) is { } path) { return Write(invocation, rows, path); }
        var request = new ReproductionRequest
        {
            Steps = FromOne(invocation.Parsed.GetValue(_steps), _steps.Name), Threads = Arguments.AtLeast(0, invocation, _threads),
            Seeds = (int?)FromOne(invocation.Parsed.GetValue(_seeds), _seeds.Name),
        };
        return invocation.Parsed.GetValue(_dryRun) ? Preview(invocation, rows, request) : Run(invocation, rows, request);
    }

    private bool Unnamed(Invocation invocation) =>
        invocation.Parsed.GetValue(_words) is not { Length: > 0 } && invocation.Parsed.GetValue(_class) is null;

    private ImmutableArray<ReproductionRow> Rows(Invocation invocation)
    {
        var words = invocation.Parsed.GetValue(_words) ?? [];
        var named = words.Select(word => PipelineArguments.IsFile(word) ? ReproductionFile.Read(word) : ReproductionCatalogue.Find(word));
        if (invocation.Parsed.GetValue(_class) is not { } letter)
        {
            return words.Length > 0 ? [.. named] : throw new GrokException(
                "nothing was named.", "Give an id, for instance grokpipe reproduce C1f; --list shows all.", Name);
        }
        var all = ReproductionCatalogue.All.Where(row => row.Options.Class == letter.ToUpperInvariant()).ToArray();
        if (all.Length == 0) { throw new GrokException($"there is no class '{letter}'.", "Give A, B or C.", _class.Name); }
        return [.. named, .. all.Where(row => row.Missing.Length == 0)];
    }

    private static ExitCode Write(Invocation invocation, ImmutableArray<ReproductionRow> rows, string path)
    {
        if (rows.Length != 1) { throw new GrokException($"{rows.Length} ids were named.", "Name the one to write.", "--write"); }
        rows[0].Read(".", []);                                                       // one that cannot run has no file
        if (File.Exists(path)) { throw new GrokException("there is such a file already.", "Give another name.", path); }
        File.WriteAllBytes(path, rows[0].Text);
        return invocation.Answer("reproduce", new JsonObject { ["file"] = path }, output => output.WriteLine(
            $"{path}: run it with grokpipe reproduce {path}, or as any pipeline file."));
    }

    private static ExitCode Preview(Invocation invocation, ImmutableArray<ReproductionRow> rows, ReproductionRequest request)
    {
        var plans = rows.Select(row => (row, Trainings: Prepared(row, _ => { }).Plan(request))).ToArray();
        var document = new JsonArray([.. plans.Select(plan => (JsonNode)new JsonObject
        {
            ["id"] = plan.row.Options.Id, ["trainings"] = plan.Trainings.Sum(pair => pair.Trainings),
        })]);
        return invocation.Answer("reproduce", new JsonObject { ["plans"] = document }, output =>
        {
            foreach (var (row, trainings) in plans)
            {
                output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{row.Options.Id,-5}  {trainings.Sum(pair => pair.Trainings),5:N0} trainings  {row.Options.Statements.Length,3} statements"));
            }
        });
    }

    private ExitCode Run(Invocation invocation, ImmutableArray<ReproductionRow> rows, ReproductionRequest request)
    {
        using var stop = new CancellationTokenSource();
        using var signals = new Signals(stop, invocation.Terminal);
        var outcomes = new List<ReproductionOutcome>();
        foreach (var row in rows)
        {
            using var display = RunDisplay.Of(invocation, dryRun: false, Name);
            display.Begin($"grokpipe {Tools.Version}  {row.Options.Id}: {row.Options.Title}  ({row.Options.Source})");
            var outcome = Prepared(row, display.Tell).Run(request, stop.Token);
            outcomes.Add(outcome);
            if (!invocation.Json) { ReproductionText.Write(invocation.Terminal.Out, outcome); }
            if (invocation.Parsed.GetValue(_record) is { } folder && outcome.Error is null && request.Steps is null)
            {
                ReproductionRecord.Keep(outcome, Environment.CurrentDirectory, folder);
            }
            if (stop.IsCancellationRequested) { break; }
        }
        var error = outcomes.Select(outcome => outcome.Error).OfType<GrokException>().FirstOrDefault();
        var code = error is not null ? ExitCodes.Of(error.Kind)
            : outcomes.Any(outcome => outcome.Outcome == StatementOutcome.Fail) ? ExitCode.CheckFailed : ExitCode.Done;
        if (error is not null) { invocation.Terminal.Error.WriteLine(Messages.Text(error)); }
        if (invocation.Json)
        {
            var results = new JsonArray([.. outcomes.Select(outcome => (JsonNode)ReproductionRecord.Json(outcome))]);
            invocation.Terminal.Out.WriteLine(
                Messages.Document(Name, code, error, new JsonObject { ["type"] = "result", ["reproductions"] = results }));
        }
        return code;
    }

    private static ReproductionRun Prepared(ReproductionRow row, Action<Stages.Running.RunEvent> tell) =>
        new(row, Environment.CurrentDirectory, Tools.Create(), (sql, views, folders) => Tools.Store.Query(sql, views, folders), tell);

    private static long? FromOne(long? number, string option) => number is null or >= 1 ? number
        : throw new GrokException("must be at least 1.", "Give a number from 1 on.", option);
}
