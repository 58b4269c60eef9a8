using GrokPipeline.Engines.Simd.Kernels;

namespace GrokPipeline.Engines.Simd.Planning;

/// <summary>Kernels of the nodes that are no generated loops.</summary>
internal sealed class HeavyPlanner(Func<Node, Slot> slots, List<Kernel> kernels, Fault fault, ProductCopies copies)
{
    private readonly Dictionary<string, Slot> _packed = new(StringComparer.Ordinal);
    private readonly Dictionary<Node, GatherKernel> _gathers = [];

    /// <summary>The products that are computed row by row.</summary>
    public Dictionary<Node, RowsProductKernel> RowsProducts { get; } = [];

    /// <summary>The table and the rows' numbers of a Gather that a loop reads by itself: its kernel is taken back.</summary>
    public (Slot Table, Slot Rows) Gathered(Node node)
    {
        kernels.Remove(_gathers[node]);
        return (Dense(node.Inputs[0]), Rows(node.Inputs[1], node.Inputs[0].Shape[0], node.Name!));      // it has the name of its value
    }

    /// <summary>The rows' numbers of a ScatterAdd that a loop does.</summary>
    public Slot Scattered(Node node) => Rows(node.Inputs[1], node.Shape[0], node.Name!);

    private Slot Rows(View indices, int extent, string where) => Shared(
        $"rows {extent} {indices.Key}", (long)indices.Count * sizeof(long),
        slot => new IndexKernel(Dense(indices), ElementType.Int64, slot, extent, indices.Count, fault, where));

    /// <summary>Adds the kernels of a node.</summary>
    public void Plan(Node node)
    {
        var x = node.Inputs;
        var result = slots(node);
        switch (node.Kind)
        {
            case NodeKind.MatMul: Product(node, result); break;
            case NodeKind.Gather:
                var width = x[0].Count / x[0].Shape[0] * node.Element.SizeInBytes();
                var gather = new GatherKernel(Dense(x[0]), Dense(x[1]), result, x[0].Shape[0], width, x[1].Count, fault, node.Name!);
                _gathers[node] = gather;
                kernels.Add(gather);
                break;
            case NodeKind.ScatterAdd:
                kernels.Add(new ScatterAddKernel(
                    x[0].IsFill ? null : Dense(x[0]), (float)x[0].Node.Number, Dense(x[1]), Dense(x[2]), result,
                    node.Shape[0], node.Count / node.Shape[0], x[1].Count, fault, node.Name!));
                break;
            case NodeKind.GatheredDots:
                kernels.Add(new GatheredDotsKernel(Heads(x[0], 3), Dense(x[1]), Dense(x[2]), result, LookedUp(node), fault, node.Name!));
                break;
            case NodeKind.GatheredMix:
                kernels.Add(new GatheredMixKernel(Heads(x[0], 3), Dense(x[1]), Dense(x[2]), result, LookedUp(node), fault, node.Name!));
                break;
            case NodeKind.ScatteredMix:
                var shape = new GatheredShape(x[1].Shape[0], x[1].Shape[1], x[2].Shape[2], (int)node.Number, node.Shape[0]);
                kernels.Add(new ScatteredMixKernel(Heads(x[1], 2), Heads(x[2], 2), Dense(x[0]), result, shape, fault, node.Name!));
                break;
            case NodeKind.Index:
                kernels.Add(new IndexKernel(Dense(x[0]), node.Element, result, (int)node.Number, x[0].Count, fault, node.Name!));
                break;
            case NodeKind.Concat: Concat(node, result); break;
            case NodeKind.Copy when copies.IsSpared(node): break;
            case NodeKind.Copy:
                kernels.Add(new CopyKernel(
                    slots(x[0].Node), x[0].Offset, x[0].Strides, result, 0, Extents.Strides(node.Shape), node.Shape,
                    node.Element.SizeInBytes()));
                break;
            case NodeKind.Convert: kernels.Add(new ConvertKernel(x[0], slots(x[0].Node), node.Element, result)); break;
            case NodeKind.IntegerEqual: kernels.Add(new IntegerEqualKernel(x[0], slots(x[0].Node), x[1], slots(x[1].Node), result)); break;
            case NodeKind.ArgMax: kernels.Add(new ArgMaxKernel(Dense(x[0]), result, node.Count, x[0].Count / node.Count)); break;
            case NodeKind.WideLogSoftmax or NodeKind.WideLogSoftmaxGradient:
                kernels.Add(new WideLogSoftmaxKernel(
                    Dense(x[0]), x.Length > 1 ? Dense(x[1]) : null, result, node.Count / node.Shape[^1], node.Shape[^1]));
                break;
            default: throw new InvalidOperationException($"No kernel computes {node}.");
        }
    }

    private HeadRows Heads(View view, int last) => new(slots(view.Node), view.Offset, view.Strides[0], view.Strides[1], view.Strides[last]);

    private static GatheredShape LookedUp(Node node)
    {
        var table = node.Inputs[1];
        return new(node.Shape[0], node.Shape[1], table.Count / table.Shape[0] / node.Shape[1], (int)node.Number, table.Shape[0]);
    }

    // A dense view that starts inside its node is read from a slot of its own.
    private Slot Dense(View view)
    {
        if (view.Offset == 0) { return slots(view.Node); }
        var size = view.Node.Element.SizeInBytes();
        return Shared("dense " + view.Key, (long)view.Count * size, copy => new CopyKernel(
            slots(view.Node), view.Offset, view.Strides, copy, 0, Extents.Strides(view.Shape), view.Shape, size));
    }

    private void Concat(Node node, Slot result)
    {
        var (axis, start) = ((int)node.Number, 0);
        var strides = Extents.Strides(node.Shape);
        foreach (var view in node.Inputs)
        {
            if (!copies.TryGetPlace(view.Node, out _))
            {
                kernels.Add(new CopyKernel(
                    slots(view.Node), view.Offset, view.Strides, result, start * strides[axis], strides, view.Shape,
                    node.Element.SizeInBytes()));
            }
            start += view.Shape[axis];
        }
    }

    private void Product(Node node, Slot result)
    {
        var (viewA, viewB) = (node.Inputs[0], node.Inputs[1]);
        var (a, b) = (Matrix(viewA), Matrix(viewB));
        if (node.Shape.Length > 2)
        {
            var strides = Extents.Strides(node.Shape);
            if (copies.TryGetValue(node, out var copy)) { (result, strides) = (slots(copy.Node), copy.Strides); }
            var c = new Matrix(result, 0, a.Rows, b.Columns, strides[^2], 1);
            kernels.Add(new BatchedProductKernel(node.Shape[..^2], a, viewA.Strides[..^2], b, viewB.Strides[..^2], c, strides[..^2]));
            return;
        }
        if (a.ColumnStride == 1)
        {
            var packedB = Shared(
                "columns " + viewB.Key, PackColumnsKernel.Bytes(b), slot => new PackColumnsKernel(b, slot));
            var kernel = new RowsProductKernel(a, b, packedB, result);
            RowsProducts[node] = kernel;
            kernels.Add(kernel);
            return;
        }
        var packedA = a.RowStride == 1 ? null : Shared(
            "rows " + viewA.Key, (long)PackRowsKernel.PaddedRows(a.Rows) * a.Columns * sizeof(float), slot => new PackRowsKernel(a, slot));
        var product = copies.TryGetPlace(node, out var place)
            ? new Matrix(slots(place.Node), place.Offset, a.Rows, b.Columns, place.Stride, 1)
            : new Matrix(result, 0, a.Rows, b.Columns, b.Columns, 1);
        kernels.Add(new ColumnsProductKernel(a, packedA, b, product));
    }

    // What several products need is made once.
    private Slot Shared(string key, long bytes, Func<Slot, Kernel> make)
    {
        if (_packed.TryGetValue(key, out var slot)) { return slot; }
        slot = new Slot(bytes, key);
        kernels.Add(make(slot));
        return _packed[key] = slot;
    }

    // The last two axes; an axis of extent 1 counts as dense.
    private Matrix Matrix(View view)
    {
        var (rows, columns) = (view.Shape[^2], view.Shape[^1]);
        var columnStride = columns == 1 ? 1 : view.Strides[^1];
        var rowStride = rows == 1 ? (columnStride == 1 ? columns : 1) : view.Strides[^2];
        return new(slots(view.Node), view.Offset, rows, columns, rowStride, columnStride);
    }
}
