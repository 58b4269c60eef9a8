using System.Collections.Immutable;

namespace GrokPipeline.Onnx.Writing;

/// <summary>
/// The same model built at two batch sizes, value beside value. What differs between the two depends on the batch size; nothing else
/// has to know about unknown extents.
/// </summary>
internal sealed class GraphPair
{
    private readonly Dictionary<Value, Value> _twins = [];
    private (int Small, int Large) _batch;

    private GraphPair(Graph small, Graph? large)
    {
        Small = small;
        Large = large;
    }

    /// <summary>The graph that is written.</summary>
    public Graph Small { get; }

    /// <summary>The same at another batch size; null when all extents are fixed.</summary>
    public Graph? Large { get; }

    /// <summary>The input whose extent is the batch size, and the axis; null when there is none.</summary>
    public (Value Input, int Axis)? Batch { get; private set; }

    /// <summary>Pairs the two graphs up.</summary>
    /// <exception cref="GrokException">They differ in more than extents.</exception>
    public static GraphPair Of(Graph small, Graph? large)
    {
        var pair = new GraphPair(small, large);
        if (large is null) { return pair; }
        pair.Match();
        pair.FindBatch();
        return pair;
    }

    /// <summary>The value at the other batch size; itself when there is one batch size.</summary>
    public Value Twin(Value value) => Large is null ? value : _twins[value];

    /// <summary>The extents of a value; null for one that is neither fixed nor a multiple of the batch size.</summary>
    public ImmutableArray<Extent?> Shape(Value value) => Extents(
        [.. value.Shape.Extents.Select(extent => (long)extent)], [.. Twin(value).Shape.Extents.Select(extent => (long)extent)]);

    /// <summary>Extents from the two batch sizes' numbers, which are equally many.</summary>
    public ImmutableArray<Extent?> Extents(ImmutableArray<long> small, ImmutableArray<long> large) =>
        [.. small.Zip(large, (a, b) => Of((int)a, (int)b))];

    private Extent? Of(int small, int large)
    {
        if (small == large) { return new Extent(small, OfBatch: false); }
        var times = small / _batch.Small;
        return times > 0 && (long)times * _batch.Small == small && (long)times * _batch.Large == large
            ? new Extent(times, OfBatch: true)
            : null;
    }

    private void Match()
    {
        if (!Small.Inputs.Select(i => i.Name).SequenceEqual(Large!.Inputs.Select(i => i.Name), StringComparer.Ordinal)
            || !Small.Outputs.Select(o => o.Name).SequenceEqual(Large.Outputs.Select(o => o.Name), StringComparer.Ordinal))
        {
            throw Differs("the inputs or outputs have other names", Small.Name);
        }
        foreach (var (a, b) in Small.Inputs.Zip(Large.Inputs)) { Pair(a, b); }
        if (Small.Values.Length != Large.Values.Length) { throw Differs("the number of operators depends on it", Small.Name); }
        foreach (var (a, b) in Small.Values.Zip(Large.Values)) { Pair(a, b); }
        foreach (var (a, b) in Small.Outputs.Zip(Large.Outputs))
        {
            if (_twins[a.Value] != b.Value) { throw Differs("an output is another value", a.Name); }
        }
    }

    private void Pair(Value a, Value b)
    {
        var same = a.Name == b.Name && a.Op?.GetType() == b.Op?.GetType() && a.Type.Element == b.Type.Element
            && a.Shape.Rank == b.Shape.Rank && a.Inputs.Length == b.Inputs.Length
            && a.Inputs.Zip(b.Inputs).All(inputs => _twins.GetValueOrDefault(inputs.First) == inputs.Second)
            && (_twins.GetValueOrDefault(a) ?? b) == b;
        if (!same) { throw Differs($"{a} is {b} there", a.Name); }
        _twins[a] = b;
    }

    // The batch size is the extent in which an input differs; there is one, on whichever axis.
    private void FindBatch()
    {
        foreach (var input in Small.Inputs)
        {
            for (var axis = 0; axis < input.Shape.Rank; axis++)
            {
                var extents = (Small: input.Shape[axis], Large: Twin(input).Shape[axis]);
                if (extents.Small == extents.Large) { continue; }
                if (Batch is null) { (Batch, _batch) = ((input, axis), extents); }
                if (extents != _batch)
                {
                    throw Differs($"axis {axis} is {extents.Small} and {extents.Large}, not {_batch.Small} and {_batch.Large}", input.Name);
                }
            }
        }
    }

    private static GrokException Differs(string how, string? where) => new(
        $"The graph is not the same at two batch sizes: {how}.",
        "Build both from one model, at batch sizes of 2 or more that no other extent has.", where);
}
