using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using GrokPipeline.Data;
using GrokPipeline.Evaluation;
using GrokPipeline.Stages.Options;
using GrokPipeline.Stages.Running;
using GrokPipeline.Tables;

namespace GrokPipeline.Stages;

/// <summary>Scores exported files on splits and shifts, through ONNX Runtime alone.</summary>
internal sealed class Evaluate(ExperimentSetting setting, Export export) : Stage
{
    /// <summary>The folder of the table.</summary>
    public const string Folder = RunLayout.Evaluation;

    /// <summary>The table.</summary>
    public const string FileName = RunLayout.Scores;

    /// <summary>The schema of the table.</summary>
    public static TableSchema Schema { get; } =
    [
        new("experiment", ColumnKind.Text) { Description = "Name of the experiment." },
        new("step", ColumnKind.Int64) { Description = "Optimizer steps of the checkpoint." },
        new("mark", ColumnKind.Text) { Description = "Mark of the checkpoint; empty when it has none." },
        new("dataset", ColumnKind.Text) { Description = "Name of the dataset." },
        new("distribution", ColumnKind.Text) { Description = "Split or shift." },
        new("group", ColumnKind.Text) { Description = "all, or the group's value." },
        new("metric", ColumnKind.Text) { Description = "What was computed." },
        new("value", ColumnKind.Float64) { Description = "The number." },
        new("low", ColumnKind.Float64) { Description = "Lower end of the interval; NaN when there is none." },
        new("high", ColumnKind.Float64) { Description = "Upper end of the interval; NaN when there is none." },
        new("rows", ColumnKind.Int64) { Description = "Rows behind the number." },
        new("engine", ColumnKind.Text) { Description = "Engine that ran the model." },
    ];

    private ExperimentOptions All => setting.Experiment.Options;

    /// <inheritdoc/>
    public override string Kind => "evaluate";

    /// <inheritdoc/>
    public override int Revision => 1;

    /// <inheritdoc/>
    public override string Target => $"{setting.Experiment.Name}/evaluate";

    /// <inheritdoc/>
    public override string? Experiment => setting.Experiment.Name;

    /// <inheritdoc/>
    public override string Root => setting.Root;

    /// <inheritdoc/>
    public override ImmutableArray<string> Outputs => [Folder];

    // What is required of the numbers does not change them; it is looked at after every run.
    /// <inheritdoc/>
    public override JsonObject Options
    {
        get
        {
            var options = ExperimentSetting.Options(
                ("evaluate", All.Evaluate with { Require = [] }), ("experiment", setting.Experiment.Name));
            options["seed"] = All.Train.Seed;
            return options;
        }
    }

    /// <inheritdoc/>
    public override string Engine => ExperimentSetting.Identity(setting.Tools.Scoring);

    /// <inheritdoc/>
    public override ImmutableArray<StageInput> Inputs =>
    [
        .. setting.Experiment.Distributions.GroupBy(distribution => distribution.Dataset)
            .Select(group => setting.Reads(setting.DatasetOf(group.First()), name => group.Any(distribution => distribution.Name == name))),
        new(export, Export.Folder, path => path.EndsWith(".onnx", StringComparison.Ordinal) || path == Export.ParityName),
    ];

    /// <inheritdoc/>
    public override StageResult Run(StageContext context)
    {
        context.Files.DeleteFolder(context.Work.Path);
        var builder = new TableBuilder(Schema);
        var models = ExportedModel.In(export.Place(Export.Folder));
        var tables = setting.Experiment.Distributions.Select(distribution => (distribution, Rows: setting.Rows(distribution))).ToArray();
        var (done, worst) = (0L, (Accuracy: 2.0, Name: ""));
        foreach (var model in models)
        {
            using var session = setting.Tools.Open(File.ReadAllBytes(model.Path), 1);       // one thread: the same bytes every time
            foreach (var (distribution, rows) in tables)
            {
                context.ThrowIfStopped();
                context.Tell(new StageProgress(
                    Target, done++, models.Length * tables.Length, $"{RunLayout.StepName(model.Step)} on {distribution.Name}"));
                var scores = Score(session, distribution, rows);
                foreach (var mark in model.Marks.DefaultIfEmpty("")) { Add(builder, model.Step, mark, distribution, scores); }
                var accuracy = scores.FirstOrDefault(score => score is { Group: Scorer.AllRows, Metric: "accuracy" })?.Value.Value ?? 2;
                if (model == models[^1] && accuracy < worst.Accuracy) { worst = (accuracy, distribution.Name); }
            }
        }
        var table = builder.ToTable();
        setting.Tools.Store.Write(context.Work.At(Path.Combine(Folder, FileName)), table);
        var text = worst.Name.Length == 0
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $", worst at the end {worst.Accuracy:F3} on {worst.Name}");
        return new StageResult(
            $"{Words.Count(models.Length, "model")} on {Words.Count(tables.Length, "distribution")}{text}",
            new JsonObject { ["rows"] = table.Rows });
    }

    private IReadOnlyList<Score> Score(GrokPipeline.Graphs.Engines.ISession session, Distribution distribution, Table rows)
    {
        var facts = DatasetFacts.Of(rows.Metadata);
        var group = All.Evaluate.Groups.Length > 0 && rows.Schema.Contains(All.Evaluate.Groups) ? All.Evaluate.Groups : null;
        var predictions = Predictions.Of(session, setting.Model.InputName, "logits", rows, facts);
        var seed = new Seed(All.Train.Seed).Derive($"evaluate/{distribution.Dataset}/{distribution.Name}");
        return Scorer.Score(predictions, rows, group, All.Evaluate.ToEvaluation(), seed);
    }

    private void Add(TableBuilder builder, long step, string mark, Distribution distribution, IReadOnlyList<Score> scores)
    {
        foreach (var score in scores)
        {
            builder.Add(
                setting.Experiment.Name, step, mark, distribution.Dataset, distribution.Name, score.Group, score.Metric,
                score.Value.Value, score.Value.Low, score.Value.High, score.Rows, setting.Tools.Scoring.Name);
        }
    }
}
