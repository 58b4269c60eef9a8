using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Ops;

namespace GrokPipeline.Engines.Simd.Planning;

/// <summary>A graph as nodes and views.</summary>
/// <param name="Nodes">Each after what it reads; some may be unused.</param>
/// <param name="Inputs">The node of each input, in the graph's order.</param>
/// <param name="Outputs">The view of each output, in the graph's order.</param>
internal sealed record Lowered(List<Node> Nodes, Node[] Inputs, View[] Outputs);

/// <summary>
/// Turns a graph's values into nodes: movements of elements become views, normalizations and softmaxes become the sums and pointwise
/// steps that they are made of, so that they fuse with their surroundings.
/// </summary>
internal sealed class Lowering
{
    private readonly NodeTable _table = new();
    private readonly OneHots _oneHots;
    private readonly Dictionary<Value, View> _views = [];

    private Lowering() => _oneHots = new(_table);

    /// <summary>Lowers a graph.</summary>
    /// <exception cref="GrokException">An operator is unknown to this engine; the message names the value.</exception>
    public static Lowered Of(Graph graph)
    {
        var lowering = new Lowering();
        var inputs = new Node[graph.Inputs.Length];
        for (var i = 0; i < inputs.Length; i++)
        {
            var value = graph.Inputs[i];
            inputs[i] = lowering._table.Leaf(NodeKind.Input, value.Type.Element, [.. value.Shape], value.Name);
            lowering._views[value] = inputs[i].Whole;
        }
        foreach (var value in graph.Values)
        {
            // Doubles are computed by the kernel that makes floats of them again.
            if (!value.IsInput && value.Type.Element != ElementType.Float64) { lowering._views[value] = lowering.Lower(value); }
        }
        var outputs = graph.Outputs.Select(output => lowering._views[output.Value]).ToArray();
        return new(lowering._table.Nodes, inputs, outputs);
    }

    private View Lower(Value value)
    {
        if (value.Inputs.Any(input => input.Type.Element == ElementType.Float64)) { return Narrowed(value); }
        var x = value.Inputs.Select(input => _views[input]).ToArray();
        int[] shape = [.. value.Shape];
        return value.Op switch
        {
            Constant constant => Known(constant.Content),
            Fill fill => _table.Fill(fill.Number, fill.Type.Element, shape),
            Reshape => x[0].Reshape(shape) ?? Require(_table.Dense(x[0]).Reshape(shape), value),
            Expand => x[0].Broadcast(shape),
            Transpose transpose => x[0].Permute([.. transpose.Permutation]),
            Slice slice => x[0].Slice(slice.Axis, slice.Start, slice.Length),
            Concat concat => _table.Make(NodeKind.Concat, value.Type.Element, shape, x, concat.Axis),
            Cast => Converted(x[0], value.Type.Element, shape),
            Where => _table.Pointwise(NodeKind.Select, ElementType.Float32, shape, x),
            ReduceSum sum => Sum(x[0], sum).Reshape(shape)!,                       // dense views and fills take any shape
            MatMul => new ProductLowering(_table).Lower(x[0], x[1], shape),
            Gather => _table.Make(NodeKind.Gather, value.Type.Element, shape, [_table.Dense(x[0]), Indices(x[1])], name: Name(value)),
            ScatterAdd when GatheredProducts.Scattered(_table, x[0], Indices(x[1]), x[2], shape, Name(value)) is { } scattered => scattered,
            ScatterAdd => _table.Make(
                NodeKind.ScatterAdd, ElementType.Float32, shape,
                [x[0].IsFill ? x[0] : _table.Dense(x[0]), Indices(x[1]), _table.Dense(x[2])], name: Name(value)),
            OneHot => _oneHots.Lower(_table.Dense(x[0]), shape, Name(value)),
            ArgMax => _table.Make(NodeKind.ArgMax, ElementType.Int64, shape, [_table.Dense(x[0])]),
            Softmax => Probabilities(x[0], shape),
            LogSoftmax => LogProbabilities(x[0], shape),
            Elementwise<Exp> when value.Inputs[0].Op is LogSoftmax => Probabilities(_views[value.Inputs[0].Inputs[0]], shape),
            LayerNormalization norm => Normalize(x[0], x[1], x[2], shape, norm.Epsilon),
            { } op when Loop(op.OpType) is { } kind => Elementwise(kind, x, value.Type.Element, shape),
            _ => throw Unknown(value),
        };
    }

    // What a value in doubles is, cast back: log-softmax or its gradient.
    private View Narrowed(Value value)
    {
        var (node, scores, cotangent) = WideSoftmax.Scores(value) is { } found
            ? (NodeKind.WideLogSoftmax, found, null)
            : WideSoftmax.Gradient(value) is var (x, dy) ? (NodeKind.WideLogSoftmaxGradient, x, dy) : throw Unknown(value);
        View[] inputs = cotangent is null
            ? [_table.Dense(_views[scores])] : [_table.Dense(_views[scores]), _table.Dense(_views[cotangent])];
        return _table.Make(node, ElementType.Float32, [.. value.Shape], inputs);
    }

    // In a row, so that those who read the same ones under different shapes share them.
    private View Indices(View x) => _table.Dense(x.Reshape([x.Count]) ?? x);

    private View Known(Tensor content)
    {
        int[] shape = [.. content.Shape];
        if (content.Shape.Count > 1) { return _table.Leaf(NodeKind.Constant, content.Type.Element, shape, content: content).Whole; }
        double number = content.Type.Element switch
        {
            ElementType.Float32 => content.AsSpan<float>()[0],
            ElementType.Int64 => content.AsSpan<long>()[0],
            _ => content.AsSpan<bool>()[0] ? 1 : 0,
        };
        return _table.Fill(number, content.Type.Element, shape);
    }

    private View Elementwise(NodeKind kind, View[] x, ElementType element, int[] shape)
    {
        if (x[0].Node.Element == ElementType.Int64)
        {
            return _table.Make(NodeKind.IntegerEqual, element, shape, [.. x.Select(view => view.Broadcast(shape))]);
        }
        return _table.Pointwise(kind, element, shape, x);
    }

    private View Converted(View x, ElementType to, int[] shape)
    {
        var from = x.Node.Element;
        if (from == to) { return x; }
        return (from, to) switch
        {
            (ElementType.Bool, ElementType.Float32) => _table.Pointwise(NodeKind.ToFloat, to, shape, x),
            (ElementType.Float32, ElementType.Bool) => _table.Pointwise(NodeKind.ToBool, to, shape, x),
            _ => _table.Make(NodeKind.Convert, to, shape, [x]),
        };
    }

    // The last axes first, as a number per row; the remaining ones by bringing them to the front, as a number per column.
    private View Sum(View x, ReduceSum op)
    {
        var axes = op.Axes.Where(axis => x.Shape[axis] != 1).ToHashSet();
        var kept = Enumerable.Range(0, x.Shape.Length).Where(axis => x.Shape[axis] != 1 && !axes.Contains(axis)).ToArray();
        if (axes.Count == 0) { return _table.Dense(x); }
        if (kept.Length == 0) { return Reduce(NodeKind.SumAll, x, []); }
        int[] last = [.. axes.Where(axis => axis > kept[^1]).Order()];
        if (last.Length > 0)
        {
            int[] order = [.. Enumerable.Range(0, x.Shape.Length).Where(axis => !last.Contains(axis)), .. last];
            var rows = x.Permute(order);
            var leading = rows.Shape[..^last.Length];
            var sums = Reduce(NodeKind.SumRows, rows, leading);
            if (last.Length == axes.Count) { return sums; }
            var left = new ReduceSum([.. Enumerable.Range(0, leading.Length).Where(i => axes.Contains(order[i]))], KeepAxes: false);
            return Sum(sums, left);
        }
        int[] first = [.. axes.Order(), .. kept];
        return Reduce(NodeKind.SumColumns, Squeeze(x).Permute(Positions(x, first)), [.. kept.Select(axis => x.Shape[axis])]);
    }

    // A loop walks each row with one stride.
    private View Reduce(NodeKind kind, View x, int[] shape)
    {
        if (kind == NodeKind.SumRows && _oneHots.SumOfRow(x, x.Count / Extents.Product(shape)) is { } sum)
        {
            return _table.Fill(sum, ElementType.Float32, shape);
        }
        var isCut = kind is NodeKind.SumRows or NodeKind.MaxRows
            && x.Joined() is [.., var last] && last.Extent < x.Count / Extents.Product(shape);
        return _table.Make(kind, ElementType.Float32, shape, [isCut ? _table.Dense(x) : _table.Streamable(x)]);
    }

    private static View Squeeze(View x)
    {
        int[] axes = [.. Enumerable.Range(0, x.Shape.Length).Where(axis => x.Shape[axis] != 1)];
        return x with { Shape = [.. axes.Select(axis => x.Shape[axis])], Strides = [.. axes.Select(axis => x.Strides[axis])] };
    }

    private static int[] Positions(View x, int[] axes) =>
        [.. axes.Select(axis => Enumerable.Range(0, axis).Count(before => x.Shape[before] != 1))];

    private View Probabilities(View x, int[] shape)
    {
        var exponentials = Exponentials(x, shape, out _);
        var inverse = One(NodeKind.Reciprocal, Rows(NodeKind.SumRows, exponentials));
        return Two(NodeKind.Mul, exponentials, inverse, shape);
    }

    private View LogProbabilities(View x, int[] shape)
    {
        var exponentials = Exponentials(x, shape, out var shifted);
        return Two(NodeKind.Sub, shifted, One(NodeKind.Log, Rows(NodeKind.SumRows, exponentials)), shape);
    }

    private View Exponentials(View x, int[] shape, out View shifted)
    {
        shifted = Two(NodeKind.Sub, x, Rows(NodeKind.MaxRows, x), shape);
        return One(NodeKind.Exp, shifted);
    }

    // In the same steps as the gradient's, so that both share them.
    private View Normalize(View x, View scale, View bias, int[] shape, double epsilon)
    {
        var inverseCount = _table.Fill(1.0 / shape[^1], ElementType.Float32, []);
        var mean = Mean(x);
        var centered = Two(NodeKind.Sub, x, mean, shape);
        var variance = Mean(Two(NodeKind.Mul, centered, centered, shape));
        var shifted = Two(NodeKind.Add, variance, _table.Fill(epsilon, ElementType.Float32, []), variance.Shape);
        var normal = Two(NodeKind.Mul, centered, One(NodeKind.Reciprocal, One(NodeKind.Sqrt, shifted)), shape);
        return Two(NodeKind.Add, Two(NodeKind.Mul, normal, scale, shape), bias, shape);

        View Mean(View v)
        {
            var sum = Rows(NodeKind.SumRows, v);
            return Two(NodeKind.Mul, sum, inverseCount, sum.Shape);
        }
    }

    // One number per row, the last axis kept with extent 1.
    private View Rows(NodeKind kind, View x)
    {
        int[] kept = [.. x.Shape[..^1], 1];
        return x.Shape[^1] == 1 ? x : Reduce(kind, x, x.Shape[..^1]).Reshape(kept)!;          // dense views and fills take any shape
    }

    private View One(NodeKind kind, View x) => _table.Pointwise(kind, ElementType.Float32, x.Shape, x);

    private View Two(NodeKind kind, View a, View b, int[] shape) => _table.Pointwise(kind, ElementType.Float32, shape, a, b);

    private static NodeKind? Loop(string opType) =>
        Enum.TryParse<NodeKind>(opType, ignoreCase: false, out var kind) && kind is >= NodeKind.Neg and <= NodeKind.Equal ? kind : null;

    private static string Name(Value value) => value.Name ?? value.ToString();

    private static View Require(View? view, Value value) => view ?? throw Unknown(value);

    private static GrokException Unknown(Value value) => new(
        $"The simd engine does not run {value}.", "Write it with operators of the set, or use the engine ort-cpu.", value.Name);
}
