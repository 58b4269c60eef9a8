namespace GrokPipeline.Engines.Simd.Planning;

/// <summary>
/// A node's elements under another shape: element (i, j, …) is at offset + i·stride₀ + j·stride₁ … Reshape, Transpose, Expand and Slice
/// cost nothing where a view can say them.
/// </summary>
internal sealed record View(Node Node, int[] Shape, int[] Strides, int Offset)
{
    /// <summary>How many elements.</summary>
    public int Count => Extents.Product(Shape);

    /// <summary>True when every element is the same one.</summary>
    public bool IsFill => Node.Kind == NodeKind.Fill;

    /// <summary>True when it is the node's elements in their order, all of them.</summary>
    public bool IsLinear => Offset == 0 && Count == Node.Count && IsDense && !(IsFill && Count > 1);

    /// <summary>True when elements follow one another without gaps.</summary>
    public bool IsDense
    {
        get
        {
            var expected = 1;
            for (var axis = Shape.Length - 1; axis >= 0; axis--)
            {
                if (Shape[axis] == 1) { continue; }
                if (Strides[axis] != expected) { return false; }
                expected *= Shape[axis];
            }
            return true;
        }
    }

    /// <summary>The stride of the last axis that is longer than 1; 1 when there is none.</summary>
    public int InnerStride
    {
        get
        {
            for (var axis = Shape.Length - 1; axis >= 0; axis--)
            {
                if (Shape[axis] != 1) { return Strides[axis]; }
            }
            return 1;
        }
    }

    /// <summary>The same elements under another shape, or null when no strides can say it.</summary>
    public View? Reshape(int[] shape)
    {
        var strides = new int[shape.Length];
        var axis = shape.Length - 1;
        for (var old = Shape.Length - 1; old >= 0;)
        {
            // A run of old axes that behave as one, then the new axes that cut it up.
            if (Shape[old] == 1) { old--; continue; }
            var (stride, extent) = (Strides[old], Shape[old]);
            for (old--; old >= 0 && (Shape[old] == 1 || Strides[old] == stride * extent); old--) { extent *= Shape[old]; }
            for (var rest = extent; rest > 1 && axis >= 0; axis--)
            {
                if (shape[axis] == 1) { continue; }
                if (rest % shape[axis] != 0) { return null; }
                strides[axis] = stride;
                stride *= shape[axis];
                rest /= shape[axis];
            }
        }
        return this with { Shape = shape, Strides = strides };
    }

    /// <summary>Axes in another order.</summary>
    public View Permute(ReadOnlySpan<int> permutation)
    {
        var (shape, strides) = (new int[Shape.Length], new int[Shape.Length]);
        for (var i = 0; i < shape.Length; i++) { (shape[i], strides[i]) = (Shape[permutation[i]], Strides[permutation[i]]); }
        return this with { Shape = shape, Strides = strides };
    }

    /// <summary>Stretched to a shape, aligned at the last axis.</summary>
    public View Broadcast(int[] shape)
    {
        var strides = new int[shape.Length];
        for (var i = 1; i <= Shape.Length; i++) { strides[^i] = Shape[^i] == 1 ? 0 : Strides[^i]; }
        return this with { Shape = shape, Strides = strides };
    }

    /// <summary>Some indices along an axis.</summary>
    public View Slice(int axis, int start, int length)
    {
        var shape = (int[])Shape.Clone();
        shape[axis] = length;
        return this with { Shape = shape, Offset = Offset + (start * Strides[axis]) };
    }

    /// <summary>
    /// True when each run of <paramref name="columns"/> elements is one element of the node, the next run the next one: a number per row.
    /// </summary>
    public bool IsRowOf(int columns)
    {
        if (Offset != 0 || (long)Node.Count * columns != Count) { return false; }
        var (repeats, expected) = (1, 1);
        for (var axis = Shape.Length - 1; axis >= 0; axis--)
        {
            if (Shape[axis] == 1) { continue; }
            if (repeats < columns)
            {
                if (Strides[axis] != 0) { return false; }
                repeats *= Shape[axis];
                if (repeats > columns) { return false; }
            }
            else
            {
                if (Strides[axis] != expected) { return false; }
                expected *= Shape[axis];
            }
        }
        return repeats == columns;
    }

    /// <summary>Text that two views have in common exactly when they are the same.</summary>
    public string Key => $"{Node.Id}@{Offset}[{string.Join(",", Shape)}:{string.Join(",", Strides.Select((stride, i) => Shape[i] == 1 ? 0 : stride))}]";

    /// <summary>Text that two views have in common when they give the same elements in the same order, under whatever shapes.</summary>
    public string Sequence => $"{Node.Id}@{Offset}[{string.Join(",", Joined())}]";

    /// <summary>The axes, outermost first, joined where they behave as one, without those of extent 1.</summary>
    public List<(int Extent, int Stride)> Joined()
    {
        var axes = new List<(int Extent, int Stride)>();
        for (var axis = 0; axis < Shape.Length; axis++)
        {
            if (Shape[axis] == 1) { continue; }
            if (axes.Count > 0 && axes[^1].Stride == Strides[axis] * Shape[axis]) { axes[^1] = (axes[^1].Extent * Shape[axis], Strides[axis]); }
            else { axes.Add((Shape[axis], Strides[axis])); }
        }
        return axes;
    }
}
