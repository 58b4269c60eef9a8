using System.Collections.Immutable;
using GrokPipeline.Stages.Files;
using GrokPipeline.Stages.Running;

namespace GrokPipeline.Stages;

/// <summary>How a stage stands.</summary>
public enum StageStanding
{
    /// <summary>Its result is what it would make now.</summary>
    UpToDate,

    /// <summary>It must run.</summary>
    OutOfDate,

    /// <summary>Its result was changed by something else.</summary>
    Damaged,
}

/// <summary>One line of <c>status</c>.</summary>
/// <param name="Target">The stage.</param>
/// <param name="Standing">How it stands.</param>
/// <param name="Reason">Why it must run, or what is damaged; empty when it is up to date.</param>
public sealed record StageStatus(string Target, StageStanding Standing, string Reason);

/// <summary>How a pipeline stands, without running anything.</summary>
public sealed record PipelineStatus
{
    /// <summary>All stages in order.</summary>
    public required ImmutableArray<StageStatus> Stages { get; init; }

    /// <summary>Who works where: an experiment's name and the process.</summary>
    public required ImmutableArray<(string Experiment, string Holder)> Running { get; init; }

    /// <summary>Looks at a pipeline.</summary>
    /// <param name="file">The pipeline.</param>
    /// <param name="tools">Engines and store; their versions are part of what is up to date.</param>
    /// <param name="targets">As for a run; empty for all.</param>
    public static PipelineStatus Of(PipelineFile file, PipelineTools tools, IReadOnlyCollection<string> targets)
    {
        var workspace = new Workspace(file.Workspace, new DurableFile());
        var graph = new StageGraph(file, workspace, tools);
        var states = new StageStates(workspace);
        var stages = StageGraph.WithInputs(graph.Named(targets)).Select(stage =>
        {
            var state = states.Of(stage);
            var standing = state.IsUpToDate
                ? StageStanding.UpToDate
                : state.Damage is null ? StageStanding.OutOfDate : StageStanding.Damaged;
            return new StageStatus(stage.Target, standing, state.Damage is { } damage ? $"{damage.Where}: {damage.Problem}" : state.Reason);
        });
        var running = file.Experiments.Select(
            experiment => (experiment.Name, Holder: FolderLock.Holder(workspace.ExperimentLock(experiment.Name))))
            .Where(pair => pair.Holder is not null).Select(pair => (pair.Name, pair.Holder!));
        return new PipelineStatus { Stages = [.. stages], Running = [.. running] };
    }
}
