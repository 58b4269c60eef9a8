using System.Collections.Immutable;
using GrokPipeline.Stages.Options;
using GrokPipeline.Training;
using GrokPipeline.Training.Models;
using GrokPipeline.Training.Optimizers;

namespace GrokPipeline.Stages.Trainings;

/// <summary>The checkpoint that a training starts with, in the folder of another training.</summary>
/// <param name="options">Which one, and what is taken of it.</param>
/// <param name="folder">The other training's checkpoints.</param>
/// <param name="display">What messages call a path.</param>
internal sealed class StartingPoint(StartOptions options, string folder, Func<string, string> display)
{
    // Asked for each file of the other training; this is made anew for each look at it.
    private readonly Lazy<long?> _step = new(() => StepOf(options, folder));

    /// <summary>True for a file of the other training that is read.</summary>
    public bool Reads(string path) => _step.Value is { } step
        && (path == $"{RunLayout.StepName(step)}/{RunLayout.Parameters}"
            || (options.Optimizer == StartOptimizer.Keep && path == $"{RunLayout.StepName(step)}/{CheckpointFolder.OptimizerName}"));

    /// <summary>What is taken of the checkpoint.</summary>
    /// <param name="model">What is trained from there.</param>
    /// <exception cref="GrokException">There is no such checkpoint, or it lacks what is asked for.</exception>
    public TrainingState Read(Model model)
    {
        var marks = MarksFile.Read(folder);
        var step = marks.StepOf(options.Checkpoint) ?? throw new GrokException(
            $"{options.From} has no checkpoint {options.Checkpoint}: "
            + $"{marks.Marks.FirstOrDefault(mark => mark.Name == options.Checkpoint).Missing ?? "there is no such mark"}.",
            $"Start with another of its checkpoints: {string.Join(", ", marks.Found.Select(mark => mark.Name))}, or step:N.",
            "train.start");
        var place = Path.Combine(folder, RunLayout.StepName(step));
        var stored = StoredCheckpoint.Read(place, display).Tensors;
        var taken = Taken(options, model.Parameters.Select(spec => spec.Name)).ToImmutableSortedDictionary(
            name => name, name => stored.GetValueOrDefault(name) ?? throw Lacks(name), StringComparer.Ordinal);
        return new TrainingState(step, taken, options.Optimizer == StartOptimizer.Keep ? OptimizerState(place, step) : Empty);
    }

    /// <summary>The parameters that are taken, of those that a model has.</summary>
    public static IEnumerable<string> Taken(StartOptions options, IEnumerable<string> parameters) => parameters.Where(
        name => options.Parameters.Is("all") || options.Parameters.Words.Any(word => ParameterGroup.Holds(word, name)));

    // Null when the mark never happened or nothing was stored at the step; Read says why.
    private static long? StepOf(StartOptions options, string folder)
    {
        try { return MarksFile.Read(folder).StepOf(options.Checkpoint); }
        catch (GrokException error) when (error.Kind != ProblemKind.Integrity) { return null; }
    }

    private static ImmutableSortedDictionary<string, Tensor> Empty =>
        ImmutableSortedDictionary<string, Tensor>.Empty.WithComparers(StringComparer.Ordinal);

    private ImmutableSortedDictionary<string, Tensor> OptimizerState(string place, long step)
    {
        var path = Path.Combine(place, CheckpointFolder.OptimizerName);
        if (!File.Exists(path))
        {
            throw new GrokException(
                $"{options.From} stored no optimizer state at step {step}.",
                $"Write optimizer: reset under train.start, or checkpoints: {{ optimizer_state: all }} in {options.From}.", "train.start");
        }
        using var file = File.OpenRead(path);
        return Empty.AddRange(Safetensors.Read(file, display(path)).Tensors);
    }

    private GrokException Lacks(string name) => new(
        $"{options.From} has no parameter '{name}'.", "Name the parameters to take under train.start.parameters.", "train.start");
}
