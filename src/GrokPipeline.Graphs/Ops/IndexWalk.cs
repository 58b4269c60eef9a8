namespace GrokPipeline.Graphs.Ops;

/// <summary>Row-major strides.</summary>
internal static class Strides
{
    /// <summary>Elements from one index to the next along each axis.</summary>
    public static int[] Of(TensorShape shape)
    {
        var strides = new int[shape.Rank];
        var stride = 1;
        for (var axis = shape.Rank - 1; axis >= 0; axis--)
        {
            strides[axis] = stride;
            stride *= shape[axis];
        }
        return strides;
    }

    /// <summary>Strides of <paramref name="shape"/> seen in <paramref name="target"/>'s axes: 0 where an extent of 1 stretches.</summary>
    public static int[] Broadcast(TensorShape shape, TensorShape target)
    {
        var own = Of(shape);
        var strides = new int[target.Rank];
        for (var i = 1; i <= shape.Rank; i++) { strides[target.Rank - i] = shape[-i] == 1 ? 0 : own[shape.Rank - i]; }
        return strides;
    }
}

/// <summary>Walks a shape in row-major order and keeps two offsets with strides of their own.</summary>
internal sealed class IndexWalk
{
    private readonly TensorShape _shape;
    private readonly int[] _stridesA;
    private readonly int[] _stridesB;
    private readonly int[] _index;

    public IndexWalk(TensorShape shape, int[] stridesA, int[]? stridesB = null)
    {
        _shape = shape;
        _stridesA = stridesA;
        _stridesB = stridesB ?? new int[shape.Rank];
        _index = new int[shape.Rank];
    }

    /// <summary>The present offset by the first strides.</summary>
    public int OffsetA { get; private set; }

    /// <summary>The present offset by the second strides.</summary>
    public int OffsetB { get; private set; }

    /// <summary>Goes to the next index; after the last one it is back at the first.</summary>
    public void Next()
    {
        for (var axis = _shape.Rank - 1; axis >= 0; axis--)
        {
            OffsetA += _stridesA[axis];
            OffsetB += _stridesB[axis];
            if (++_index[axis] < _shape[axis]) { return; }
            OffsetA -= _stridesA[axis] * _shape[axis];
            OffsetB -= _stridesB[axis] * _shape[axis];
            _index[axis] = 0;
        }
    }
}
