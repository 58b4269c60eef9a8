using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using GrokPipeline.Reports;
using GrokPipeline.Reports.Reproductions;
using GrokPipeline.Stages.Files;
using GrokPipeline.Stages.Sweeps;

namespace GrokPipeline.Stages.Reproductions;

/// <summary>
/// What a judged row leaves in its folder: <c>reproduction.json</c>, <c>reproduction.md</c> and <c>report/</c>, which hold no time and no
/// machine; and <c>run.json</c>, which holds both.
/// </summary>
internal sealed class ReproductionFiles(DurableFile files, string folder, PipelineTools tools)
{
    /// <summary>The outcome for programs.</summary>
    public const string OutcomeName = "reproduction.json";

    /// <summary>On what and how long it ran.</summary>
    public const string RunName = "run.json";

    private const string SchemaName = "grokpipe/reproduction/1";
    private const int MostCurves = 6;

    /// <summary>Writes all files.</summary>
    public void Write(ReproductionOutcome outcome, ReproductionRun.Opened opened, SqlQuery query)
    {
        var content = Content(outcome, opened, query);
        var page = ReproductionReportWriter.Write(content);
        var report = Path.Combine(folder, Report.Folder);
        files.CreateFolder(Path.Combine(report, "figures"));
        files.ReplaceText(Path.Combine(report, Report.FileName), page.Html, durable: false);
        foreach (var figure in page.Figures)
        {
            files.ReplaceText(Path.Combine(report, "figures", $"{figure.Id}.svg"), figure.Svg, durable: false);
            files.ReplaceText(Path.Combine(report, "figures", $"{figure.Id}.csv"), figure.Csv, durable: false);
        }
        files.ReplaceText(Path.Combine(folder, "reproduction.md"), ReproductionReportWriter.Markdown(content), durable: false);
        if (outcome.Trained > 0) { files.ReplaceText(Path.Combine(folder, RunName), Text(Run(outcome))); }
        files.ReplaceText(Path.Combine(folder, OutcomeName), Text(Json(outcome)));
    }

    /// <summary>The outcome as it is written.</summary>
    public static JsonObject Json(ReproductionOutcome outcome) => new()
    {
        ["schema"] = SchemaName,
        ["id"] = outcome.Row.Options.Id,
        ["title"] = outcome.Row.Options.Title,
        ["source"] = outcome.Row.Options.Source,
        ["class"] = outcome.Row.Options.Class,
        ["outcome"] = Word(outcome.Outcome),
        ["trainings"] = new JsonObject(outcome.Trainings.Select(pair => KeyValuePair.Create(pair.Name, (JsonNode?)pair.Trainings))),
        ["statements"] = new JsonArray([.. outcome.Statements.Select(judged => (JsonNode)new JsonObject
        {
            ["text"] = judged.Statement.Text,
            ["published"] = judged.Statement.Published,
            ["accept"] = judged.Statement.Accept.ToString(),
            ["band"] = judged.Statement.Band,
            ["value"] = judged.Value is { } value ? JsonNode.Parse(value.ToString("R", CultureInfo.InvariantCulture)) : null,
            ["outcome"] = Word(judged.Outcome),
            ["analysis"] = judged.Statement.Analysis,
        })]),
        ["our_choices"] = new JsonArray([.. outcome.Row.Options.OurChoices.Select(choice => (JsonNode)choice)]),
    };

    /// <summary>An outcome in words.</summary>
    public static string Word(StatementOutcome outcome) => outcome switch
    {
        StatementOutcome.Pass => "pass",
        StatementOutcome.Fail => "fail",
        _ => "not judged",
    };

    /// <summary>A number of a statement for people.</summary>
    public static string Number(double? value) =>
        value is { } number ? number.ToString("#,0.#####", CultureInfo.InvariantCulture) : "not reached";

    // A run that goes on after an interruption adds its time to what was spent before.
    private JsonObject Run(ReproductionOutcome outcome)
    {
        var path = Path.Combine(folder, RunName);
        var before = File.Exists(path) ? JsonFiles.Read(path) : null;
        var goesOn = before is not null && outcome.Trained < outcome.Trainings.Sum(pair => pair.Trainings);
        return new JsonObject
        {
            ["machine"] = Machine.Name,
            ["processors"] = Environment.ProcessorCount,
            ["seconds"] = Math.Round(outcome.Seconds + (goesOn ? (double?)before!["seconds"] ?? 0 : 0), 1),     // not null: it was read
            ["version"] = tools.Version,
        };
    }

    private static string Text(JsonObject json) => json.ToJsonString(JsonFiles.Indented) + "\n";

    private ReproductionContent Content(ReproductionOutcome outcome, ReproductionRun.Opened opened, SqlQuery query)
    {
        var options = outcome.Row.Options;
        return new ReproductionContent
        {
            Id = options.Id,
            Title = options.Title,
            Source = options.Source,
            Outcome = Word(outcome.Outcome),
            OurChoices = options.OurChoices,
            Statements =
            [
                .. outcome.Statements.Select(judged => new ReproductionLine(
                    judged.Statement.Text, judged.Statement.Published, $"{judged.Statement.Accept} ({judged.Statement.Band})",
                    Number(judged.Value), Word(judged.Outcome),
                    judged.Outcome == StatementOutcome.Fail ? judged.Statement.Analysis : "")),
            ],
            Plots = [.. opened.Plans.SelectMany(plan => Plots(plan, opened, query))],
            Pages =
            [
                .. opened.Plans.Select(plan => new ReportFact(
                    $"Sweep {plan.Sweep}", $"../models/{SweepFolder.Name}/{plan.Sweep}/{plan.Id}/{SweepFolder.Report}/{SweepReporting.FileName}")),
                .. opened.Experiments.Select(name => new ReportFact(
                    $"Experiment {name}", $"../models/{name}/{Report.Folder}/{Report.FileName}")),
            ],
            Provenance =
            [
                new("grokpipe", tools.Version), new("class", options.Class), new("cost", options.Cost),
                .. outcome.Trainings.Select(pair => new ReportFact(pair.Name, Running.Words.Count(pair.Trainings, "training"))),
                new("reproduce", $"grokpipe reproduce {options.Id}"),
            ],
        };
    }

    // Train and validation accuracy of each setting, the mean over its members; of many settings some, evenly.
    private IEnumerable<ReproductionPlot> Plots(SweepPlan plan, ReproductionRun.Opened opened, SqlQuery query)
    {
        var table = query(
            $"""
            SELECT "index", split, step, value FROM curves WHERE plan = '{plan.Id}' AND metric = 'accuracy'
            AND split IN ('train', 'validation') ORDER BY split, "index", step
            """, ReproductionRun.Views(opened), ReproductionRun.Folders(folder));
        var (index, split, step, value) =
            (table.Int64("index").ToArray(), table.Text("split").ToArray(), table.Int64("step").ToArray(), table.Float64("value").ToArray());
        var settings = plan.Members.Select(member => member with { Seed = null }).Select(member => member.Described).ToArray();
        var cells = settings.Distinct(StringComparer.Ordinal).ToArray();
        var shown = cells.Length <= MostCurves ? cells
            : [.. Enumerable.Range(0, MostCurves).Select(i => cells[i * (cells.Length - 1) / (MostCurves - 1)])];
        foreach (var name in (string[])["validation", "train"])
        {
            var curves = shown.Select(cell => Mean(cell, Enumerable.Range(0, index.Length)
                .Where(i => split[i] == name && settings[index[i]] == cell).Select(i => (step[i], value[i])))).OfType<ReportCurve>()
                .ToImmutableArray();
            if (curves.IsEmpty) { continue; }
            yield return new($"{plan.Sweep.Replace('_', '-')}-{name}", $"{plan.Sweep}: {name} accuracy", curves);
        }

        ReportCurve? Mean(string cell, IEnumerable<(long Step, double Value)> points)
        {
            var means = points.GroupBy(point => point.Step).OrderBy(group => group.Key)
                .Select(group => (group.Key, Value: group.Average(point => point.Value))).ToArray();
            return means.Length == 0 ? null : new ReportCurve(
                cell.Length == 0 ? "all" : cell, "accuracy", [.. means.Select(mean => mean.Key)], [.. means.Select(mean => mean.Value)]);
        }
    }
}
