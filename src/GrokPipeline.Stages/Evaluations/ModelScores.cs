using System.Collections.Immutable;
using GrokPipeline.Data;
using GrokPipeline.Evaluation;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Runs.Scoring;
using GrokPipeline.Stages.Options;
using GrokPipeline.Stages.Running;
using GrokPipeline.Tables;

namespace GrokPipeline.Stages.Evaluations;

/// <summary>Scores exported files on the distributions of an experiment, and writes what they say about each row where asked for.</summary>
internal sealed class ModelScores(ExperimentSetting setting, StageContext context, string target)
{
    private readonly TableSchema _schema =
    [
        new("experiment", ColumnKind.Text) { Description = "Name of the experiment." },
        new("step", ColumnKind.Int64) { Description = "Optimizer steps of the checkpoint." },
        new("mark", ColumnKind.Text) { Description = "Marks of the checkpoint; empty when it has none." },
        new("dataset", ColumnKind.Text) { Description = "Name of the dataset." },
        new("distribution", ColumnKind.Text) { Description = "Split or shift." },
        .. PredictionRows.OwnFor(setting.Facts),
    ];

    private readonly TableBuilder _builder = new(Evaluate.Schema);

    /// <summary>The worst accuracy of the last model, and where; null without accuracies.</summary>
    public (double Accuracy, string Name)? Worst { get; private set; }

    private ExperimentOptions All => setting.Experiment.Options;

    /// <summary>The scores of all models.</summary>
    public Table Run(ImmutableArray<ExportedModel> models)
    {
        var tables = setting.Experiment.Distributions.Select(distribution => (distribution, Rows: setting.Rows(distribution))).ToArray();
        var shares = setting.GroupShares(All.Evaluate.Metrics);
        using var written = Writer();
        var done = 0L;
        foreach (var model in models)
        {
            using var session = setting.Tools.Open(File.ReadAllBytes(model.Path), 1);       // one thread: the same bytes every time
            var scores = new List<(Distribution Distribution, IReadOnlyList<Score> Scores)>();
            foreach (var (distribution, rows) in tables)
            {
                context.ThrowIfStopped();
                context.Tell(new StageProgress(
                    target, done++, models.Length * tables.Length, $"{RunLayout.StepName(model.Step)} on {distribution.Name}"));
                scores.Add((distribution, Score(session, model, distribution, rows, shares, written)));
            }
            Add(model, scores);
            if (model == models[^1]) { FindWorst(scores); }
        }
        written?.Complete();
        return _builder.ToTable();
    }

    private IReadOnlyList<Score> Score(
        ISession session, ExportedModel model, Distribution distribution, Table rows, IReadOnlyDictionary<long, double>? shares,
        ITableWriter? written)
    {
        var facts = DatasetFacts.Of(rows.Metadata);
        var group = setting.GroupOf(rows);
        var options = All.Evaluate.ToEvaluation();
        var seed = new Seed(All.Train.Seed).Derive($"evaluate/{distribution.Dataset}/{distribution.Name}");
        if (facts.IsReal) { return RealScorer.Score(session, setting.Model.InputName, "logits", rows, facts, options, seed); }
        var kept = All.Evaluate.Predictions == PredictionsKept.All || !model.Marks.IsEmpty ? written : null;
        var predictions = Predictions.Of(
            session, setting.Model.InputName, "logits", rows, facts, parts: options.Needs(group is not null, kept is not null));
        kept?.Add(PredictionTable(model, distribution, rows, predictions));
        return Scorer.Score(predictions, rows, group, options, seed, group is null ? null : shares);
    }

    private void Add(ExportedModel model, List<(Distribution Distribution, IReadOnlyList<Score> Scores)> scores)
    {
        foreach (var (distribution, all) in setting.WithGaps(scores))
        {
            foreach (var mark in model.Marks.DefaultIfEmpty("")) { Add(model.Step, mark, distribution, all); }
        }
    }

    private void Add(long step, string mark, Distribution distribution, IReadOnlyList<Score> scores)
    {
        foreach (var score in scores)
        {
            _builder.Add(
                setting.Experiment.Name, step, mark, distribution.Dataset, distribution.Name, score.Group, score.Metric,
                score.Value.Value, score.Value.Low, score.Value.High, score.Rows, setting.Tools.Scoring.Name, score.Note);
        }
    }

    private void FindWorst(List<(Distribution Distribution, IReadOnlyList<Score> Scores)> scores)
    {
        foreach (var (distribution, own) in scores)
        {
            if (Scorer.Of(own, "accuracy") is not { } accuracy) { continue; }
            if (Worst is null || accuracy.Value.Value < Worst.Value.Accuracy) { Worst = (accuracy.Value.Value, distribution.Name); }
        }
    }

    // Distributions may have other columns: a row is found again by its number.
    private ITableWriter? Writer()
    {
        if (All.Evaluate.Predictions == PredictionsKept.None) { return null; }
        var path = context.Work.At(Path.Combine(Evaluate.Folder, RunLayout.Predictions));
        context.Files.CreateFolder(Path.GetDirectoryName(path)!);               // not null: a path inside the work folder
        return setting.Tools.Store.Create(path, _schema);
    }

    private Table PredictionTable(ExportedModel model, Distribution distribution, Table rows, Predictions predictions)
    {
        var marks = string.Join(' ', model.Marks);
        return Table.Of(
        [
            Same("experiment", setting.Experiment.Name), ColumnValues.Of("step", [.. Enumerable.Repeat(model.Step, rows.Rows)]),
            Same("mark", marks), Same("dataset", distribution.Dataset), Same("distribution", distribution.Name),
            .. PredictionRows.OwnOf(predictions, 0),
        ]);

        ColumnValues Same(string name, string text) => ColumnValues.Of(name, (string?[])[.. Enumerable.Repeat(text, rows.Rows)]);
    }
}
