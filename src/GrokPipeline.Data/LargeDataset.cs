using System.Collections;
using System.Diagnostics.CodeAnalysis;
using GrokPipeline.Tables;

namespace GrokPipeline.Data;

/// <summary>
/// Writes a dataset of drawn rows with at least one split that is too large for memory. Such a split is made, counted and written piece by
/// piece; shifts may draw rows of their own, but not ask for those of the split.
/// </summary>
internal sealed class LargeDataset
{
    /// <summary>A split with more numbers is not held: 128 MiB of float32.</summary>
    private const long MostElements = 1L << 25;

    // No more fit a row: a split of so few rows is small, whatever the dataset.
    private const long FewRows = MostElements / TableSchema.MaximumWidth;

    private readonly DatasetSpec _spec;
    private readonly Dataset _dataset;
    private readonly IPiecewise _rows;
    private readonly CardMaker _cards;

    private LargeDataset(DatasetSpec spec, Dataset dataset, IPiecewise rows) =>
        (_spec, _dataset, _rows, _cards) = (spec, dataset, rows, new CardMaker(spec, dataset));

    /// <summary>The dataset when it has such a split; null otherwise, also when something is wrong with it.</summary>
    internal static LargeDataset? Of(DatasetSpec spec)
    {
        // Before anything is made: shares, and parts of a few rows.
        if (!spec.Split.Parts().Any(part => part.Part.Rows > FewRows) || spec.Problems().Any()) { return null; }
        var dataset = Datasets.Make(spec);
        return dataset is IPiecewise rows && spec.Split.Parts().Any(part => IsLarge(part.Part.Rows ?? 0, dataset))
            ? new(spec, dataset, rows) : null;
    }

    /// <summary>Writes splits, then shifts.</summary>
    /// <exception cref="GrokException">A shift asks for the rows of a split that is not held, or has none itself.</exception>
    internal DataCard Write(IDatasetSink sink)
    {
        var (before, shifts) = DatasetBuilder.Begin(_spec);
        var (held, cards) = (new HeldSplits(), new List<DistributionCard>());
        var (train, inputs) = (new DistributionCounts(_dataset.Facts, null), new List<UInt128>());
        foreach (var (name, rows) in _rows.Sources(_spec.Split, before.DatasetSeed))
        {
            var counts = name == "train" ? train : new DistributionCounts(_dataset.Facts, inputs);
            counts.Expect(rows.Rows);
            cards.Add(IsLarge(rows.Rows, _dataset)
                ? Pieces(sink, name, rows, counts, train)
                : Whole(sink, name, "split", _cards.SplitText(name), held[name] = Held(name, rows, before), counts, train));
            if (name == "train") { inputs = train.Inputs; }
        }
        foreach (var shift in shifts)
        {
            var table = shift.Apply(before with { Splits = held });
            var counts = new DistributionCounts(_dataset.Facts, inputs);
            cards.Add(Whole(sink, shift.Name, shift.Kind, shift.Description, table, counts, train));
        }
        return _cards.CardOf(cards);
    }

    private static bool IsLarge(int rows, Dataset dataset) => (long)rows * Math.Max(1, dataset.Facts.FeatureCount) > MostElements;

    private Table Held(string name, RowSource rows, ShiftInput before)
    {
        var table = rows.ToTable();
        if (name != "train") { return table; }
        var own = new HeldSplits { [name] = table };
        return ShiftSteps.Apply(_spec.TrainShift, table, before with { Splits = own }, "train_shift");
    }

    private DistributionCard Pieces(IDatasetSink sink, string name, RowSource rows, DistributionCounts counts, DistributionCounts train)
    {
        if (name == "train" && !_spec.TrainShift.IsEmpty)
        {
            throw new GrokException(
                $"Train has {rows.Rows} rows, too many to be held in memory, and train_shift works on them.",
                "Give train fewer rows, or leave train_shift out.", "train_shift");
        }
        var description = _cards.SplitText(name);
        var metadata = _cards.Metadata(name, description).ToDictionary(StringComparer.Ordinal);
        var hash = sink.Write(name, rows.Read(0, 1).Schema, Counted(rows, counts), metadata);
        return CardMaker.CardOf(name, "split", description, counts, train, hash);
    }

    private IEnumerable<Table> Counted(RowSource rows, DistributionCounts counts)
    {
        foreach (var piece in rows.Pieces(_dataset.Facts.FeatureCount))
        {
            counts.Add(piece);
            yield return piece;
        }
    }

    private DistributionCard Whole(
        IDatasetSink sink, string name, string kind, string description, Table table, DistributionCounts counts, DistributionCounts train)
    {
        counts.Add(table);
        var card = CardMaker.CardOf(name, kind, description, counts, train, ContentHash.Of(table));
        sink.Write(name, _cards.WithMetadata(table, card));
        return card;
    }

    /// <summary>The splits that are in memory; asking for another one is a user's mistake, and told as one.</summary>
    private sealed class HeldSplits : IReadOnlyDictionary<string, Table>
    {
        private readonly Dictionary<string, Table> _held = new(StringComparer.Ordinal);

        public IEnumerable<string> Keys => _held.Keys;

        public IEnumerable<Table> Values => _held.Values;

        public int Count => _held.Count;

        public Table this[string key]
        {
            get => _held.TryGetValue(key, out var table) ? table : throw new GrokException(
                $"The rows of {key} are too many to be held in memory, and this shift asks for them.",
                $"Let the shift work on a smaller split, or give {key} fewer rows.");
            set => _held[key] = value;
        }

        public bool ContainsKey(string key) => _held.ContainsKey(key);

        public bool TryGetValue(string key, [MaybeNullWhen(false)] out Table value) => _held.TryGetValue(key, out value);

        public IEnumerator<KeyValuePair<string, Table>> GetEnumerator() => _held.GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
