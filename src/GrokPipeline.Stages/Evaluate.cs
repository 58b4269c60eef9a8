using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using GrokPipeline.Stages.Evaluations;
using GrokPipeline.Stages.Options;
using GrokPipeline.Stages.Running;
using GrokPipeline.Tables;

namespace GrokPipeline.Stages;

/// <summary>Scores exported files on splits and shifts, through ONNX Runtime alone.</summary>
internal sealed class Evaluate(ExperimentSetting setting, Train train, Export export) : Stage
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
        new("note", ColumnKind.Text) { Description = "Why the number is NaN, or what it leaves out; usually empty." },
    ];

    private ExperimentOptions All => setting.Experiment.Options;

    /// <inheritdoc/>
    public override string Kind => "evaluate";

    /// <inheritdoc/>
    public override int Revision => 4;

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
    public override ImmutableArray<StageInput> Inputs
    {
        get
        {
            // Train is compared with, and its shares of groups are weights.
            var read = setting.Experiment.Distributions.Append(new(All.Data, "train"))
                .Concat(FollowsTraining ? ExperimentCheck.OfTrajectory(All, setting.Experiment.Distributions) : []).ToArray();
            return
            [
                .. read.GroupBy(distribution => distribution.Dataset).Select(group =>
                    setting.Reads(setting.DatasetOf(group.First()), name => group.Any(distribution => distribution.Name == name))),
                new(export, Export.Folder, path => path.EndsWith(".onnx", StringComparison.Ordinal) || path == Export.ParityName),
                .. FollowsTraining ? new StageInput[] { new(train, Train.Checkpoints, IsRead) } : [],
            ];
        }
    }

    private bool FollowsTraining => All.Evaluate.Trajectory.Words.Any();

    /// <inheritdoc/>
    public override StageResult Run(StageContext context)
    {
        context.Files.DeleteFolder(context.Work.Path);
        var models = ExportedModel.In(export.Place(Export.Folder));
        var scoring = new ModelScores(setting, context, Target);
        var table = scoring.Run(models);
        setting.Tools.Store.Write(context.Work.At(Path.Combine(Folder, FileName)), table);
        if (FollowsTraining)
        {
            var (scores, generalization) = new TrajectoryScores(setting, context).Run(train.Place(Train.Checkpoints));
            setting.Tools.Store.Write(context.Work.At(Path.Combine(Folder, RunLayout.Trajectory)), scores);
            setting.Tools.Store.Write(context.Work.At(Path.Combine(Folder, RunLayout.Generalization)), generalization);
        }
        setting.Tools.Store.Write(context.Work.At(Path.Combine(Folder, RunLayout.Shifts)), ShiftTable.Of(setting, context));
        var text = scoring.Worst is { } worst
            ? string.Create(CultureInfo.InvariantCulture, $", worst at the end {worst.Accuracy:F3} on {worst.Name}")
            : "";
        return new StageResult(
            $"{Words.Count(models.Length, "model")} on {Words.Count(setting.Experiment.Distributions.Length, "distribution")}{text}",
            new JsonObject { ["rows"] = table.Rows });
    }

    private static bool IsRead(string path) =>
        path == MarksFile.FileName || path.EndsWith($"/{RunLayout.Parameters}", StringComparison.Ordinal);
}
