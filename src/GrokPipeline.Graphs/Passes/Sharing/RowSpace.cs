using GrokPipeline.Graphs.Ops;

namespace GrokPipeline.Graphs.Passes.Sharing;

/// <summary>The rows of a batch: how many numbers a key stands for, and where a row finds those that it shares.</summary>
internal sealed class RowSpace(Value input, IReadOnlyList<IndexColumn> columns)
{
    // Sharing costs a gather and, backwards, a scatter: it has to leave out a good part of the rows.
    private const double LargestShare = 0.75;

    private readonly Dictionary<(RowKey From, RowKey To, int Offset), Entries> _entries = [];
    private readonly Dictionary<string, Value> _indices = new(StringComparer.Ordinal);

    /// <summary>The index input, [rows, columns].</summary>
    public Value Input => input;

    /// <summary>How many rows.</summary>
    public int Rows => input.Shape[0];

    /// <summary>What the numbers of one column depend on.</summary>
    public RowKey KeyOf(int column) => columns[column].Known is not null ? RowKey.Nothing
        : columns[column].Bound <= Rows * LargestShare ? RowKey.Of(column) : RowKey.Whole;

    /// <summary>The indices of a column for each row that its key stands for.</summary>
    public Value IndicesOf(int column)
    {
        if (columns[column].Known is { } known) { return Value.Constant(Tensor.Of([1], [known])); }
        return KeyOf(column) == RowKey.Whole ? Column(column) : Constant(Enumerable.Range(0, columns[column].Bound));
    }

    /// <summary>Rows of numbers that a key stands for.</summary>
    public int SizeOf(RowKey key) => key == RowKey.Nothing ? 1 : key == RowKey.Whole ? Rows : columns[key.Column].Bound;

    /// <summary>
    /// Indices of the rows that a wider key needs, one list after the other. An entry takes rows of <c>From</c>, which begin at
    /// <c>Offset</c>, to rows of <c>To</c>.
    /// </summary>
    public Value Index(IEnumerable<(RowKey From, RowKey To, int Offset)> entries) => Joined("flat", 0, entries, entry => [SizeOf(entry.To)]);

    /// <summary>The same as a table [rows of <paramref name="to"/>, entries].</summary>
    public Value IndexTable(RowKey to, IEnumerable<(RowKey From, int Offset)> entries) =>
        Joined("table", 1, entries.Select(entry => (entry.From, to, entry.Offset)), _ => [SizeOf(to), 1]);

    private Value Joined(
        string form, int axis, IEnumerable<(RowKey From, RowKey To, int Offset)> entries, Func<(RowKey From, RowKey To, int Offset), TensorShape> shape)
    {
        var list = entries.ToArray();
        var key = form + string.Join(';', list);
        if (_indices.TryGetValue(key, out var known)) { return known; }
        var pieces = list.Select(entry => Find(entry)).ToArray();
        Value index;
        if (pieces.All(piece => piece.Known is not null) && axis == 0) { index = Constant(pieces.SelectMany(piece => piece.Known!)); }
        else
        {
            index = Value.Concat(axis, [.. pieces.Zip(list, (piece, entry) => piece.AsValue().Reshape(shape(entry)))]);
        }
        return _indices[key] = index;
    }

    private Entries Find((RowKey From, RowKey To, int Offset) entry)
    {
        if (_entries.TryGetValue(entry, out var known)) { return known; }
        var (from, to, offset) = entry;
        var made = from == to ? new Entries([.. Enumerable.Range(offset, SizeOf(to))], null)
            : from == RowKey.Nothing ? new Entries([.. Enumerable.Repeat(offset, SizeOf(to))], null)
            : to == RowKey.Whole ? new Entries(null, Shifted(Column(from.Column), offset))
            : throw new InvalidOperationException($"Rows of column {from.Column} are not found from column {to.Column}.");
        return _entries[entry] = made;
    }

    private Value Column(int column) => input.Slice(1, column, 1).Reshape([Rows]);

    // Integers below 2²⁴ are exact in float32.
    private static Value Shifted(Value indices, int offset) =>
        offset == 0 ? indices : (indices.Cast(ElementType.Float32) + offset).Cast(ElementType.Int64);

    private static Value Constant(IEnumerable<int> numbers)
    {
        long[] wide = [.. numbers.Select(number => (long)number)];
        return Value.Constant(Tensor.Of<long>([wide.Length], wide));
    }

    private sealed record Entries(int[]? Known, Value? Computed)
    {
        public Value AsValue() => Computed ?? Constant(Known!);                      // one of the two is there
    }
}
