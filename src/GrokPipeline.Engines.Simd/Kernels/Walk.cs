using GrokPipeline.Engines.Simd.Planning;

namespace GrokPipeline.Engines.Simd.Kernels;

/// <summary>Axes that strides of several blocks have in common, joined where they behave as one.</summary>
internal sealed class Walk
{
    private Walk(int[] extents, int[][] strides) => (Lengths, Strides) = (extents, strides);

    /// <summary>Extents, outermost first; at least one.</summary>
    public int[] Lengths { get; }

    /// <summary>For each block, a stride per axis.</summary>
    public int[][] Strides { get; }

    /// <summary>How many positions.</summary>
    public int Count => Extents.Product(Lengths);

    /// <summary>How many elements of a block are touched: along an axis of stride 0 it is always the same one.</summary>
    public long Touched(int block)
    {
        long count = 1;
        for (var axis = 0; axis < Lengths.Length; axis++) { count *= Strides[block][axis] == 0 ? 1 : Lengths[axis]; }
        return count;
    }

    /// <summary>Joins the axes of a shape for blocks with these strides.</summary>
    public static Walk Of(int[] shape, params int[][] strides)
    {
        var extents = new List<int>();
        var joined = strides.Select(_ => new List<int>()).ToArray();
        for (var axis = 0; axis < shape.Length; axis++)
        {
            if (shape[axis] == 1) { continue; }
            var joins = extents.Count > 0;
            for (var i = 0; i < strides.Length && joins; i++) { joins = joined[i][^1] == strides[i][axis] * shape[axis]; }
            if (joins)
            {
                extents[^1] *= shape[axis];
                for (var i = 0; i < strides.Length; i++) { joined[i][^1] = strides[i][axis]; }
                continue;
            }
            extents.Add(shape[axis]);
            for (var i = 0; i < strides.Length; i++) { joined[i].Add(strides[i][axis]); }
        }
        if (extents.Count == 0)
        {
            extents.Add(1);
            foreach (var list in joined) { list.Add(1); }
        }
        return new([.. extents], [.. joined.Select(list => list.ToArray())]);
    }

    /// <summary>The offset of a block at a position of the first <paramref name="axes"/> axes, counted in row-major order.</summary>
    public int Offset(int block, int position, int axes)
    {
        var strides = Strides[block];
        var offset = 0;
        for (var axis = axes - 1; axis >= 0; axis--)
        {
            var extent = Lengths[axis];
            offset += position % extent * strides[axis];
            position /= extent;
        }
        return offset;
    }
}
