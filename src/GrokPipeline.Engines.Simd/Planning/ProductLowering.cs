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
            return Shaped(Product(Matrix(a), Matrix(b), [m, n]), shape);
        }
        if (Extents.Product(b.Shape.AsSpan()[..^2]) == 1)
        {
            // B is the same for all: the rows of A are one long matrix.
            int[] rows = [Extents.Product(leading) * m, k];
            var long_ = a.Broadcast([.. leading, m, k]);
            return Shaped(Product(long_.Reshape(rows) ?? table.Dense(long_).Reshape(rows)!, Matrix(b), [rows[0], n]), shape);
        }
        if (GatheredProducts.Product(table, a, b, shape) is { } gathered) { return gathered; }
        return Product(a.Broadcast([.. leading, m, k]), b.Broadcast([.. leading, k, n]), shape);
    }

    // Bᵀ·Aᵀ is the same sums in the same order. It is better where A lies transposed and C is tall, because the narrow side is what is packed or
    // what each vector would be filled from, and where C's tiles have less room to spare.
    private View Product(View a, View b, int[] shape)
    {
        var (m, n) = (shape[^2], shape[^1]);
        if (!(a.Strides[^2] == 1 && a.Strides[^1] != 1 && b.Strides[^1] == 1)) { return Make(a, b, shape); }
        var turns = shape.Length > 2 ? n < m && n < 16 : Room(n, m) < Room(m, n) || (Room(n, m) == Room(m, n) && n < m);
        return turns ? Swap(Make(Swap(b), Swap(a), [.. shape[..^2], n, m])) : Make(a, b, shape);
    }

    // Elements of a result in whole tiles.
    private static long Room(int rows, int columns) => (long)((rows + 7) / 8 * 8) * ((columns + 15) / 16 * 16);

    private View Make(View a, View b, int[] shape) =>
        table.Make(NodeKind.MatMul, ElementType.Float32, shape, [Usable(a), Usable(b)]);

    private static View Swap(View x)
    {
        int[] axes = [.. Enumerable.Range(0, x.Shape.Length)];
        (axes[^1], axes[^2]) = (axes[^2], axes[^1]);
        return x.Permute(axes);
    }

    // One of the last two axes must be dense; an axis of extent 1 may have any stride.
    private View Usable(View x)
    {
        var rank = x.Shape.Length;
        var dense = (x.Strides[rank - 1] == 1 || x.Shape[rank - 1] == 1) || (x.Strides[rank - 2] == 1 || x.Shape[rank - 2] == 1);
        return dense && !x.IsFill && x.Strides[rank - 1] + x.Strides[rank - 2] > 0 ? x : table.Dense(x);
    }

    private View Shaped(View product, int[] shape) =>
        product.Reshape(shape) ?? table.Dense(product).Reshape(shape)!;                 // dense views take any shape

    private static View Matrix(View x) => x with { Shape = x.Shape[^2..], Strides = x.Strides[^2..] };
}
