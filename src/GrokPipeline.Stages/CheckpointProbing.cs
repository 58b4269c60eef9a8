using System.Collections.Immutable;
using GrokPipeline.Probes;
using GrokPipeline.Stages.Configuration;
using GrokPipeline.Stages.Probing;
using GrokPipeline.Stages.Running;

namespace GrokPipeline.Stages;

/// <summary>Probing stored checkpoints outside a run.</summary>
public static class CheckpointProbing
{
    /// <summary>Runs probes on a checkpoint.</summary>
    /// <param name="tools">Engines and store.</param>
    /// <param name="experiment">The experiment's folder.</param>
    /// <param name="mark">A mark or <c>step:N</c>.</param>
    /// <param name="probes">
    /// Each a kind (<c>weight_norm</c>) or a kind with options, as in a pipeline file: <c>{ kind: linear, at: hidden.0 }</c>. None: those
    /// of the experiment.
    /// </param>
    /// <returns>What they find.</returns>
    /// <exception cref="GrokException">Nothing is stored there, files changed, or a probe is unknown or does not fit.</exception>
    public static ImmutableArray<ProbeFinding> Run(PipelineTools tools, string experiment, string mark, IReadOnlyCollection<string> probes)
    {
        var (directory, setting) = OpenedExperiment.Open(tools, experiment);
        var made = Chosen(probes, setting.Experiment).Select(choice => ProbeCatalogue.All.Find(choice.Kind).Make(choice.Options)).ToArray();
        var session = new ProbeSession(
            setting, directory.Steps, step => directory.ReadCheckpoint($"step:{step}").Tensors, made, 0);
        var at = directory.StepOf(mark);
        return [.. made.SelectMany(probe => session.Run(probe, at))];
    }

    private static IEnumerable<Choice<Probes.Probe>> Chosen(IReadOnlyCollection<string> probes, Experiment experiment)
    {
        if (probes.Count == 0) { return experiment.Options.Probe.Probes; }
        var problems = new ProblemList();
        var binder = new Binder(PipelineReader.Catalogues, problems);
        var chosen = probes.Select(text => binder.Choice<Probes.Probe>(YamlReader.Read("--probe", text), "")).ToArray();
        problems.ThrowIfAny();
        return chosen.OfType<Choice<Probes.Probe>>();
    }
}
