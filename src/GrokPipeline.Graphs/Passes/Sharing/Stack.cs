using System.Collections.Immutable;
using GrokPipeline.Graphs.Ops;

namespace GrokPipeline.Graphs.Passes.Sharing;

/// <summary>
/// A value [rows, .., positions, ..] of which each position holds only the rows of numbers that differ: those that its key stands for.
/// In memory the positions' rows lie one after the other, [sum of rows, the other axes..].
/// </summary>
internal sealed class Stack
{
    private readonly RowSpace _space;
    private Value? _rows;
    private ImmutableArray<Value> _parts;

    private Stack(RowSpace space, TensorShape shape, int axis, ImmutableArray<int> positions, ImmutableArray<RowKey> keys) =>
        (_space, Shape, Axis, Positions, Keys) = (space, shape, axis, positions, keys);

    /// <summary>The shape of the plain value.</summary>
    public TensorShape Shape { get; }

    /// <summary>The axis of positions; −1 when there is none.</summary>
    public int Axis { get; }

    /// <summary>Which positions it holds, ascending; the one number 0 when there is no such axis.</summary>
    public ImmutableArray<int> Positions { get; }

    /// <summary>What each of them depends on.</summary>
    public ImmutableArray<RowKey> Keys { get; }

    /// <summary>Positions of the plain value.</summary>
    public int Extent => Axis < 0 ? 1 : Shape[Axis];

    /// <summary>The axes of a row of numbers.</summary>
    public TensorShape Inner => Axis < 0 ? Shape.Without(0) : Shape.Without(Axis).Without(0);

    /// <summary>True when positions are kept as values of their own.</summary>
    public bool HasParts => !_parts.IsDefault && _rows is null;

    /// <summary>All rows of numbers, one position after the other.</summary>
    public Value Rows => _rows ??= Value.Concat(0, _parts.AsSpan());

    /// <summary>A stack of these rows.</summary>
    public static Stack Of(
        RowSpace space, TensorShape shape, int axis, ImmutableArray<int> positions, ImmutableArray<RowKey> keys, Value rows) =>
        new(space, shape, axis, positions, keys) { _rows = rows };

    /// <summary>A stack of positions.</summary>
    public static Stack OfParts(
        RowSpace space, TensorShape shape, int axis, ImmutableArray<int> positions, ImmutableArray<RowKey> keys, ImmutableArray<Value> parts) =>
        parts.Length == 1 ? Of(space, shape, axis, positions, keys, parts[0]) : new(space, shape, axis, positions, keys) { _parts = parts };

    /// <summary>A plain value of which nothing is shared.</summary>
    public static Stack OfPlain(RowSpace space, Value plain) => Of(space, plain.Shape, -1, [0], [RowKey.Whole], plain);

    /// <summary>The logical axis as an axis of <see cref="Rows"/>; only for axes of a row of numbers.</summary>
    public int InnerAxis(int axis) => Axis >= 0 && axis > Axis ? axis - 1 : axis;

    /// <summary>The rows of the position at an index of <see cref="Positions"/>.</summary>
    public Value Part(int index) => !_parts.IsDefault ? _parts[index] : Rows.Slice(0, Offset(index), _space.SizeOf(Keys[index]));

    /// <summary>Where its rows begin.</summary>
    public int Offset(int index) => Keys.Take(index).Sum(_space.SizeOf);

    /// <summary>The same, where position 0 is what was called <paramref name="start"/>.</summary>
    public Stack Renumbered(TensorShape shape, int start) =>
        new(_space, shape, Axis, [.. Positions.Select(position => position - start)], Keys) { _rows = _rows, _parts = _parts };

    /// <summary>Something done to each row of numbers.</summary>
    public Stack Map(TensorShape shape, int axis, Func<Value, Value> rowwise) =>
        Of(_space, shape, axis, Positions, Keys, rowwise(Rows));

    /// <summary>Some of its positions.</summary>
    public Stack Take(ImmutableArray<int> positions)
    {
        if (positions.SequenceEqual(Positions)) { return this; }
        int[] indices = [.. positions.Select(position => Positions.IndexOf(position))];
        ImmutableArray<RowKey> keys = [.. indices.Select(index => Keys[index])];
        if (!HasParts && indices[^1] - indices[0] == indices.Length - 1)
        {
            return Of(_space, Shape, Axis, positions, keys, Rows.Slice(0, Offset(indices[0]), keys.Sum(_space.SizeOf)));
        }
        return OfParts(_space, Shape, Axis, positions, keys, [.. indices.Select(Part)]);
    }

    /// <summary>The same numbers for wider keys: rows that were shared are repeated.</summary>
    public Stack Widen(ImmutableArray<RowKey> keys)
    {
        if (keys.SequenceEqual(Keys)) { return this; }
        if (HasParts)
        {
            return OfParts(_space, Shape, Axis, Positions, keys, [.. Enumerable.Range(0, keys.Length).Select(i => keys[i] == Keys[i]
                ? _parts[i] : _parts[i].Gather(_space.Index([(Keys[i], keys[i], 0)])))]);
        }
        var index = _space.Index(Enumerable.Range(0, keys.Length).Select(i => (Keys[i], keys[i], Offset(i))));
        return Of(_space, Shape, Axis, Positions, keys, Rows.Gather(index));
    }

    /// <summary>The plain value. All positions must be held.</summary>
    public Value Plain()
    {
        var wide = Widen([.. Keys.Select(_ => RowKey.Whole)]);
        if (Axis < 0) { return wide.Rows.Reshape(Shape); }
        TensorShape one = [_space.Rows, 1, .. Inner.Extents];
        var joined = Value.Concat(1, [.. Enumerable.Range(0, Keys.Length).Select(i => wide.Part(i).Reshape(one))]);
        var order = Enumerable.Range(0, Shape.Rank).Where(axis => axis != 1).ToList();
        order.Insert(Axis, 1);
        return joined.Transpose([.. order]);
    }
}
