namespace GrokPipeline.Engines.Simd.Planning;

/// <summary>
/// Matrix products as one large product where the leading axes allow it, else as one small product per leading index. A node of kind
/// MatMul reads A [batch.., m, k] and B [batch.., k, n] with the same leading axes; any strides that leave one of the last two axes dense.
/// </summary>
internal sealed class ProductLowering(NodeTable table)
{
    /// <summary>The product, under the shape that the type rule gave.</summary>
    public View Lower(View a, View b, int[] shape)
    {
        var (m, k, n) = (a.Shape[^2], a.Shape[^1], b.Shape[^1]);
        var leading = shape[..^2];
        if (Extents.Product(leading) == 1)
        {
            return Product(Matrix(a), Matrix(b), [m, n]).Reshape(shape)!;                      // dense views take any shape
        }
        if (Extents.Product(b.Shape.AsSpan()[..^2]) == 1)
        {
            // B is the same for all: the rows of A are one long matrix.
            int[] rows = [Extents.Product(leading) * m, k];
            var long_ = a.Broadcast([.. leading, m, k]);
            return Product(long_.Reshape(rows) ?? table.Dense(long_).Reshape(rows)!, Matrix(b), [rows[0], n]).Reshape(shape)!;
        }
        return Product(a.Broadcast([.. leading, m, k]), b.Broadcast([.. leading, k, n]), shape);
    }

    private View Product(View a, View b, int[] shape) =>
        table.Make(NodeKind.MatMul, ElementType.Float32, shape, [Usable(a), Usable(b)]);

    // One of the last two axes must be dense; an axis of extent 1 may have any stride.
    private View Usable(View x)
    {
        var rank = x.Shape.Length;
        var dense = (x.Strides[rank - 1] == 1 || x.Shape[rank - 1] == 1) || (x.Strides[rank - 2] == 1 || x.Shape[rank - 2] == 1);
        return dense && !x.IsFill && x.Strides[rank - 1] + x.Strides[rank - 2] > 0 ? x : table.Dense(x);
    }

    private static View Matrix(View x) => x with { Shape = x.Shape[^2..], Strides = x.Strides[^2..] };
}
