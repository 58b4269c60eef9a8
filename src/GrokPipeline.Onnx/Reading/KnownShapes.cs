using System.Collections.Immutable;
using GrokPipeline.Onnx.Proto;

namespace GrokPipeline.Onnx.Reading;

/// <summary>
/// Shapes that a file computes from its inputs' shapes (<c>Shape</c>, then <c>Mul</c> and <c>Concat</c>), because the batch is in them.
/// At a known batch size they are numbers.
/// </summary>
internal sealed class KnownShapes
{
    private readonly Func<string, Value?> _value;
    private readonly Func<string, string, ImmutableArray<long>?> _list;
    private readonly Dictionary<string, ImmutableArray<long>> _known = new(StringComparer.Ordinal);

    public KnownShapes(Func<string, Value?> value, Func<string, string, ImmutableArray<long>?> list)
    {
        _value = value;
        _list = list;
    }

    public bool Contains(string name) => _known.ContainsKey(name);

    public object? Find(string name) => _known.TryGetValue(name, out var numbers) ? numbers : null;

    /// <summary>True when the node belongs to the computation of a shape; its result is then known.</summary>
    public bool TryFold(NodeProto node, string place)
    {
        if (node.OpType == "Shape" && node.Input.Count == 1)
        {
            _known[node.Output[0]] = ShapeOf(node, place);
            return true;
        }
        if (node.OpType is not ("Mul" or "Concat") || !node.Input.Any(_known.ContainsKey)) { return false; }
        var parts = node.Input.Select(input => Part(input, place)).ToArray();
        var result = node.OpType == "Concat" ? [.. parts.SelectMany(part => part)] : Product(parts, place);
        if (result.Length > OnnxReader.MaximumRank) { throw ModelFile.Broken($"A shape has {result.Length} axes.", place); }
        _known[node.Output[0]] = result;
        return true;
    }

    private ImmutableArray<long> ShapeOf(NodeProto node, string place)
    {
        var shape = (_value(node.Input[0]) ?? throw ModelFile.Broken($"'{node.Input[0]}' is used before it is computed.", place)).Shape;
        var start = Bound(node, "start", 0, shape.Rank);
        var end = Bound(node, "end", shape.Rank, shape.Rank);
        return [.. shape.Skip(start).Take(Math.Max(0, end - start)).Select(extent => (long)extent)];
    }

    private static int Bound(NodeProto node, string name, int otherwise, int rank)
    {
        var bound = node.Attribute.FirstOrDefault(attribute => attribute.Name == name)?.I ?? otherwise;
        return (int)Math.Clamp(bound < 0 ? bound + rank : bound, 0, rank);
    }

    private static ImmutableArray<long> Product(ImmutableArray<long>[] parts, string place) =>
        parts is [{ Length: var a } x, { Length: var b } y] && a == b
            ? [.. x.Zip(y, (i, j) => checked(i * j))]
            : throw ModelFile.Broken("A shape is multiplied by something of another length.", place);

    private ImmutableArray<long> Part(string name, string place) => _known.TryGetValue(name, out var known) ? known
        : _list(name, place) ?? throw ModelFile.Broken($"'{name}' is no list of integers that is known.", place);
}
