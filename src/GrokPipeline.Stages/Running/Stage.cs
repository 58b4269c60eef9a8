using System.Collections.Immutable;
using System.Text.Json.Nodes;
using GrokPipeline.Stages.Files;

namespace GrokPipeline.Stages.Running;

/// <summary>One step of a pipeline: reads files of other stages, owns one or more folders, and knows what its result depends on.</summary>
internal abstract class Stage
{
    /// <summary>What kind of stage: <c>data</c>, <c>train</c>, <c>export</c>, ….</summary>
    public abstract string Kind { get; }

    /// <summary>Rises whenever the stage's code can give other bytes for the same options and inputs.</summary>
    public abstract int Revision { get; }

    /// <summary>What its work folder is called, before the key.</summary>
    public virtual string WorkName => Kind;

    /// <summary>Its name on the command line: <c>data/x</c> or <c>x/train</c>.</summary>
    public abstract string Target { get; }

    /// <summary>The experiment it belongs to; null for a dataset.</summary>
    public abstract string? Experiment { get; }

    /// <summary>The folder that holds its folders and <c>.work</c>.</summary>
    public abstract string Root { get; }

    /// <summary>The names of its folders below <see cref="Root"/>.</summary>
    public abstract ImmutableArray<string> Outputs { get; }

    /// <summary>What it depends on besides its inputs, resolved.</summary>
    public abstract JsonObject Options { get; }

    /// <summary>Name and version of the engine it needs; empty for none. May say why an engine is absent.</summary>
    public virtual string Engine => "";

    /// <summary>What it reads.</summary>
    public abstract ImmutableArray<StageInput> Inputs { get; }

    /// <summary>Bytes that it writes, roughly.</summary>
    public virtual long ExpectedBytes => 1 << 20;

    /// <summary>The place of one of its folders.</summary>
    public string Place(string output) => Path.Combine(Root, output);

    /// <summary>Does the work: fills the folders named by <see cref="Outputs"/> below the context's work folder.</summary>
    public abstract StageResult Run(StageContext context);
}

/// <summary>Files of another stage that a stage reads.</summary>
/// <param name="Producer">The other stage.</param>
/// <param name="Output">Which of its folders.</param>
/// <param name="Reads">Which files in it, by relative path.</param>
internal sealed record StageInput(Stage Producer, string Output, Func<string, bool> Reads);

/// <summary>What a stage says when it is done.</summary>
/// <param name="Summary">A few words for people.</param>
/// <param name="Facts">A few results for the record.</param>
internal sealed record StageResult(string Summary, JsonObject Facts);

/// <summary>What a stage works with.</summary>
internal sealed class StageContext
{
    /// <summary>Folders and files.</summary>
    public required Workspace Workspace { get; init; }

    /// <summary>Engines, store, clock.</summary>
    public required PipelineTools Tools { get; init; }

    /// <summary>The work folder.</summary>
    public required StageFolder Work { get; init; }

    /// <summary>The record that will be written, with key and inputs.</summary>
    public required StageRecord Record { get; init; }

    /// <summary>Threads to compute with; 0 for one per processor.</summary>
    public required int Threads { get; init; }

    /// <summary>Tells how far it is.</summary>
    public required Action<RunEvent> Tell { get; init; }

    /// <summary>Asked to stop at the next safe point.</summary>
    public required CancellationToken Stop { get; init; }

    /// <summary>Changes files.</summary>
    public DurableFile Files => Workspace.Files;

    /// <summary>Ends the stage when it was asked to stop.</summary>
    /// <exception cref="GrokException">Of kind <see cref="ProblemKind.Stopped"/>.</exception>
    public void ThrowIfStopped()
    {
        if (Stop.IsCancellationRequested) { throw Stopped(); }
    }

    /// <summary>The error of a stage that was asked to stop.</summary>
    public static GrokException Stopped() => new("stopped on request.", "The same command goes on from here.", kind: ProblemKind.Stopped);
}
