using System.Collections.Immutable;
using System.Text.Json.Nodes;
using GrokPipeline.Data;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Stages.Options;
using GrokPipeline.Stages.Running;
using GrokPipeline.Stages.Trainings;
using GrokPipeline.Tables;
using GrokPipeline.Training;
using GrokPipeline.Training.Losses;
using GrokPipeline.Training.Measures;
using GrokPipeline.Training.Models;
using GrokPipeline.Training.Optimizers;
using GrokPipeline.Training.Schedules;

namespace GrokPipeline.Stages;

/// <summary>Trains a model: metrics and checkpoints. Killed at any time, the same command ends with the same bytes.</summary>
/// <param name="setting">The experiment.</param>
/// <param name="parent">The training whose checkpoint it starts with; null when it starts with none.</param>
internal sealed class Train(ExperimentSetting setting, Train? parent) : Stage
{
    /// <summary>The folder of checkpoints and marks.</summary>
    public const string Checkpoints = RunLayout.Checkpoints;

    /// <summary>The folder of the table of metrics.</summary>
    public const string Metrics = RunLayout.Metrics;

    /// <summary>The table of metrics.</summary>
    public const string MetricsName = RunLayout.MetricsTable;

    /// <summary>The name of what the record says of a beginning that is not the usual one.</summary>
    public const string BeginningFact = "beginning";

    private ExperimentOptions All => setting.Experiment.Options;

    /// <inheritdoc/>
    public override string Kind => "train";

    /// <inheritdoc/>
    public override int Revision => 1;

    /// <inheritdoc/>
    public override string Target => $"{setting.Experiment.Name}/train";

    /// <inheritdoc/>
    public override string? Experiment => setting.Experiment.Name;

    /// <inheritdoc/>
    public override string Root => setting.Root;

    /// <inheritdoc/>
    public override ImmutableArray<string> Outputs => [Metrics, Checkpoints];

    // How often resume points are written, and when to give up, leave no trace in the result.
    /// <inheritdoc/>
    public override JsonObject Options
    {
        get
        {
            var options = ExperimentSetting.Options(
                ("model", All.Model), ("train", All.Train), ("grokking", All.Grokking), ("checkpoints", All.Checkpoints));
            (options["checkpoints"] as JsonObject)?.Remove("resume_every");
            (options["train"] as JsonObject)?.Remove("limits");
            options["experiment"] = setting.Experiment.Name;
            return options;
        }
    }

    /// <inheritdoc/>
    public override string Engine => field ??= ExperimentSetting.Identity(setting.Tools.Engine(All.Train.Engine).Facts);

    /// <inheritdoc/>
    public override ImmutableArray<StageInput> Inputs
    {
        get
        {
            var rows = setting.Reads(setting.Data, name => setting.Data.Entry.Splits().Contains(name));
            return Start is null ? [rows] : [rows, new StageInput(parent!, Checkpoints, Start.Reads)];       // a start has a parent
        }
    }

    /// <summary>Where it starts; null for first values of the seed.</summary>
    public StartingPoint? Start => All.Train.Start is { } start && parent is not null
        ? new StartingPoint(start, parent.Place(Checkpoints), setting.Workspace.Display) : null;

    /// <inheritdoc/>
    public override long ExpectedBytes =>
        (setting.Model.ParameterCount() * 4 * (60 + (All.Checkpoints.Ring * 2))) + (All.Train.Steps / All.Train.EvaluateEvery * 512);

    /// <inheritdoc/>
    public override StageResult Run(StageContext context)
    {
        if (Finish(context) is { } already) { return already; }
        var engine = EngineOf(All.Train, setting.Tools, Target);
        var plan = Plan(split => setting.Rows(new(All.Data, split))) with { Start = Start?.Read(setting.Model) };
        using var run = new TrainingRun(
            context, Target, plan, All, graph => engine.Compile(graph, new CompileOptions { Threads = context.Threads }));
        run.Go(Identity(context));
        return Complete(context, run, Beginning(plan));
    }

    /// <summary>What the training does, on the rows of these splits.</summary>
    public TrainingPlan Plan(Func<string, Table> rows) => PlanOf(All, setting.Model, setting.Facts, setting.Data.Entry.Splits(), rows);

    /// <summary>What an experiment's options mean as a training.</summary>
    /// <param name="all">The options.</param>
    /// <param name="model">The model.</param>
    /// <param name="facts">What the columns are.</param>
    /// <param name="splits">The names of the dataset's splits, in order.</param>
    /// <param name="rows">Gives the rows of a split.</param>
    internal static TrainingPlan PlanOf(
        ExperimentOptions all, Model model, DatasetFacts facts, IEnumerable<string> splits, Func<string, Table> rows) => new()
        {
            Model = model,
            Facts = facts,
            Train = RowsOf(all.Train, rows("train")),
            Scored = [.. splits.Where(split => split == "validation" || IsLookedAt(all, split))
                .Select(split => KeyValuePair.Create(split, rows(split)))],
            Optimizer = Optimizer.All.Find(all.Train.Optimizer.Kind).Make(all.Train.Optimizer.Options),
            Noise = all.Train.Noise,
            Penalty = all.Train.Penalty,
            Loss = Loss.All.Find(all.Train.Loss.Kind).Make(all.Train.Loss.Options),
            Schedule = Schedule.All.Find(all.Train.Schedule.Kind).Make(all.Train.Schedule.Options),
            BatchSize = all.Train.Batch.Rows,
            Steps = all.Train.Steps,
            Evaluate = new EvaluationSchedule(all.Train.EvaluateEvery),
            Seed = new Seed(all.Train.Seed),
            Further = [.. all.Train.Metrics.Where(FurtherMetrics.Names.Contains)],
            FeatureLayer = all.Train.FeatureLayer ?? TrainingPlan.LastLayerInput,
            OnNonfinite = all.Train.OnNonfinite.Do,
        };

    /// <summary>The engine of an experiment's training, when it keeps the promise that was asked for.</summary>
    /// <exception cref="GrokException">It does not, or is absent.</exception>
    internal static IEngine EngineOf(TrainOptions options, PipelineTools tools, string target)
    {
        var engine = tools.Engine(options.Engine);
        return !options.Deterministic || engine.Facts.Promise != NumericPromise.Tolerance ? engine : throw new GrokException(
            $"engine {engine.Facts.Name} does not promise the same bytes twice.",
            "Set train.deterministic: false, or use engine simd.", target);
    }

    // Drawn, because a table lists its rows in an order that has a meaning; a share of one shuffle, so that fewer rows are among more.
    private static Table RowsOf(TrainOptions options, Table train)
    {
        if (options.Rows is not { } count) { return train; }
        if (count > train.Rows)
        {
            throw new GrokException(
                $"{count} rows are asked for, train has {train.Rows}.", $"Give a number from 1 to {train.Rows}.", "train.rows");
        }
        var order = Enumerable.Range(0, train.Rows).ToArray();
        new Seed(options.Seed).Derive("train_rows").Stream().Shuffle(order.AsSpan());
        var taken = order[..count];
        Array.Sort(taken);
        return train.Select(taken);
    }

    private static bool IsLookedAt(ExperimentOptions all, string split) =>
        split != "train" && (split == all.Grokking.Generalization.Split || split == all.Grokking.Memorization.Split);

    private Dictionary<string, string> Identity(StageContext context) => new(StringComparer.Ordinal)
    {
        ["experiment"] = setting.Experiment.Name,
        ["train_key"] = context.Record.Key,
        ["producer"] = $"grokpipe {setting.Tools.Version}",
    };

    // Verdict and marks, from what was measured and stored.
    private StageResult Complete(StageContext context, TrainingRun run, string? beginning)
    {
        var verdict = GrokkingCurve.Judge(run.Log.Rows, All.Grokking);
        var marks = new MarksFile(
            Marks.Assign(verdict.MemorizationStep, verdict.GeneralizationStep, run.Stored, All.Checkpoints.Marks), [.. run.Stored.Order()]);
        context.Files.ReplaceText(context.Work.At(Path.Combine(Checkpoints, MarksFile.FileName)), marks.Text(), durable: false);
        setting.Tools.Store.Write(context.Work.At(Path.Combine(Metrics, MetricsName)), run.Log.ToTable(setting.Experiment.Name));
        var facts = new JsonObject
        {
            ["verdict"] = GrokkingCurve.Name(verdict.Outcome),
            ["memorization_step"] = verdict.MemorizationStep,
            ["generalization_step"] = verdict.GeneralizationStep,
            ["steps"] = All.Train.Steps,
        };
        if (beginning is not null) { facts[BeginningFact] = beginning; }
        return Result(facts);
    }

    // What a reader of the curves must know of their first step; null when it is as usual.
    private string? Beginning(TrainingPlan plan)
    {
        var words = new List<string>();
        // not null: it has a start
        if (plan.Start is { } state) { words.Add($"Began with {All.Train.Start!.Described(state.Step)}."); }
        if (All.Train.Rows is not null) { words.Add($"Trained on {plan.Train.Rows:N0} rows of train, drawn with the seed (our choice)."); }
        return words.Count == 0 ? null : string.Join(' ', words);
    }

    // A run that was killed while its folders were moved into their places has nothing left to train. What already stands in its
    // place goes back beside the other, so that both are committed in one way.
    private StageResult? Finish(StageContext context)
    {
        if (!Outputs.Any(output => IsSealed(context, At(context, output)))) { return null; }
        if (!Outputs.All(output => IsSealed(context, At(context, output)) || IsSealed(context, Place(output)))) { return null; }
        foreach (var output in Outputs.Where(output => !IsSealed(context, At(context, output))))
        {
            context.Files.DeleteFolder(At(context, output));
            context.Files.Rename(Place(output), At(context, output));
        }
        return Result(StageRecord.Read(At(context, Metrics))!.Facts);                    // not null: it is sealed
    }

    private static string At(StageContext context, string output) => Path.Combine(context.Work.Path, output);

    private static bool IsSealed(StageContext context, string folder) =>
        Directory.Exists(folder) && StageRecord.Read(folder)?.Key == context.Record.Key;

    private static StageResult Result(JsonObject facts)
    {
        var (m, g) = ((long?)facts["memorization_step"], (long?)facts["generalization_step"]);
        var when = (m, g) switch
        {
            ({ } a, { } b) => $": memorized at {a:N0}, generalized at {b:N0}",
            ({ } a, null) => $": memorized at {a:N0}",
            _ => "",
        };
        return new StageResult($"{(string?)facts["verdict"]}{when}", facts);
    }
}
