namespace GrokPipeline.Engines.Simd.Planning;

/// <summary>
/// Products with rows that are looked up, as attention has them: found by their views, so that the rows are read where they lie instead of
/// being copied side by side first, and gradients are added where they belong.
/// </summary>
internal static class GatheredProducts
{
    // Addresses of the rows that a query sees are kept on the stack.
    private const int MostSeen = 1024;

    /// <summary>The product of one row per query and head, [n, h, 1, k]·[n, h, k, m], where B's rows are looked up; null for others.</summary>
    public static View? Product(NodeTable table, View a, View b, int[] shape)
    {
        if (shape.Length != 4 || a.Shape.Length != 4 || b.Shape.Length != 4 || shape[2] != 1 || b.Node.Kind != NodeKind.Gather || b.Offset != 0) { return null; }
        var (n, h) = (shape[0], shape[1]);
        if (a.Shape[0] != n || a.Shape[1] != h || b.Shape[0] != n || b.Shape[1] != h) { return null; }
        if (Rows(b) is not { } rows) { return null; }
        if (rows.IsTransposed && a.Strides[3] != 1 && a.Shape[3] != 1) { return null; }
        var kind = rows.IsTransposed ? NodeKind.GatheredDots : NodeKind.GatheredMix;
        return table.Make(kind, ElementType.Float32, shape, [a, b.Node.Inputs[0], b.Node.Inputs[1]], rows.Seen, b.Node.Name);
    }

    /// <summary>Outer products that are added to table rows, or null: <c>T[i[n, j], h, :] += W[n, h, j]·X[n, h, :]</c>.</summary>
    public static View? Scattered(NodeTable table, View data, View indices, View updates, int[] shape, string name)
    {
        if (data.Node.Kind != NodeKind.Fill || data.Node.Number != 0 || updates.Node.Kind != NodeKind.MatMul || updates.Offset != 0) { return null; }
        var product = updates.Node;
        if (updates.Shape.Length != 4 || product.Shape.Length != 4 || product.Inputs[0].Shape[^1] != 1 || updates.Count != product.Count)
        {
            return null;
        }
        var (n, seen, h, width) = (updates.Shape[0], updates.Shape[1], updates.Shape[2], updates.Shape[3]);
        if (shape.Length != 3 || shape[1] != h || shape[2] != width) { return null; }       // one index for each row that is seen
        if (product.Shape[0] != n || product.Shape[1] != h || n == 1 || h == 1 || seen == 1 || width < 4) { return null; }
        var strides = Extents.Strides(product.Shape);
        if (updates.Strides[0] != strides[0] || updates.Strides[2] != strides[1]) { return null; }
        var (a, b) = (product.Inputs[0], product.Inputs[1]);
        View weights, x;
        if (updates.Strides[1] == strides[2] && updates.Strides[3] == strides[3]) { (weights, x) = (Column(a), Row(b)); }
        else if (updates.Strides[1] == strides[3] && updates.Strides[3] == strides[2]) { (weights, x) = (Row(b), Column(a)); }
        else { return null; }
        if (x.Strides[2] != 1 || weights.Shape[2] != seen || x.Shape[2] != width) { return null; }
        return table.Make(NodeKind.ScatteredMix, ElementType.Float32, shape, [table.Dense(indices), weights, x], seen, name);

        static View Column(View a) => a with { Shape = [a.Shape[0], a.Shape[1], a.Shape[2]], Strides = [a.Strides[0], a.Strides[1], a.Strides[2]] };
        static View Row(View b) => b with { Shape = [b.Shape[0], b.Shape[1], b.Shape[3]], Strides = [b.Strides[0], b.Strides[1], b.Strides[3]] };
    }

    // A gather [n, j, h, d] seen as [n, h, j, d], or as [n, h, d, j].
    private static (int Seen, bool IsTransposed)? Rows(View b)
    {
        var node = b.Node;
        if (node.Shape.Length != 4 || node.Element != ElementType.Float32 || b.Count != node.Count) { return null; }
        // One index for each row that is seen; a table of another rank has other rows.
        var table = node.Inputs[0];
        if (table.Shape.Length != 3 || table.Shape[1] != node.Shape[2]) { return null; }
        var (strides, seen, width) = (Extents.Strides(node.Shape), node.Shape[1], node.Shape[3]);
        if (seen > MostSeen) { return null; }
        if (seen == 1 || width < 4 || b.Strides[0] != strides[0] || b.Strides[1] != strides[2]) { return null; }
        return b.Shape[2] == seen && b.Strides[2] == strides[1] && b.Strides[3] == strides[3] ? (seen, false)
            : b.Shape[3] == seen && b.Strides[3] == strides[1] && b.Strides[2] == strides[3] ? (seen, true) : null;
    }
}
