namespace GrokPipeline.Engines.Simd.Planning;

/// <summary>
/// Rows of zeros with a one, as steps of the loops that read them: is the column's number the row's index? Only the indices are in memory.
/// </summary>
internal sealed class OneHots(NodeTable table)
{
    // Up to here float32 has every integer.
    private const int Deepest = 1 << 24;

    private readonly Dictionary<int, View> _numbers = [];
    private readonly HashSet<Node> _rows = [];

    /// <summary>The rows of some indices.</summary>
    /// <param name="indices">Integers, dense.</param>
    /// <param name="shape">Theirs, and the depth as last extent.</param>
    /// <param name="name">For the message about an index outside the depth.</param>
    public View Lower(View indices, int[] shape, string name)
    {
        var depth = shape[^1];
        if (depth > Deepest)
        {
            throw new GrokException(
                $"A one-hot row of {depth} columns is wider than the {Deepest} that the simd engine can tell apart.",
                "Gather rows of a table instead.", name);
        }
        var checkedIndices = table.Make(NodeKind.Index, ElementType.Float32, indices.Shape, [indices], depth, name);
        var index = checkedIndices.Reshape([.. shape[..^1], 1])!.Broadcast(shape);              // dense views take any shape
        var isHot = table.Pointwise(NodeKind.Equal, ElementType.Bool, shape, Numbers(depth).Broadcast(shape), index);
        var rows = table.Pointwise(NodeKind.ToFloat, ElementType.Float32, shape, isHot);
        _rows.Add(rows.Node);
        return rows;
    }

    /// <summary>
    /// What the elements of each row add up to, when that is known: in the rows, or in the rows times a number. Adding zeros to that number
    /// is exact in any order.
    /// </summary>
    public double? SumOfRow(View x, int columns)
    {
        if (!x.IsLinear || columns != x.Node.Shape[^1]) { return null; }
        if (_rows.Contains(x.Node)) { return 1; }
        if (x.Node.Kind != NodeKind.Mul) { return null; }
        var (a, b) = (x.Node.Inputs[0], x.Node.Inputs[1]);
        if (a.IsFill) { (a, b) = (b, a); }
        return b.IsFill && a.IsLinear && _rows.Contains(a.Node) && double.IsFinite(b.Node.Number) ? b.Node.Number : null;
    }

    // 0, 1, 2 …
    private View Numbers(int depth)
    {
        if (_numbers.TryGetValue(depth, out var known)) { return known; }
        var content = new Tensor(TensorType.Float32([depth]));
        for (var i = 0; i < depth; i++) { content.AsSpan<float>()[i] = i; }
        return _numbers[depth] = table.Leaf(NodeKind.Constant, ElementType.Float32, [depth], content: content).Whole;
    }
}
