using System.Collections.Immutable;
using GrokPipeline.Data;
using GrokPipeline.Evaluation;
using GrokPipeline.Stages.Configuration;
using GrokPipeline.Stages.Options;
using GrokPipeline.Stages.Probing;
using GrokPipeline.Training;
using GrokPipeline.Training.GaussianProcesses;
using GrokPipeline.Training.Measures;
using GrokPipeline.Training.Models;
using GrokPipeline.Training.Optimizers;

namespace GrokPipeline.Stages;

/// <summary>What an experiment's options must fulfil together with its dataset; single options check themselves.</summary>
internal sealed class ExperimentCheck(
    ImmutableArray<DatasetEntry> datasets, YamlMap nodes, ProblemList problems, KnownData? known = null)
{
    private readonly KnownData _known = known ?? new();

    /// <summary>What is evaluated on; null when the dataset is unknown or wrong itself.</summary>
    public ImmutableArray<Distribution>? Check(ExperimentOptions options, YamlMap map, string at)
    {
        if (options.Data.Length == 0) { return null; }
        if (nodes[options.Data] is null)
        {
            var names = nodes.Entries.Select(node => node.Key).ToArray();
            problems.Add(
                map["data"]!.Place, $"{at}.data",                  // not null: data was given
                $"there is no dataset named '{options.Data}'.{DidYouMean.Of(options.Data, names)} Known: {string.Join(", ", names)}.");
            return null;
        }
        if (datasets.FirstOrDefault(dataset => dataset.Name == options.Data) is not { } own) { return null; }
        CheckSplits(options, own, map, at);
        CheckModel(options, own, map, at);
        var distributions = options.Evaluate.On.Select(
            (name, i) => Resolve(name, own, Place(map, "evaluate", "on", i), $"{at}.evaluate.on[{i}]"))
            .OfType<Distribution>().ToImmutableArray();
        CheckRequirements(options, own, distributions, map, at);
        CheckTrajectory(options, own, map, at);
        CheckWords(options.Probe.Checkpoints.Words, options, map, at, "probe", "checkpoints");
        CheckWords(options.Export.Models.Words, options, map, at, "export", "models");
        return distributions;
    }

    private void CheckSplits(ExperimentOptions options, DatasetEntry own, YamlMap map, string at)
    {
        var splits = own.Splits().ToArray();
        foreach (var (rule, split) in (IEnumerable<(string, string)>)
            [("memorization", options.Grokking.Memorization.Split), ("generalization", options.Grokking.Generalization.Split)])
        {
            if (splits.Contains(split)) { continue; }
            problems.Add(
                Place(map, "grokking", rule, "split"), $"{at}.grokking.{rule}.split",
                $"dataset {own.Name} has no split '{split}'.{DidYouMean.Of(split, splits)} It has: {string.Join(", ", splits)}.");
        }
    }

    private void CheckModel(ExperimentOptions options, DatasetEntry own, YamlMap map, string at)
    {
        if (options.Model is null || _known.ProblemsOf(own.Spec).Length > 0) { return; }
        Model model;
        try { model = MakeModel(options, _known.FactsOf(own.Spec)); }
        catch (GrokException error)
        {
            problems.Add(Place(map, "model"), $"{at}.model", $"{error.Problem} {error.Remedy}");
            return;
        }
        var facts = _known.FactsOf(own.Spec);
        if (facts.AnswerLength > 1) { new SequenceCheck(problems).Check(options, facts, map, at); }
        if (facts.IsReal) { new RealTargetCheck(problems).Check(options, model, map, at); }
        else if (options.Evaluate.Metrics.Concat(options.Evaluate.Trajectory.Metrics).Any(name => !Metric.All.ContainsKey(name)))
        {
            problems.Add(
                Place(map, "evaluate", "metrics"), $"{at}.evaluate.metrics",
                $"r2 is a metric of real targets; the dataset has classes. Use some of: {string.Join(", ", Metric.All.Keys)}.");
        }
        var optimizer = Optimizer.All.Find(options.Train.Optimizer.Kind).Make(options.Train.Optimizer.Options);
        foreach (var problem in model is GaussianProcess process
            ? GaussianProcessTrainer.Problems(
                process, optimizer, options.Train.Batch.Rows, options.Train.Metrics.Intersect(FurtherMetrics.Names),
                starts: options.Train.Start is not null,
                isChanged: options.Train.Noise is not null || options.Train.Penalty is not null) : [])
        {
            problems.Add(Place(map, "train"), $"{at}.train", problem);
        }
        foreach (var name in options.Export.ActivationsOf(model).Except(model.Build(2).Names()))
        {
            var names = model.Build(2).Names().ToArray();
            problems.Add(
                Place(map, "export", "activations"), $"{at}.export.activations",
                $"the model has no activation named '{name}'.{DidYouMean.Of(name, names)} Use all, none, or some of: "
                + $"{string.Join(", ", names)}.");
        }
        CheckMetrics(options, model, facts, map, at);
        new GroupCheck(problems, _known).Check(options, own.Spec, map, at);
        try { options.Train.Noise?.Check(model); }
        catch (GrokException error)
        {
            problems.Add(
                Place(map, "train", "noise", "dropout_at"), $"{at}.train.noise.dropout_at", $"{error.Problem} {error.Remedy}");
        }
        try { options.Train.Penalty?.Check(model); }
        catch (GrokException error)
        {
            problems.Add(Place(map, "train", "penalty", "of"), $"{at}.train.penalty.of", $"{error.Problem} {error.Remedy}");
        }
        try { optimizer.GroupsOf(model.Parameters.Where(spec => !spec.IsFixed).Select(spec => spec.Name)); }
        catch (GrokException error)
        {
            problems.Add(
                Place(map, "train", "optimizer", "groups"), $"{at}.train.optimizer.groups", $"{error.Problem} {error.Remedy}");
        }
    }

    // What is measured during training must be there to measure.
    private void CheckMetrics(ExperimentOptions options, Model model, DatasetFacts facts, YamlMap map, string at)
    {
        var (train, place) = (options.Train, Place(map, "train", "metrics"));
        var layer = train.FeatureLayer ?? TrainingPlan.LastLayerInput;
        if (train.Metrics.Contains(FurtherMetrics.FeatureChange) && !model.Build(2).Names().Contains(layer))
        {
            var names = model.Build(2).Names().ToArray();
            problems.Add(
                train.FeatureLayer is null ? place : Place(map, "train", "feature_layer"), $"{at}.train.feature_layer",
                $"the model has no activation named '{layer}'.{DidYouMean.Of(layer, names)} Use one of: {string.Join(", ", names)}.");
        }
        if (train.Metrics.Contains(FurtherMetrics.WorstGroupMargin) && facts.Group is null)
        {
            problems.Add(place, $"{at}.train.metrics", "worst_group_margin is for data with groups; this dataset has none. Leave it out.");
        }
        foreach (var name in train.Metrics.Where(name => model.Target == TargetKind.Real && FurtherMetrics.OfRows.Contains(name)))
        {
            problems.Add(place, $"{at}.train.metrics", $"{name} compares classes; the targets of this dataset are real numbers. Leave it out.");
        }
        foreach (var name in train.Metrics.Where(name => model.Answers > 1 && FurtherMetrics.OfRows.Contains(name)))
        {
            problems.Add(
                place, $"{at}.train.metrics",
                $"{name} looks at the one class of a row; an answer of this dataset has {model.Answers} tokens. Leave it out.");
        }
        foreach (var name in train.Metrics.Where(
            name => name is FurtherMetrics.NormalizedMargin or FurtherMetrics.NormalizedMarginQ05 && model.Degree is null))
        {
            problems.Add(
                place, $"{at}.train.metrics",
                $"{name} is for models that are homogeneous in their parameters: an mlp with 'bias: false' and relu or square. Use margin_min.");
        }
    }

    private Distribution? Resolve(string text, DatasetEntry own, Place place, string at)
    {
        if (own.Distributions().Contains(text)) { return new(own.Name, text); }
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        var other = dot > 0 ? datasets.FirstOrDefault(dataset => dataset.Name == text[..dot]) : null;
        if (other is not null && other.Distributions().Contains(text[(dot + 1)..]))
        {
            if (Misfit(own, other) is { } misfit) { problems.Add(place, at, misfit); }
            return new(other.Name, text[(dot + 1)..]);
        }
        var known = own.Distributions().ToArray();
        problems.Add(
            place, at, $"dataset {own.Name} has no split or shift '{text}'.{DidYouMean.Of(text, known)} "
            + $"It has: {string.Join(", ", known)}.");
        return null;
    }

    // What keeps a model of one dataset from taking rows of another; null when nothing does.
    private string? Misfit(DatasetEntry own, DatasetEntry other)
    {
        if (_known.ProblemsOf(own.Spec).Length > 0 || _known.ProblemsOf(other.Spec).Length > 0) { return null; }
        var (mine, theirs) = (RowsOf(_known.FactsOf(own.Spec)), RowsOf(_known.FactsOf(other.Spec)));
        return mine == theirs
            ? null : $"a model of dataset {own.Name} takes {mine}; dataset {other.Name} has {theirs}. Use a dataset of the same form.";
    }

    private static string RowsOf(DatasetFacts facts) => facts.Kind == InputKind.Features
        ? $"{facts.FeatureCount} features and {TargetsOf(facts)}"
        : $"{facts.Operands.Length} operands of {facts.OperandValues} values and {TargetsOf(facts)}";

    private static string TargetsOf(DatasetFacts facts) => facts.IsReal ? $"{facts.Outputs} real outputs"
        : facts.AnswerLength > 1 ? $"answers of {facts.AnswerLength} tokens of {facts.Classes}" : $"{facts.Classes} classes";

    private void CheckRequirements(
        ExperimentOptions options, DatasetEntry own, ImmutableArray<Distribution> distributions, YamlMap map, string at)
    {
        for (var i = 0; i < options.Evaluate.Require.Length; i++)
        {
            var require = options.Evaluate.Require[i];
            CheckRequirement(require.That, options, distributions, Place(map, "evaluate", "require", i), $"{at}.evaluate.require[{i}]");
            CheckMark(require.Model, options, Place(map, "evaluate", "require", i, "model"), $"{at}.evaluate.require[{i}].model");
            if (require is { Accuracy: null, Loss: null, WorstGroupAccuracy: null } && require.That is not null) { continue; }
            if (!distributions.Any(d => Is(d, require.On, own.Name)))
            {
                var known = KnownOf(distributions, own.Name);
                problems.Add(
                    Place(map, "evaluate", "require", i, "on"), $"{at}.evaluate.require[{i}].on",
                    $"'{require.On}' is not evaluated on.{DidYouMean.Of(require.On, known)} Known: {string.Join(", ", known)}.");
            }
        }
    }

    private static string[] KnownOf(ImmutableArray<Distribution> distributions, string own) =>
        [.. distributions.Select(d => d.Dataset == own ? d.Name : $"{d.Dataset}.{d.Name}")];

    private void CheckRequirement(
        Requirement? that, ExperimentOptions options, ImmutableArray<Distribution> distributions, Place place, string at)
    {
        if (that is null) { return; }
        var known = KnownOf(distributions, options.Data);
        foreach (var name in that.Distributions.Where(name => !known.Contains(name)))
        {
            problems.Add(
                place, at, $"'{name}' is not evaluated on.{DidYouMean.Of(name, known)} Known: {string.Join(", ", known)}.");
        }
        foreach (var metric in that.Metrics)
        {
            var byGroups = metric is Metric.WorstGroup or Metric.MeanGroup;
            var computed = metric switch { Metric.AccuracyGap => "accuracy", Metric.LossGap => "loss", _ => metric };
            if (byGroups ? options.Evaluate.Groups.Length > 0 : options.Evaluate.Metrics.Contains(computed)) { continue; }
            problems.Add(
                place, at, byGroups ? $"{metric} is not computed: evaluate.groups names no column."
                    : $"{metric} is not computed: it is not among evaluate.metrics ({string.Join(", ", options.Evaluate.Metrics)}).");
        }
    }

    private void CheckTrajectory(ExperimentOptions options, DatasetEntry own, YamlMap map, string at)
    {
        var trajectory = options.Evaluate.Trajectory;
        foreach (var word in trajectory.Words.Where(word => !CheckpointChoice.IsWord(word)))
        {
            CheckMark(
                word, options, Place(map, "evaluate", "trajectory", "checkpoints"), $"{at}.evaluate.trajectory.checkpoints",
                "step:N, marks, all, none, or spread:N with N of at least 2");
        }
        for (var i = 0; i < trajectory.On.Length; i++)
        {
            Resolve(trajectory.On[i], own, Place(map, "evaluate", "trajectory", "on", i), $"{at}.evaluate.trajectory.on[{i}]");
        }
    }

    /// <summary>The distributions of the trajectory: those named, or those evaluated on and the split of generalization.</summary>
    internal static ImmutableArray<Distribution> OfTrajectory(ExperimentOptions options, ImmutableArray<Distribution> evaluated)
    {
        var named = options.Evaluate.Trajectory.On;
        if (named.IsEmpty) { return [.. evaluated.Prepend(new(options.Data, options.Grokking.Generalization.Split)).Distinct()]; }
        return [.. named.Select(name => name.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot
            && !evaluated.Any(d => d.Dataset == options.Data && d.Name == name)
            ? new Distribution(name[..dot], name[(dot + 1)..]) : new Distribution(options.Data, name)).Distinct()];
    }

    /// <summary>True when a text of the pipeline file means a distribution.</summary>
    internal static bool Is(Distribution distribution, string text, string own) =>
        (distribution.Dataset == own && distribution.Name == text) || $"{distribution.Dataset}.{distribution.Name}" == text;

    // Words for checkpoints, which stand in the file under a part and a name of it.
    private void CheckWords(ImmutableArray<string> words, ExperimentOptions options, YamlMap map, string at, string part, string name)
    {
        for (var i = 0; i < words.Length; i++)
        {
            if (CheckpointChoice.IsWord(words[i])) { continue; }
            CheckMark(
                words[i], options, Place(map, part, name, i), $"{at}.{part}.{name}",
                "step:N, marks, all, or spread:N with N of at least 2");
        }
    }

    private void CheckMark(string text, ExperimentOptions options, Place place, string at, string others = "step:N")
    {
        if (options.Checkpoints.Marks.Contains(text)) { return; }
        if (text.StartsWith("step:", StringComparison.Ordinal) && CheckpointChoice.IsWord(text)) { return; }
        problems.Add(
            place, at, $"there is no mark named '{text}'.{DidYouMean.Of(text, options.Checkpoints.Marks)} "
            + $"Use one of: {string.Join(", ", options.Checkpoints.Marks)}, or {others}.");
    }

    /// <summary>The model of an experiment for a dataset.</summary>
    /// <exception cref="GrokException">The options do not fit the dataset.</exception>
    internal static Model MakeModel(ExperimentOptions options, DatasetFacts facts) =>
        Model.All.Find(options.Model!.Kind).Make(options.Model.Options)(facts);       // not null: checked when the file was read

    /// <summary>The place of the innermost node that exists on a way of names and indices.</summary>
    internal static Place Place(YamlMap map, params ReadOnlySpan<object> way)
    {
        YamlNode node = map;
        foreach (var part in way)
        {
            var next = part is int index ? (node as YamlList)?.Items.ElementAtOrDefault(index) : (node as YamlMap)?[(string)part];
            if (next is null) { break; }
            node = next;
        }
        return node.Place;
    }
}
