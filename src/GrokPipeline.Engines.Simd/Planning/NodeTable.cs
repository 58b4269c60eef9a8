using System.Globalization;

namespace GrokPipeline.Engines.Simd.Planning;

/// <summary>
/// Makes nodes. What is computed twice becomes one node, and identities that cost nothing to see (x·1, x + 0, arithmetic of
/// fills) are taken at once.
/// </summary>
internal sealed class NodeTable
{
    private readonly Dictionary<string, Node> _known = new(StringComparer.Ordinal);

    /// <summary>All nodes, each after what it reads.</summary>
    public List<Node> Nodes { get; } = [];

    /// <summary>A new leaf; never shared.</summary>
    public Node Leaf(NodeKind kind, ElementType element, int[] shape, string? name = null, Tensor? content = null)
    {
        var node = new Node
        {
            Id = Nodes.Count, Kind = kind, Element = element, Shape = shape, Inputs = [], Name = name, Content = content,
        };
        Nodes.Add(node);
        return node;
    }

    /// <summary>One number under a shape.</summary>
    public View Fill(double number, ElementType element, int[] shape)
    {
        if (element == ElementType.Float32) { number = (float)number; }
        var text = BitConverter.DoubleToInt64Bits(number).ToString(CultureInfo.InvariantCulture);
        var node = Find($"fill {element} {text}", id => new Node
        {
            Id = id, Kind = NodeKind.Fill, Element = element, Shape = [], Inputs = [], Number = number,
        });
        return new(node, shape, new int[shape.Length], 0);
    }

    /// <summary>A node of a kind over views, dense under <paramref name="shape"/>.</summary>
    public View Make(NodeKind kind, ElementType element, int[] shape, View[] inputs, double number = 0, string? name = null)
    {
        return Find(Key(kind, element, shape, inputs, number), id => new Node
        {
            Id = id, Kind = kind, Element = element, Shape = shape, Inputs = inputs, Number = number, Name = name,
        }).Whole;
    }

    /// <summary>The same elements, dense: the view itself where it is.</summary>
    public View Dense(View view) =>
        view.IsDense && !view.IsFill ? view : Make(NodeKind.Copy, view.Node.Element, view.Shape, [view]);

    /// <summary>The same elements, with the last axis either dense or constant.</summary>
    public View Streamable(View view) => view.InnerStride is 0 or 1 ? view : Dense(view);

    /// <summary>A function of one element of each input, which all have the shape of the result.</summary>
    public View Pointwise(NodeKind kind, ElementType element, int[] shape, params View[] inputs)
    {
        var views = inputs.Select(input => Streamable(input.Broadcast(shape))).ToArray();
        if (element == ElementType.Float32 && Simple(kind, shape, views) is { } simple) { return simple; }
        if (kind == NodeKind.Add && Joined(views[0], views[1]) is { } parts)
        {
            return Make(NodeKind.Concat, element, shape, parts, views[0].Node.Number);
        }
        if (kind == NodeKind.Greater && Is(views[1], 0) && Rectified(views[0]) is { } rectified) { views[0] = rectified; }
        return Make(kind, element, shape, views);
    }

    // x > 0 exactly where relu x > 0, and that is the one that is kept for the gradient.
    private View? Rectified(View x) =>
        x.IsLinear && _known.TryGetValue(Key(NodeKind.Relu, ElementType.Float32, x.Shape, [x], 0), out var relu) ? relu.Whole : null;

    // The sum of two concatenations that have zeros wherever the other one has something, as gradients of two parts of a matrix have: what
    // is something of both. Null when they are not like this.
    private static View[]? Joined(View a, View b)
    {
        var (x, y) = (a.Node.Inputs, b.Node.Inputs);
        var fits = a.Node.Kind == NodeKind.Concat && b.Node.Kind == NodeKind.Concat && a.Node.Number == b.Node.Number && a.IsLinear
            && b.IsLinear && a.Shape.AsSpan().SequenceEqual(a.Node.Shape) && b.Shape.AsSpan().SequenceEqual(b.Node.Shape)
            && x.Length == y.Length && x.Zip(y).All(pair => pair.First.Shape.AsSpan().SequenceEqual(pair.Second.Shape)
                && (Is(pair.First, 0) || Is(pair.Second, 0)));
        return fits ? [.. x.Zip(y, (one, other) => Is(one, 0) ? other : one)] : null;
    }

    private static string Key(NodeKind kind, ElementType element, int[] shape, View[] inputs, double number) =>
        $"{kind} {element} [{string.Join(",", shape)}] {number.ToString("R", CultureInfo.InvariantCulture)} "
        + string.Join(" ", inputs.Select(input => input.Key));

    private View? Simple(NodeKind kind, int[] shape, View[] x)
    {
        if (x.All(view => view.IsFill) && Folded(kind, x) is { } number) { return Fill(number, ElementType.Float32, shape); }
        return kind switch
        {
            NodeKind.Mul or NodeKind.Div when Is(x[1], 1) => x[0],
            NodeKind.Mul when Is(x[0], 1) => x[1],
            NodeKind.Add or NodeKind.Sub when Is(x[1], 0) => x[0],
            NodeKind.Add when Is(x[0], 0) => x[1],
            NodeKind.Mul when Is(x[1], -1) => Make(NodeKind.Neg, ElementType.Float32, shape, [x[0]]),
            _ => null,
        };
    }

    // In float32, as the loop would: the bits do not depend on who computes.
    private static double? Folded(NodeKind kind, View[] x)
    {
        var a = (float)x[0].Node.Number;
        var b = (float)x[^1].Node.Number;
        return kind switch
        {
            NodeKind.Neg => -a,
            NodeKind.Add => a + b,
            NodeKind.Sub => a - b,
            NodeKind.Mul => a * b,
            NodeKind.Div => a / b,
            NodeKind.Reciprocal => 1f / a,
            _ => null,
        };
    }

    private static bool Is(View view, double number) => view.IsFill && view.Node.Number == number;

    private Node Find(string key, Func<int, Node> make)
    {
        if (_known.TryGetValue(key, out var node)) { return node; }
        node = make(Nodes.Count);
        Nodes.Add(node);
        return _known[key] = node;
    }
}
