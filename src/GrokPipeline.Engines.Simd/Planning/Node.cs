namespace GrokPipeline.Engines.Simd.Planning;

/// <summary>What a node computes.</summary>
internal enum NodeKind
{
    // Leaves.
    Input, Constant, Fill,

    // One number at a time; the shape is the inputs' shape.
    Neg, Abs, Exp, Log, Sqrt, Reciprocal, Tanh, Sigmoid, Erf, Relu, Sign,
    Add, Sub, Mul, Div, Max, Min,
    Greater, Less, Equal,
    Select, ToBool, ToFloat,

    // Sums: of each row (the last axes), of each column (the first axes), of everything; and the largest number of each row.
    SumRows, MaxRows, SumColumns, SumAll,

    // Kernels of their own.
    MatMul, Gather, ScatterAdd, Index, Concat, Copy, Convert, IntegerEqual, ArgMax,

    // Logarithms of probabilities, and their gradient from scores and cotangent, with doubles inside.
    WideLogSoftmax, WideLogSoftmaxGradient,

    // Products with rows that are looked up.
    GatheredDots, GatheredMix, ScatteredMix,
}

/// <summary>
/// A step of the plan before it is cut into kernels: what is computed, from which views. Its result is dense and row-major. Nodes that
/// compute the same from the same are one node (<see cref="NodeTable"/>).
/// </summary>
internal sealed class Node
{
    /// <summary>Position in the order of computation.</summary>
    public required int Id { get; init; }

    /// <summary>What it computes.</summary>
    public required NodeKind Kind { get; init; }

    /// <summary>Element type of the result.</summary>
    public required ElementType Element { get; init; }

    /// <summary>Extents of the result; a fill has one element and is stretched by its views.</summary>
    public required int[] Shape { get; init; }

    /// <summary>What it reads.</summary>
    public required View[] Inputs { get; init; }

    /// <summary>The number of a fill; the axis of a Concat; how many rows an Index may mean, or a gathered product looks up.</summary>
    public double Number { get; init; }

    /// <summary>The elements of a constant.</summary>
    public Tensor? Content { get; init; }

    /// <summary>The name of an input, or of the value that the node stands for.</summary>
    public string? Name { get; init; }

    /// <summary>How many elements.</summary>
    public int Count => Extents.Product(Shape);

    /// <summary>Bytes of the result.</summary>
    public long Bytes => (long)Count * Element.SizeInBytes();

    /// <summary>True when it can be part of a generated loop.</summary>
    public bool IsLoop => Kind is >= NodeKind.Neg and <= NodeKind.SumAll;

    /// <summary>True when each element depends on one element of each input.</summary>
    public bool IsPointwise => Kind is >= NodeKind.Neg and <= NodeKind.ToFloat;

    /// <summary>True when it is a number per row of its input.</summary>
    public bool IsRowReduction => Kind is NodeKind.SumRows or NodeKind.MaxRows;

    /// <summary>True when its result is complete only after all rows.</summary>
    public bool IsTotal => Kind is NodeKind.SumColumns or NodeKind.SumAll;

    /// <summary>The whole result as a view.</summary>
    public View Whole => new(this, Shape, Kind == NodeKind.Fill ? new int[Shape.Length] : Extents.Strides(Shape), 0);

    /// <inheritdoc/>
    public override string ToString() => $"{Id}: {Kind} [{string.Join(", ", Shape)}] <- {string.Join("; ", Inputs.Select(v => v.Node.Id))}";
}

/// <summary>Arithmetic on lists of extents.</summary>
internal static class Extents
{
    /// <summary>The product; 1 for none.</summary>
    public static int Product(ReadOnlySpan<int> extents)
    {
        var product = 1;
        foreach (var extent in extents) { product = checked(product * extent); }
        return product;
    }

    /// <summary>Row-major strides.</summary>
    public static int[] Strides(ReadOnlySpan<int> shape)
    {
        var strides = new int[shape.Length];
        var stride = 1;
        for (var axis = shape.Length - 1; axis >= 0; axis--)
        {
            strides[axis] = stride;
            stride *= shape[axis];
        }
        return strides;
    }
}
