namespace GrokPipeline.Training;

/// <summary>A training as a stream of records; no files, no clock. Serves one thread, one stream at a time.</summary>
public interface ITrainer : IDisposable
{
    /// <summary>Why the last stream ended.</summary>
    TrainingEnding Ending { get; }

    /// <summary>The last evaluated state in which all was finite; null before the first stream, and when it is not kept.</summary>
    TrainingState? LastHealthy { get; }

    /// <summary>Trains, one step for each record taken. From the beginning the first record is that of step 0.</summary>
    /// <param name="from">Where to go on; null to begin.</param>
    /// <param name="cancellation">Looked at between steps; the stream then ends, and <see cref="Ending"/> says so.</param>
    /// <exception cref="GrokException">The state is of another model or optimizer.</exception>
    IEnumerable<StepRecord> Run(TrainingState? from = null, CancellationToken cancellation = default);

    /// <summary>The state after the last record taken.</summary>
    TrainingState Snapshot();
}
