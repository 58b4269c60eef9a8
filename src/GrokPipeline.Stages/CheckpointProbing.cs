using System.Collections.Immutable;
using GrokPipeline.Probes;
using GrokPipeline.Stages.Probing;
using GrokPipeline.Stages.Running;

namespace GrokPipeline.Stages;

/// <summary>Probing stored checkpoints outside a run.</summary>
public static class CheckpointProbing
{
    /// <summary>Runs probes on one or more checkpoints of an experiment.</summary>
    /// <param name="tools">Engines and store.</param>
    /// <param name="experiment">The experiment's folder.</param>
    /// <param name="checkpoints">
    /// A mark, <c>step:N</c>, <c>marks</c> for all marked ones, <c>all</c>, or <c>spread:N</c> for N of all, evenly over the logarithm of
    /// the step.
    /// </param>
    /// <param name="probes">
    /// Each a kind (<c>weight_norm</c>) or a kind with options, as in a pipeline file: <c>{ kind: linear, at: hidden.0 }</c>. None: those
    /// of the experiment.
    /// </param>
    /// <returns>What they find, checkpoint by checkpoint, by step; the mark is empty where there is none.</returns>
    /// <exception cref="GrokException">Nothing is stored there, files changed, or a probe is unknown or does not fit.</exception>
    public static ImmutableArray<CheckpointFinding> Run(
        PipelineTools tools, string experiment, string checkpoints, IReadOnlyCollection<string> probes)
    {
        var (directory, setting) = OpenedExperiment.Open(tools, experiment);
        var made = probes.Count > 0 ? ProbeTexts.Make(probes) : [.. setting.Experiment.Options.Probe.Probes.Select(ProbeTexts.Make)];
        var session = new ProbeSession(
            setting, ProbedRows.Of(setting), directory.Steps, step => directory.ReadCheckpoint($"step:{step}").Tensors, made, 0);
        var marks = directory.Marks.ToLookup(mark => mark.Step, mark => mark.Mark);
        return [.. Steps(directory, checkpoints).SelectMany(step => Findings(session, made, step)
            .Select(finding => new CheckpointFinding(directory.Name, step, marks[step].FirstOrDefault() ?? "", finding)))];
    }

    // Of each checkpoint all that is found before the next one, so that its numbers can be let go.
    private static ProbeFinding[] Findings(ProbeSession session, Probes.Probe[] probes, long step)
    {
        var found = FindingNames.All(probes, probe => session.Run(probe, step));
        session.Forget(step);
        return found;
    }

    private static IEnumerable<long> Steps(RunDirectory directory, string checkpoints)
    {
        var isMark = directory.Marks.Any(mark => mark.Mark == checkpoints) || checkpoints.StartsWith("step:", StringComparison.Ordinal);
        return isMark || !CheckpointChoice.IsWord(checkpoints)
            ? [directory.StepOf(checkpoints)]
            : CheckpointChoice.Steps(checkpoints, MarksFile.Read(Path.Combine(directory.Path, RunLayout.Checkpoints))).Distinct().Order();
    }
}
