using GrokPipeline.Data;
using GrokPipeline.Evaluation;
using GrokPipeline.Onnx;
using GrokPipeline.Stages.Exports;
using GrokPipeline.Stages.Options;
using GrokPipeline.Stages.Probing;
using GrokPipeline.Stages.Running;
using GrokPipeline.Tables;

namespace GrokPipeline.Stages.Evaluations;

/// <summary>
/// Scores stored checkpoints one after another. Each becomes an ONNX file in memory and is run by ONNX Runtime as exported files are, so
/// that a checkpoint which is exported too has the same scores in both tables.
/// </summary>
internal sealed class TrajectoryScores(ExperimentSetting setting, StageContext context)
{
    private readonly TableBuilder _scores = new(Schema);
    private readonly TableBuilder _onsets = new(OnsetSchema);

    /// <summary>The schema of the table of scores: that of exported files, which have marks and an engine besides.</summary>
    public static TableSchema Schema { get; } = [.. Evaluate.Schema.Where(column => column.Name is not ("mark" or "engine"))];

    /// <summary>The schema of the table of generalization.</summary>
    public static TableSchema OnsetSchema { get; } =
    [
        new("experiment", ColumnKind.Text) { Description = "Name of the experiment." },
        new("dataset", ColumnKind.Text) { Description = "Name of the dataset." },
        new("distribution", ColumnKind.Text) { Description = "Split or shift." },
        new("step", ColumnKind.Float64) { Description = "First checkpoint of lasting generalization; NaN: never." },
        new("after", ColumnKind.Float64) { Description = "Checkpoint before it, not yet generalized; NaN when there is none." },
        new("best", ColumnKind.Float64) { Description = "Best accuracy of all checkpoints." },
        new("last", ColumnKind.Float64) { Description = "Accuracy of the last checkpoint." },
        new("accuracy", ColumnKind.Float64) { Description = "Accuracy that counts as generalized." },
        new("for_checkpoints", ColumnKind.Int64) { Description = "For so many checkpoints one after another." },
        new("checkpoints", ColumnKind.Int64) { Description = "Checkpoints that were scored." },
        new("unconfirmed", ColumnKind.Float64)
        {
            Description = "From here on all checkpoints reach the accuracy, but they end too early to count; NaN: no such step.",
        },
    ];

    private ExperimentOptions All => setting.Experiment.Options;

    /// <summary>Scores the checkpoints in a folder.</summary>
    /// <returns>The scores, and from where on each distribution is generalized to.</returns>
    public (Table Scores, Table Generalization) Run(string checkpoints)
    {
        var marks = MarksFile.Read(checkpoints);
        long[] steps = [.. All.Evaluate.Trajectory.Words.SelectMany(word => CheckpointChoice.Steps(word, marks)).Distinct().Order()];
        var distributions = ExperimentCheck.OfTrajectory(All, setting.Experiment.Distributions)
            .Select(distribution => (Distribution: distribution, Rows: setting.Rows(distribution), Curve: new List<(long, double)>()))
            .ToArray();
        var shares = setting.GroupShares(All.Evaluate.Trajectory.Metrics);
        foreach (var step in steps)
        {
            context.ThrowIfStopped();
            var parameters = StoredCheckpoint.Read(Path.Combine(checkpoints, RunLayout.StepName(step)), context.Workspace.Display).Tensors;
            var file = ExportedFile.Write(
                setting.Model, setting.Experiment.Name, parameters, OnnxMetadata.Empty, All.Export.Opset);
            using var session = setting.Tools.Open(file, 1);                     // one thread: the same bytes every time
            var scored = distributions.Select(part => (part.Distribution, Scores: Score(part.Distribution, part.Rows, session, shares)))
                .ToList();
            foreach (var (distribution, scores) in setting.WithGaps(scored)) { Add(step, distribution, scores); }
            for (var i = 0; i < scored.Count; i++)
            {
                // Not null: options without accuracy are refused.
                distributions[i].Curve.Add((step, Scorer.Of(scored[i].Scores, "accuracy")!.Value.Value));
            }
        }
        foreach (var (distribution, _, curve) in distributions.Where(part => part.Curve.Count > 0)) { Add(distribution, curve); }
        return (_scores.ToTable(), _onsets.ToTable());
    }

    private IReadOnlyList<Score> Score(
        Distribution distribution, Table rows, Graphs.Engines.ISession session, IReadOnlyDictionary<long, double>? shares)
    {
        var options = All.Evaluate.ToEvaluation() with
        {
            Metrics = All.Evaluate.Trajectory.Metrics,
            Interval = All.Evaluate.Interval with { Resamples = 0 },
        };
        var (facts, group) = (DatasetFacts.Of(rows.Metadata), setting.GroupOf(rows));
        var seed = new Seed(All.Train.Seed).Derive($"evaluate/{distribution.Dataset}/{distribution.Name}");
        if (facts.IsReal) { return RealScorer.Score(session, setting.Model.InputName, "logits", rows, facts, options, seed); }
        var predictions = Predictions.Of(
            session, setting.Model.InputName, "logits", rows, facts, parts: options.Needs(group is not null));
        return Scorer.Score(predictions, rows, group, options, seed, group is null ? null : shares);
    }

    private void Add(long step, Distribution distribution, IReadOnlyList<Score> scores)
    {
        foreach (var score in scores)
        {
            _scores.Add(
                setting.Experiment.Name, step, distribution.Dataset, distribution.Name, score.Group, score.Metric, score.Value.Value,
                score.Value.Low, score.Value.High, score.Rows, score.Note);
        }
    }

    private void Add(Distribution distribution, List<(long, double)> curve)
    {
        var criterion = All.Grokking.Generalization;
        var onset = Onset.Of(curve, criterion);
        _onsets.Add(
            setting.Experiment.Name, distribution.Dataset, distribution.Name, (double?)onset.Step ?? double.NaN,
            (double?)onset.After ?? double.NaN, onset.Best, onset.Last, criterion.Accuracy, criterion.ForEvaluations, curve.Count,
            (double?)onset.Unconfirmed ?? double.NaN);
    }
}
