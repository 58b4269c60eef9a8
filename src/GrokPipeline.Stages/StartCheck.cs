using System.Collections.Immutable;
using GrokPipeline.Stages.Configuration;
using GrokPipeline.Stages.Options;
using GrokPipeline.Stages.Probing;
using GrokPipeline.Stages.Trainings;
using GrokPipeline.Training.Models;
using GrokPipeline.Training.Optimizers;

namespace GrokPipeline.Stages;

/// <summary>What a start must fulfil together with the experiment that it starts with; each side was checked by itself.</summary>
internal sealed class StartCheck(YamlMap map, string at, ProblemList problems, KnownData known)
{
    /// <summary>Notes what is wrong.</summary>
    /// <param name="options">The experiment's options.</param>
    /// <param name="data">Its dataset.</param>
    /// <param name="parent">The other experiment.</param>
    public void Check(ExperimentOptions options, DatasetEntry data, Experiment parent)
    {
        var start = options.Train.Start!;                                       // not null: it has a parent
        CheckCheckpoint(start, parent);
        if (known.ProblemsOf(data.Spec).Length > 0 || known.ProblemsOf(parent.Data.Spec).Length > 0) { return; }
        Model own, other;
        try
        {
            own = ExperimentCheck.MakeModel(options, known.FactsOf(data.Spec));
            other = ExperimentCheck.MakeModel(parent.Options, known.FactsOf(parent.Data.Spec));
        }
        catch (GrokException) { return; }                                       // told where the model was checked
        CheckParameters(start, own, other);
        if (start.Optimizer == StartOptimizer.Keep) { CheckOptimizer(options, parent, own); }
    }

    private void CheckCheckpoint(StartOptions start, Experiment parent)
    {
        var marks = parent.Options.Checkpoints.Marks;
        var isStep = start.Checkpoint.StartsWith("step:", StringComparison.Ordinal) && CheckpointChoice.IsWord(start.Checkpoint);
        if (isStep || marks.Contains(start.Checkpoint)) { return; }
        Add("checkpoint", $"{parent.Name} gives no mark '{start.Checkpoint}'.{DidYouMean.Of(start.Checkpoint, marks)} "
            + $"Use one of: {string.Join(", ", marks)}, or step:N.");
    }

    private void CheckParameters(StartOptions start, Model own, Model other)
    {
        var theirs = other.Parameters.ToDictionary(spec => spec.Name, spec => spec.Type, StringComparer.Ordinal);
        var names = own.Parameters.Select(spec => spec.Name).ToArray();
        if (!start.Parameters.Is("all"))
        {
            foreach (var word in start.Parameters.Words.Where(word => !names.Any(name => ParameterGroup.Holds(word, name))))
            {
                Add("parameters", $"no parameter is meant by '{word}'.{DidYouMean.Of(word, names)} "
                    + $"The model has: {string.Join(", ", names)}.");
            }
        }
        var taken = StartingPoint.Taken(start, names).ToHashSet(StringComparer.Ordinal);
        var misfits = own.Parameters.Where(spec => taken.Contains(spec.Name) && theirs.GetValueOrDefault(spec.Name) != spec.Type).ToArray();
        if (misfits.Length == 0) { return; }
        var first = misfits[0];
        var there = theirs.TryGetValue(first.Name, out var type) ? $"is {type.Shape} there" : "is not there";
        var fit = own.Parameters.Where(spec => theirs.GetValueOrDefault(spec.Name) == spec.Type).Select(spec => spec.Name).ToArray();
        Add("parameters", $"{first.Name} is {first.Shape} here and {there}. "
            + (fit.Length > 0 ? $"Those that fit: [{string.Join(", ", fit)}]." : "No parameter of it fits this model."));
    }

    private void CheckOptimizer(ExperimentOptions options, Experiment parent, Model model)
    {
        var (own, there) = (StateOf(options.Train, model), StateOf(parent.Options.Train, model));
        if (!own.SequenceEqual(there))
        {
            Add("optimizer", $"the optimizer's state cannot be kept: {parent.Name} carries {Words(there.Except(own))}, which this training "
                + $"does not, and this training {Words(own.Except(there))}. Write optimizer: reset.");
            return;
        }
        var start = options.Train.Start!;                                       // not null, as above
        var kept = parent.Options.Checkpoints.OptimizerState switch
        {
            OptimizerStateKept.All => true,
            OptimizerStateKept.Final => start.Checkpoint == "final" || start.Checkpoint == $"step:{parent.Options.Train.Steps}",
            _ => false,
        };
        if (kept || own.Length == 0) { return; }
        Add("optimizer", $"{parent.Name} does not store the optimizer's state at {start.Checkpoint}. Write optimizer: reset, or "
            + $"checkpoints: {{ optimizer_state: all }} in {parent.Name}.");
    }

    private static ImmutableArray<string> StateOf(TrainOptions options, Model model) =>
        Optimizer.All.Find(options.Optimizer.Kind).Make(options.Optimizer.Options).StateOf(model.Parameters);

    private static string Words(IEnumerable<string> state)
    {
        var names = state.ToArray();
        return names.Length == 0 ? "nothing else" : $"{string.Join(", ", names.Take(3))}{(names.Length > 3 ? ", …" : "")}";
    }

    private void Add(string option, string problem) => problems.Add(
        ExperimentCheck.Place(map, "train", "start", option), $"{at}.train.start.{option}", problem);
}
