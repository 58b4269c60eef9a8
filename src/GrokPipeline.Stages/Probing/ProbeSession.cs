using System.Collections.Immutable;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Probes;
using GrokPipeline.Stages.Running;
using GrokPipeline.Training.Losses;

namespace GrokPipeline.Stages.Probing;

/// <summary>Runs probes on the checkpoints of one experiment.</summary>
internal sealed class ProbeSession
{
    private readonly ImmutableArray<RunCheckpoint> _trajectory;
    private readonly ProbeContext _context;
    private readonly Seed _seed;

    /// <summary>Probes on the splits of an experiment's dataset. One thread at a time; each thread takes a session of its own.</summary>
    /// <param name="setting">The experiment.</param>
    /// <param name="rows">The splits.</param>
    /// <param name="steps">Steps of all stored checkpoints, ascending.</param>
    /// <param name="read">Reads a checkpoint's parameters.</param>
    /// <param name="probes">The probes that will be run.</param>
    /// <param name="threads">Threads of engines; 0 for one per processor.</param>
    public ProbeSession(
        ExperimentSetting setting, ProbedRows rows, IEnumerable<long> steps, Func<long, IReadOnlyDictionary<string, Tensor>> read,
        IReadOnlyCollection<Probes.Probe> probes, int threads)
    {
        var all = setting.Experiment.Options;
        string[] known = [.. RunCheckpoint.ShapesOf(setting).Select(shape => shape.Name)];
        string[] wanted = [.. probes.SelectMany(probe => probe.ActivationsAmong(known)).Distinct(StringComparer.Ordinal)];
        _trajectory = [.. steps.Select(step => new RunCheckpoint(setting, rows.Table, step, () => read(step), threads) { Wanted = wanted })];
        _seed = new Seed(all.Probe.Seed);
        _context = new ProbeContext
        {
            Checkpoint = _trajectory[0],
            Trajectory = [.. _trajectory],
            Facts = setting.Facts,
            Rows = rows.Table,
            Splits = rows.Splits,
            Model = setting.Model,
            Loss = Loss.All.Find(all.Train.Loss.Kind).Make(all.Train.Loss.Options),
            Compile = graph => setting.Tools.Engine(all.Train.Engine).Compile(graph, new CompileOptions { Threads = threads }),
            Seed = _seed,
        };
    }

    /// <summary>What a probe finds in the checkpoint of a step.</summary>
    public IEnumerable<ProbeFinding> Run(Probes.Probe probe, long step)
    {
        probe.Check(_context.Facts);
        return probe.Run(_context with
        {
            Checkpoint = _trajectory.First(checkpoint => checkpoint.Step == step),
            Seed = _seed.Derive($"probe/{probe.Kind}"),
        });
    }

    /// <summary>
    /// Lets go of the numbers of a step and of those before it, which it may have been compared with; the first and the last checkpoint,
    /// which all others are compared with, stay.
    /// </summary>
    public void Forget(long step)
    {
        foreach (var checkpoint in _trajectory.SkipLast(1).Skip(1).Where(checkpoint => checkpoint.Step <= step)) { checkpoint.Forget(); }
    }
}
