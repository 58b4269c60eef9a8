using GrokPipeline.Engines.Simd.Code;
using GrokPipeline.Engines.Simd.Kernels;

namespace GrokPipeline.Engines.Simd.Planning;

/// <summary>What may run together with a loop.</summary>
/// <param name="Products">The products that run row by row with a loop over these axes.</param>
/// <param name="IsAlone">True when no one else reads a node.</param>
/// <param name="Gathered">The table and the rows' numbers of a Gather that the loop reads by itself.</param>
/// <param name="Scatters">The ScatterAdds that the loop does.</param>
/// <param name="Scattered">The rows' numbers of one of them.</param>
internal sealed record LoopJoins(
    Func<int[], RowsProductKernel[]> Products, Func<Node, bool> IsAlone, Func<Node, (Slot Table, Slot Rows)> Gathered,
    Node[] Scatters, Func<Node, Slot> Scattered);

/// <summary>Turns a group of loop nodes into a generated loop, its memory, and the kernels that add up its partial sums.</summary>
internal sealed class LoopPlanner
{
    private readonly Dictionary<Node, (Slot Table, Slot Rows)> _gathered = [];
    private readonly LoopJoins _joins;
    private readonly Group _group;
    private readonly Func<Node, Slot> _slots;
    private readonly int _segment;
    private int[] _axes;
    private readonly List<Operand> _operands = [];
    private readonly List<Binding> _bindings = [];
    private readonly Dictionary<string, int> _loads = new(StringComparer.Ordinal);
    private readonly List<Step> _steps = [];
    private readonly List<Sink> _sinks = [];
    private readonly Dictionary<Node, int> _stepOf = [];
    private readonly List<Kernel> _merges = [];
    private readonly int _chunks;

    private LoopPlanner(Group group, IReadOnlySet<Node> needed, Func<Node, Slot> slots, LoopJoins joins)
    {
        (_group, _slots, _axes, _segment) = (group, slots, group.Axes(), 0);
        if (HasNarrowRows(needed))
        {
            _segment = group.Columns;
            JoinRows();
        }
        else
        {
            foreach (var scatter in joins.Scatters) { SplitRows(Scatters.Columns(scatter)); }
            Gather(joins);
        }
        _joins = joins;
        Products = joins.Products(_axes);
        _chunks = ChunkCount();
    }

    /// <summary>The kernels of a group; the first is the loop.</summary>
    /// <param name="group">A group of loop nodes.</param>
    /// <param name="needed">The nodes whose results are read outside the group.</param>
    /// <param name="slots">Where a node's result lies.</param>
    /// <param name="joins">What may run together with the loop.</param>
    public static List<Kernel> Plan(Group group, IReadOnlySet<Node> needed, Func<Node, Slot> slots, LoopJoins joins)
    {
        var planner = new LoopPlanner(group, needed, slots, joins);
        foreach (var node in group.Nodes) { planner.Add(node, needed.Contains(node)); }
        foreach (var scatter in joins.Scatters) { planner.Scatter(scatter); }
        var schedule = new LoopSchedule(new([.. planner._operands], [.. planner._steps], [.. planner._sinks]));
        var loop = new LoopKernel(schedule, [.. planner._bindings], planner._axes, planner._chunks);
        var together = planner.Products;
        Kernel first = together.Length == 0 ? loop
            : new ProductLoopKernel(together, [.. together.SelectMany(product => product.Writes)], loop);
        return [first, .. planner._merges];
    }

    // Rows of 2 or 4 whose sums are wanted nowhere else: each vector holds several, and their sums are made by exchanging lanes.
    private bool HasNarrowRows(IReadOnlySet<Node> needed) =>
        _group.Columns is 2 or 4 && _group.Nodes.All(node => _group.Levels[node] == Group.Level.Element
            || (_group.Levels[node] == Group.Level.Row && !needed.Contains(node) && (node.IsRowReduction || node.Inputs.All(IsInside))));

    private bool IsInside(View view) => view.IsFill || _group.Levels.ContainsKey(view.Node);

    // Axes that are one stretch for every input need not be told apart any more.
    private void JoinRows()
    {
        var outside = _group.Nodes.SelectMany(node => node.Inputs).Where(view => !IsInside(view)).ToArray();
        while (_axes.Length > 1)
        {
            if (outside.Select(view => StridesOf(view, 1)).Any(strides => strides[^2] != strides[^1] * _axes[^1])) { return; }
            _axes = [.. _axes[..^2], _axes[^2] * _axes[^1]];
        }
    }

    // Rows of tables that only this loop reads, element by element, are read where they are: the loop's rows become theirs.
    private void Gather(LoopJoins joins)
    {
        var views = _group.Nodes.SelectMany(node => node.Inputs).Where(view => view.Node.Kind == NodeKind.Gather);
        foreach (var readers in views.ToLookup(view => view.Node))
        {
            var node = readers.Key;
            var width = node.Count / node.Inputs[1].Count;
            var isFree = _group.Columns == 0 && _gathered.Count == 0 && joins.Scatters.Length == 0;
            var fits = node.Element == ElementType.Float32 && node.Count == _group.Count && width >= Scatters.LeastColumns
                && joins.IsAlone(node) && readers.All(view => view.IsLinear)
                && (isFree ? _axes[^1] % width == 0 : _axes.Length > 1 && _axes[^1] == width);
            if (!fits) { continue; }
            SplitRows(width);
            _gathered[node] = joins.Gathered(node);
        }
    }

    // The loop's rows are those of a table; the last axis is a multiple of them.
    private void SplitRows(int width)
    {
        if (_axes[^1] > width) { _axes = [.. _axes[..^1], _axes[^1] / width, width]; }
        if (_axes.Length == 1) { _axes = [1, .. _axes]; }
    }

    private RowsProductKernel[] Products { get; }

    private int ChunkCount()
    {
        double cost = 3 * Products.Sum(product => product.Cost);
        foreach (var node in _group.Nodes)
        {
            var weight = node.Kind switch
            {
                NodeKind.Exp or NodeKind.Sigmoid => 20,
                NodeKind.Tanh or NodeKind.Log or NodeKind.Erf => 40,
                NodeKind.Div or NodeKind.Sqrt or NodeKind.Reciprocal => 8,
                _ => 2,
            };
            cost += _group.Levels[node] == Group.Level.Row && _segment == 0 ? (double)_group.Count / _group.Columns * weight
                : (double)_group.Count / 16 * (weight + (2 * node.Inputs.Length));
        }
        var rows = Extents.Product(_axes.AsSpan()[..^1]);
        cost += 20.0 * rows;
        var hasTotals = _group.Levels.Values.Contains(Group.Level.Total);
        var units = Products.Length > 0 ? (Products[0].Rows + 31) / 32
            : LoopKernel.CutsColumns(_axes) ? Math.Max(1, _axes[0] / 1024) : rows;
        var most = _joins.Scatters.Length > 0 ? Scatters.MostChunks : hasTotals ? 16 : 32;
        return (int)Math.Clamp(Math.Min(cost / 3 / 12_000, units), 1, most);
    }

    private void Add(Node node, bool needed)
    {
        var level = _group.Levels[node];
        if (node.IsTotal)
        {
            Total(node);
            return;
        }
        var perRow = level == Group.Level.Row && _segment == 0;
        var sources = new Source[node.Inputs.Length];
        for (var i = 0; i < sources.Length; i++) { sources[i] = From(node.Inputs[i], perRow && !node.IsRowReduction); }
        _stepOf[node] = _steps.Count;
        _steps.Add(new(node.Kind, sources, perRow, node.IsRowReduction ? _segment : 0));
        if (!needed) { return; }
        var strides = Scale(Dense(perRow ? _group.Columns : 1), node.Element.SizeInBytes());
        var operand = Operand(perRow ? Role.StoreScalar : Role.StoreVector, node.Element, _slots(node), 0, strides);
        _sinks.Add(new(Source.Of(_steps.Count - 1), operand, perRow));
    }

    // A total is added up per chunk and then over the chunks; with one chunk, at once where it belongs.
    private void Total(Node node)
    {
        var perRow = node.Inputs[0].Count != _group.Count;
        var source = From(node.Inputs[0], perRow);
        var columns = node.Count;
        var (slot, bytes) = Partials(node);
        var strides = new int[_axes.Length];
        if (node.Kind == NodeKind.SumColumns)
        {
            var below = 1;
            for (var axis = _axes.Length - 1; axis >= 0; axis--)
            {
                strides[axis] = below < columns ? below * sizeof(float) : 0;
                below *= _axes[axis];
            }
        }
        var role = node.Kind == NodeKind.SumAll ? Role.AddScalar
            : strides.Length > 1 && strides[^2] == 0 ? Role.TotalVector : Role.AddVector;
        _operands.Add(new(role, ElementType.Float32));
        _bindings.Add(new(slot, _operands[^1].Role, 0, strides, bytes));
        _sinks.Add(new(source, _operands.Count - 1, perRow));
    }

    // As a total, but each row goes to the table's row that its index says.
    private void Scatter(Node node)
    {
        var (slot, bytes) = Partials(node);
        var operand = Table(Role.AddScattered, slot, bytes, _joins.Scattered(node));
        _sinks.Add(new(From(node.Inputs[2], perRow: false), operand, IsRow: false));
    }

    // Where each chunk adds to sums of its own: at once where they belong when there is but one chunk.
    private (Slot Slot, int Bytes) Partials(Node node)
    {
        var bytes = node.Count * sizeof(float);
        if (_chunks == 1) { return (_slots(node), bytes); }
        bytes = (bytes + 63) / 64 * 64;
        var partials = new Slot((long)bytes * _chunks, $"partial sums of node {node.Id}");
        _merges.Add(new MergeKernel(partials, bytes, _chunks, _slots(node), node.Count));
        return (partials, bytes);
    }

    private Source From(View view, bool perRow)
    {
        if (view.IsFill) { return Source.Constant(Number(view.Node)); }
        if (_stepOf.TryGetValue(view.Node, out var step)) { return Source.Of(step); }
        var key = (perRow ? "row " : "") + view.Sequence;
        if (_loads.TryGetValue(key, out var known)) { return Source.Memory(known); }
        if (_gathered.TryGetValue(view.Node, out var gathered))
        {
            return Source.Memory(_loads[key] = Table(Role.LoadGathered, gathered.Table, 0, gathered.Rows));
        }
        var strides = StridesOf(view, perRow ? _group.Columns : 1);
        var size = view.Node.Element.SizeInBytes();
        var role = perRow || (strides[^1] == 0 && _axes[^1] > 1) ? Role.LoadScalar : Role.LoadVector;
        return Source.Memory(_loads[key] = Operand(role, view.Node.Element, _slots(view.Node), view.Offset * size, Scale(strides, size)));
    }

    // A truth value as a lane mask.
    private static float Number(Node fill) =>
        fill.Element == ElementType.Bool ? BitConverter.Int32BitsToSingle(fill.Number != 0 ? -1 : 0) : (float)fill.Number;

    private int Operand(Role role, ElementType element, Slot slot, int offset, int[] strides)
    {
        _operands.Add(new(role, element));
        _bindings.Add(new(slot, role, offset, strides));
        return _operands.Count - 1;
    }

    private int Table(Role role, Slot table, int partialBytes, Slot numbers)
    {
        var (along, rows) = (new int[_axes.Length], Dense(_axes[^1]));
        (along[^2], along[^1]) = (_axes[^1] * sizeof(float), sizeof(float));
        _operands.Add(new(role, ElementType.Float32));
        _bindings.Add(new(table, role, 0, along, partialBytes));
        Operand(Role.LoadIndex, ElementType.Int64, numbers, 0, Scale(rows, sizeof(long)));
        return _operands.Count - 2;
    }

    private static int[] Scale(int[] strides, int size)
    {
        for (var axis = 0; axis < strides.Length; axis++) { strides[axis] *= size; }
        return strides;
    }

    // Strides of a dense result with one element per `run` elements of the loop.
    private int[] Dense(int run)
    {
        var strides = new int[_axes.Length];
        var below = 1;
        for (var axis = _axes.Length - 1; axis >= 0; axis--)
        {
            strides[axis] = below / run;                                             // 0 within a run
            below *= _axes[axis];
        }
        return strides;
    }

    // The view's strides in the loop's axes; `run`: elements of the loop per element of the view's shape.
    private int[] StridesOf(View view, int run)
    {
        var strides = new int[_axes.Length];
        var joined = view.Joined();
        var below = 1;
        for (var axis = _axes.Length - 1; axis >= 0; axis--)
        {
            strides[axis] = below < run ? 0 : StrideAt(joined, below / run);
            below *= _axes[axis];
        }
        return strides;
    }

    // How far apart elements are that lie `distance` apart in row-major order of the view's shape. The loop's axes cut no joined axis of
    // the view in between.
    private static int StrideAt(List<(int Extent, int Stride)> joined, int distance)
    {
        var below = 1;
        for (var axis = joined.Count - 1; axis >= 0; axis--)
        {
            var (extent, stride) = joined[axis];
            if (distance < below * extent) { return stride * (distance / below); }
            below *= extent;
        }
        return 0;
    }
}
