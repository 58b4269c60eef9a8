using System.Collections.Immutable;
using GrokPipeline.Data;
using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Tables;
using GrokPipeline.Training.Losses;
using GrokPipeline.Training.Models;

namespace GrokPipeline.Probes;

/// <summary>What a probe may look at.</summary>
public sealed record ProbeContext
{
    /// <summary>The checkpoint to look into.</summary>
    public required ProbedCheckpoint Checkpoint { get; init; }

    /// <summary>All stored checkpoints of the run, by step: the first is the untrained model. At least one.</summary>
    public required ImmutableArray<ProbedCheckpoint> Trajectory { get; init; }

    /// <summary>What the dataset's columns mean.</summary>
    public required DatasetFacts Facts { get; init; }

    /// <summary>Rows that activations are taken of: all splits one after the other.</summary>
    public required Table Rows { get; init; }

    /// <summary>Which of <see cref="Rows"/> belong to which split, in their order.</summary>
    public ImmutableArray<RowRange> Splits { get; init; } = [];

    /// <summary>The model, to build graphs of it; null where only an ONNX file is at hand.</summary>
    public Model? Model { get; init; }

    /// <summary>What training made small.</summary>
    public Loss Loss { get; init; } = new CrossEntropy();

    /// <summary>Compiles a graph on the engine that trained the model; null where there is none. The caller disposes the session.</summary>
    public Func<Graph, ISession>? Compile { get; init; }

    /// <summary>Randomness of splits, shuffles and controls.</summary>
    public required Seed Seed { get; init; }

    /// <summary>The untrained model, for controls and as the origin of distances.</summary>
    public ProbedCheckpoint Initial => Trajectory[0];

    /// <summary>False when there is but one checkpoint, as with an ONNX file: <see cref="Initial"/> is then no untrained model.</summary>
    public bool HasInitial => Trajectory.Length > 1;

    /// <summary>The last checkpoint of the run.</summary>
    public ProbedCheckpoint Final => Trajectory[^1];

    /// <summary>The rows of a split; all rows when <paramref name="name"/> is <c>all</c>.</summary>
    /// <exception cref="GrokException">There is no such split.</exception>
    public RowRange Split(string name)
    {
        if (name == "all") { return new("all", 0, Rows.Rows); }
        var names = Splits.Select(split => split.Name).ToArray();
        return Splits.FirstOrDefault(split => split.Name == name) ?? throw new GrokException(
            $"There is no split '{name}' to probe on.{Spelling.Suggestion(name, names)}", $"Use one of: {string.Join(", ", [.. names, "all"])}.");
    }
}

/// <summary>Some rows in a row.</summary>
/// <param name="Name">The split that they are.</param>
/// <param name="First">Index of the first one.</param>
/// <param name="Count">How many.</param>
public sealed record RowRange(string Name, int First, int Count);
