using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using GrokPipeline.Stages.Files;
using GrokPipeline.Stages.Running;
using GrokPipeline.Stages.Sweeps;

namespace GrokPipeline.Stages.Reproductions;

/// <summary>
/// Runs a row in a folder of its own, <c>models/reproduce/ID</c>, which is a workspace like any other: with its pipeline file, data and
/// models. What is there already is not made again.
/// </summary>
public sealed class ReproductionRun
{
    /// <summary>The folder of all reproductions, below <c>models/</c>.</summary>
    public const string FolderName = "reproduce";

    private readonly ReproductionRow _row;
    private readonly PipelineTools _tools;
    private readonly SqlQuery _query;
    private readonly Action<RunEvent> _tell;
    private readonly string _root;
    private readonly DurableFile _files = new();

    /// <summary>Prepares a run; nothing is done yet.</summary>
    /// <param name="row">What to run.</param>
    /// <param name="root">The folder of <c>models/</c>.</param>
    /// <param name="tools">What to run with.</param>
    /// <param name="query">Answers the statements' SQL.</param>
    /// <param name="tell">Hears of progress; called from several threads at once.</param>
    public ReproductionRun(ReproductionRow row, string root, PipelineTools tools, SqlQuery query, Action<RunEvent> tell) =>
        (_row, _root, _tools, _query, _tell) = (row, root, tools, query, tell);

    /// <summary>How many trainings the row has, by sweep and experiment; everything is resolved and checked, and nothing written.</summary>
    /// <exception cref="GrokException">This build cannot run it, or its file is wrong.</exception>
    public ImmutableArray<(string Name, int Trainings)> Plan(ReproductionRequest request) => Trainings(Open(request, FolderOf(request)));

    /// <summary>Runs what is out of date, asks the results for the statements' numbers, and writes the report.</summary>
    /// <exception cref="GrokException">This build cannot run it, its file is wrong, or its folder is in use.</exception>
    public ReproductionOutcome Run(ReproductionRequest request, CancellationToken stop = default)
    {
        var begin = _tools.Clock.GetTimestamp();
        var folder = FolderOf(request);
        var opened = Open(request, folder);
        _files.CreateFolder(folder);
        _files.ReplaceText(Path.Combine(folder, PipelineFile.DefaultName), Encoding.UTF8.GetString(_row.Text));
        var (trained, error) = Train(opened, request, stop);
        var judged = error is null && request.Steps is null;
        var outcome = new ReproductionOutcome
        {
            Row = _row,
            Statements = judged
                ? StatementJudge.Judge(_row.Options, _query, WithTables(opened), Folders(folder))
                : [.. _row.Options.Statements.Select(statement => new JudgedStatement(statement, null, StatementOutcome.NotJudged))],
            Folder = Path.GetRelativePath(_root, folder).Replace('\\', '/'),
            Trained = trained,
            Trainings = Trainings(opened),
            Error = error,
            Seconds = _tools.Clock.GetElapsedTime(begin).TotalSeconds,
        };
        if (judged) { new ReproductionFiles(_files, folder, _tools).Write(outcome, opened, _query); }
        return outcome;
    }

    // A row with what of it is run, its sweeps planned.
    internal sealed record Opened(PipelineFile File, ImmutableArray<string> Experiments, ImmutableArray<SweepPlan> Plans);

    private string FolderOf(ReproductionRequest request)
    {
        var folder = Path.Combine(_root, "models", FolderName, _row.Options.Id);
        return request.Steps is { } steps
            ? Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"first-{steps}-steps"))
            : folder;
    }

    private Opened Open(ReproductionRequest request, string folder)
    {
        var file = _row.Read(folder, []);
        string[] overrides =
        [
            .. request.Steps is { } steps ? file.Experiments.Select(e => $"experiments.{e.Name}.train.steps={steps}") : [],
            .. request.Seeds is { } seeds
                ? file.Sweeps.Where(sweep => sweep.Options.Seeds is not null).Select(sweep => $"sweeps.{sweep.Name}.seeds.count={seeds}")
                : [],
        ];
        if (overrides.Length > 0) { file = _row.Read(folder, overrides); }
        ImmutableArray<SweepPlan> plans = [.. file.Sweeps.Select(sweep => new SweepPlanner(file, sweep).Plan())];
        new StatementCheck(_row.Options, _tools.Store, _query).Check(file, plans);
        ImmutableArray<string> all = [.. file.Experiments.Select(experiment => experiment.Name)];
        var chosen = request.Steps is not null || (plans.IsEmpty && _row.Options.Tables.IsEmpty) ? all : [];
        return new(file, _row.Options.Experiments.IsEmpty || request.Steps is not null ? chosen : _row.Options.Experiments, plans);
    }

    private static ImmutableArray<(string Name, int Trainings)> Trainings(Opened opened) =>
        [.. opened.Plans.Select(plan => (plan.Sweep, plan.Count)), .. opened.Experiments.Select(name => (name, 1))];

    // What was trained now, and the first problem.
    private (int Trained, GrokException? Error) Train(Opened opened, ReproductionRequest request, CancellationToken stop)
    {
        var trained = 0;
        string?[] parts = opened.Experiments.IsEmpty ? [] : request.Steps is null ? [null] : ["data", "train"];
        foreach (var part in parts)
        {
            var outcome = new PipelineRun(opened.File, _tools, _tell).Run(
                new RunRequest
                {
                    Targets = opened.Experiments, Only = part, Threads = request.Threads, Command = $"grokpipe reproduce {_row.Options.Id}",
                }, stop);
            trained += outcome.Ran.Count(target => target.EndsWith("/train", StringComparison.Ordinal));
            if (outcome.Failures.Length > 0) { return (trained, outcome.Failures[0].Error); }
        }
        foreach (var plan in request.Steps is null ? opened.Plans : [])
        {
            var outcome = new SweepRun(opened.File, plan.Sweep, _tools, _tell).Run(
                plan, new SweepRequest { Threads = request.Threads }, stop);
            trained += outcome.Trained;
            if (outcome.Stopped)
            {
                return (trained, new GrokException("stopped on request.", "The same command goes on.", plan.Sweep, ProblemKind.Stopped));
            }
            if (outcome.Failed.Length > 0)
            {
                return (trained, new GrokException(outcome.Causes().First(), "", $"sweeps/{plan.Sweep}", ProblemKind.Failed));
            }
        }
        return (trained, null);
    }

    // The results of the plans as they are now; those of other numbers of seeds may lie beside them.
    internal static IReadOnlyDictionary<string, string[]> Views(Opened opened)
    {
        var views = new Dictionary<string, string[]>(Artefacts.Views(opened.File.Workspace), StringComparer.Ordinal);
        foreach (var view in (string[])["members", "curves"])
        {
            if (!views.TryGetValue(view, out var files)) { continue; }
            views[view] = [.. files.Where(file => opened.Plans.Any(
                plan => file.Contains($"{Path.DirectorySeparatorChar}{plan.Sweep}{Path.DirectorySeparatorChar}{plan.Id}", StringComparison.Ordinal)))];
        }
        return views;
    }

    // With the tables that need no training, written anew: they cost seconds.
    private Dictionary<string, string[]> WithTables(Opened opened)
    {
        var views = new Dictionary<string, string[]>(Views(opened), StringComparer.Ordinal);
        if (_row.Options.Tables.IsEmpty) { return views; }
        var folder = Path.Combine(opened.File.Workspace, "data", "computed");
        _files.CreateFolder(folder);
        foreach (var (view, file) in ComputedTables.Write(_row.Options.Tables, _tools.Store, folder)) { views[view] = [file]; }
        return views;
    }

    internal static string[] Folders(string folder) => [Path.Combine(folder, "data"), Path.Combine(folder, "models")];
}
