using System.Collections.Concurrent;
using GrokPipeline.Data;
using GrokPipeline.Tables;
using GrokPipeline.Training;

namespace GrokPipeline.Stages.Sweeps;

/// <summary>
/// The tables that members train on: made once for all members with the same data, encoded once for those that read it alike, and let go
/// after the last of them. Nothing is written, since a table is a function of its options.
/// </summary>
internal sealed class SharedData
{
    // Memory that was short once need not be short for the next member; the other mode would remember the failure.
    private const LazyThreadSafetyMode Retried = LazyThreadSafetyMode.PublicationOnly;

    private readonly ConcurrentDictionary<string, Share> _shares = new(StringComparer.Ordinal);

    /// <summary>Prepares for some members; each takes its data once.</summary>
    public SharedData(IEnumerable<DatasetSpec> expected)
    {
        foreach (var spec in expected) { _shares.GetOrAdd(Key(spec), _ => new Share(spec)).Waiting++; }
    }

    /// <summary>The data of a member; dispose of it at its end.</summary>
    /// <exception cref="GrokException">The options leave a split without rows.</exception>
    public Lease Take(DatasetSpec spec)
    {
        var key = Key(spec);
        return new Lease(this, key, _shares.GetOrAdd(key, _ => new Share(spec) { Waiting = 1 }));
    }

    private static string Key(DatasetSpec spec) => CanonicalText.Of(new DatasetEntry("", spec).ToJson());

    private void Return(string key, Share share)
    {
        if (Interlocked.Decrement(ref share.Waiting) <= 0) { _shares.TryRemove(key, out _); }
    }

    /// <summary>Data that one member uses.</summary>
    internal readonly struct Lease(SharedData owner, string key, Share share) : IDisposable
    {
        /// <summary>What the columns are.</summary>
        public DatasetFacts Facts => share.Facts.Value;

        /// <summary>The rows of a split.</summary>
        public Table Rows(string split) => share.Splits.Value[split];

        /// <summary>The rows of a plan over this data, encoded.</summary>
        public EncodedRows Encoded(TrainingPlan plan)
        {
            if (plan.Train.Rows != Rows("train").Rows) { return EncodedRows.Of(plan); }       // a choice of rows is the member's own
            var form = $"{plan.Model.InputName}/{plan.ScoreRows}/{string.Join('/', plan.Scored.Select(split => split.Key))}";
            return share.Encoded.GetOrAdd(form, _ => new Lazy<EncodedRows>(() => EncodedRows.Of(plan), Retried)).Value;
        }

        /// <inheritdoc/>
        public void Dispose() => owner.Return(key, share);
    }

    /// <summary>Data that members share.</summary>
    internal sealed class Share(DatasetSpec spec)
    {
        /// <summary>How many members have not returned it.</summary>
        public int Waiting;

        /// <summary>What the columns are.</summary>
        public Lazy<DatasetFacts> Facts { get; } = new(() => Datasets.Make(spec).Facts, Retried);

        /// <summary>Rows by split.</summary>
        public Lazy<OrderedDictionary<string, Table>> Splits { get; } = new(() => DatasetBuilder.Splits(spec), Retried);

        /// <summary>Rows by the form that models take.</summary>
        public ConcurrentDictionary<string, Lazy<EncodedRows>> Encoded { get; } = new(StringComparer.Ordinal);
    }
}
