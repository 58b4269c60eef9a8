using System.Collections.Immutable;
using System.Globalization;
using GrokPipeline.Data;
using GrokPipeline.Evaluation;
using GrokPipeline.Evaluation.Stopping;
using GrokPipeline.Reports;
using GrokPipeline.Stages.Running;
using GrokPipeline.Stages.Trainings;
using GrokPipeline.Tables;

namespace GrokPipeline.Stages.Reporting;

/// <summary>Collects from an experiment's folder what its report says. Neither time nor machine is among it.</summary>
internal sealed class ReportGathering(ExperimentSetting setting)
{
    private readonly string _root = setting.Root;

    /// <summary>The content of the report.</summary>
    public ReportContent Content()
    {
        var metrics = setting.Tools.Store.Read(Path.Combine(_root, Train.Metrics, Train.MetricsName));
        var marks = MarksFile.Read(Path.Combine(_root, Train.Checkpoints));
        var own = setting.Experiment.Options.Data;
        var (definitions, log) = (setting.Experiment.Options.Grokking, MetricLog.Of(metrics));
        var verdict = GrokkingCurve.Judge(metrics, definitions);
        var probes = setting.Tools.Store.Read(Path.Combine(_root, Probe.Folder, Probe.FileName));
        return new ReportContent
        {
            Experiment = setting.Experiment.Name,
            Title = setting.Experiment.Title,
            Verdict = VerdictText.Of(verdict, log),
            Times = [.. LogTables.Times(log, definitions, probes)],
            Stops = StoppingRules.Judge(log, definitions),
            Beginning = (string?)StageRecord.Read(Path.Combine(_root, Train.Metrics))?.Facts[Train.BeginningFact] ?? "",
            Curves = Curves(metrics),
            LossUnit = setting.Facts.IsReal ? "squared error" : "nats",
            Checkpoints = [.. marks.Stored.Select(
                step => new ReportCheckpoint(step, [.. marks.Found.Where(mark => mark.Step == step).Select(mark => mark.Name)]))],
            Scores = [.. Results.Scores(_root, setting.Tools.Store).Select(s => new ReportScore(
                s.Step, s.Mark, s.Dataset, EvaluationTables.Shown(s.Dataset, s.Distribution, own), s.Group, s.Metric, s.Value,
                s.Low, s.High, s.Rows, s.Engine, s.Note))],
            Trajectory = EvaluationTables.Trajectory(_root, own, setting.Tools.Store),
            Generalization = EvaluationTables.Generalization(_root, own, setting.Tools.Store),
            Shifts = EvaluationTables.Shifts(_root, own, setting.Tools.Store),
            Findings = Findings(probes),
            Data = [.. Datasets().Select(Card)],
            Parity = [.. ExportedModel.All(Path.Combine(_root, Export.Folder)).SelectMany(Checks)],
            Model = Model(),
            Provenance = Provenance(),
            Files = [.. Files()],
            Warnings = [.. Warnings(marks, verdict)],
            Configuration = setting.Experiment.Resolved,
        };
    }

    /// <summary>Curves of a table of metrics: one for each split and metric, in the order of the table.</summary>
    internal static ImmutableArray<ReportCurve> Curves(Table metrics) =>
    [
        .. GrokkingCurve.Rows(metrics).GroupBy(row => (row.Measurement.Split, row.Measurement.Metric)).Select(group => new ReportCurve(
            group.Key.Split == "model" ? "" : group.Key.Split, group.Key.Metric,
            [.. group.Select(row => row.Step)], [.. group.Select(row => row.Measurement.Value)])),
    ];

    private static ImmutableArray<ReportFinding> Findings(Table table)
    {
        var (steps, values, repeats) = (table.Int64("step").ToArray(), table.Float64("value").ToArray(), table.Int64("repeat").ToArray());
        return [.. Enumerable.Range(0, table.Rows).Select(i => new ReportFinding(
            steps[i], Text("mark", i), Text("probe", i), Text("target", i), Text("name", i), values[i], Text("control", i), repeats[i]))];

        string Text(string column, int row) => table.Text(column)[row] ?? "";
    }

    private IEnumerable<string> Datasets() =>
        setting.Experiment.Distributions.Select(distribution => distribution.Dataset).Prepend(setting.Experiment.Options.Data)
            .Distinct(StringComparer.Ordinal);

    private ReportDataCard Card(string dataset)
    {
        var path = Path.Combine(setting.Workspace.Dataset(dataset), Generate.CardName);
        var card = DataCard.FromJson(File.ReadAllText(path), setting.Workspace.Display(path));
        var facts = new List<ReportFact> { new("generator", card.Generator) };
        facts.AddRange(card.Options.Select(option => new ReportFact(option.Name, option.Value)));
        facts.Add(new("seed", card.Seed.ToString(CultureInfo.InvariantCulture)));
        facts.AddRange(card.Notes.Select(note => new ReportFact("note", note)));
        return new ReportDataCard(dataset, [.. facts], [.. card.Distributions.Select(d => new ReportSplit(
            d.Name, d.Kind, d.Rows, Counts(d), d.InTrain, d.ContentHash)
        {
            TwinsInTrain = d.TwinsInTrain,
            WrongLabels = d.WrongLabels,
        })]);
    }

    private static string Counts(DistributionCard card)
    {
        var counts = card.RowsPerGroup.Length > 0 ? card.RowsPerGroup : card.RowsPerClass;
        if (counts.Length is 0 or > 16) { return counts.Length == 0 ? "" : $"{counts.Min()} to {counts.Max()} in {counts.Length} classes"; }
        return string.Join(", ", counts);
    }

    private static IEnumerable<ReportParity> Checks(ExportedModel model) => model.Checks.Select(check => new ReportParity(
        string.Join(", ", model.Marks), model.Step, model.Activations ? $"{model.Inputs}, activations" : model.Inputs, check.Name,
        check.Distribution, check.Absolute, check.Relative, check.ArgmaxAgreement,
        string.Create(
            CultureInfo.InvariantCulture,
            $"row {check.Worst.Row}: {check.Worst.Actual:G9} for {check.Worst.Expected:G9}, batch of {check.Worst.BatchSize}")));

    private ImmutableArray<ReportFact> Model()
    {
        var model = setting.Model;
        return
        [
            new("kind", setting.Experiment.Options.Model!.Kind),                        // not null: checked when the file was read
            new("input", model.InputName),
            new(setting.Facts.IsReal ? "outputs" : "classes", model.Classes.ToString(CultureInfo.InvariantCulture)),
            new("numbers trained", model.ParameterCount().ToString("N0", CultureInfo.InvariantCulture)),
            .. model.Parameters.Select(spec => new ReportFact(spec.Name, spec.Shape.ToString())),
        ];
    }

    private ImmutableArray<ReportFact> Provenance()
    {
        var engine = setting.Tools.Engine(setting.Experiment.Options.Train.Engine).Facts;
        return
        [
            new("grokpipe", setting.Tools.Version),
            new("training engine", $"{engine.Name} {engine.Version}"),
            new("promise", engine.Promise switch
            {
                Graphs.Engines.NumericPromise.SameBytes => "the same bytes for any thread count and vector width",
                Graphs.Engines.NumericPromise.SameBytesPerThreadCount => "the same bytes on one machine with one thread count",
                _ => "not bitwise",
            }),
            new("scoring engine", $"{setting.Tools.Scoring.Name} {setting.Tools.Scoring.Version}"),
            new("store", $"{setting.Tools.Store.Name} {setting.Tools.Store.Version}"),
            // With the resolved file, since the run may have had another name or overridden options.
            new("reproduce", $"cp models/{setting.Experiment.Name}/pipeline.resolved.yaml NEW_FOLDER/{PipelineFile.DefaultName} "
                + "&& grokpipe run -C NEW_FOLDER"),
            .. Derived.Folders.Where(folder => folder != Report.Folder)
                .Select(folder => (folder, Record: StageRecord.Read(Path.Combine(_root, folder)))).Where(pair => pair.Record is not null)
                .Select(pair => new ReportFact($"key of {pair.folder}", pair.Record!.Key)),
        ];
    }

    private IEnumerable<ReportFile> Files()
    {
        foreach (var folder in Derived.Folders.Where(folder => folder != Report.Folder))
        {
            var place = Path.Combine(_root, folder);
            foreach (var (path, hash) in Manifest.Read(place).Hashes)
            {
                yield return new ReportFile($"{folder}/{path}", new FileInfo(Path.Combine(place, path)).Length, hash);
            }
        }
    }

    private static IEnumerable<string> Warnings(MarksFile marks, GrokkingVerdict verdict)
    {
        foreach (var mark in marks.Marks.Where(mark => mark.Step is null))
        {
            yield return $"There is no checkpoint {mark.Name}: {mark.Missing}.";
        }
        if (verdict.Partial) { yield return "Validation accuracy rose after memorization without reaching its threshold for good."; }
        if (verdict.LostStep is { } lost)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"The accuracy that had been reached was lost at step {lost:N0}.");
        }
    }
}
