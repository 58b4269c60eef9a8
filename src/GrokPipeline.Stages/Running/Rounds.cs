using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace GrokPipeline.Stages.Running;

/// <summary>The order in which experiments run: those that start with another's checkpoint come after all that it may be.</summary>
internal static class Rounds
{
    /// <summary>Runs experiments, some at a time; of those that do not wait for each other, in the order given.</summary>
    /// <param name="workers">How many at a time, at least 1.</param>
    /// <param name="experiments">Experiments with their stages.</param>
    /// <param name="work">What is done with each; called from several threads at once.</param>
    public static void Run(
        int workers, IReadOnlyList<(Experiment Experiment, ImmutableArray<Stage> Stages)> experiments,
        Action<(Experiment Experiment, ImmutableArray<Stage> Stages)> work)
    {
        foreach (var round in experiments.GroupBy(pair => pair.Experiment.Ancestors().Count()).OrderBy(round => round.Key))
        {
            if (workers == 1)
            {
                foreach (var item in round) { work(item); }
                continue;
            }
            Parallel.ForEach(
                Partitioner.Create(round, EnumerablePartitionerOptions.NoBuffering),
                new ParallelOptions { MaxDegreeOfParallelism = workers }, work);
        }
    }
}
