using GrokPipeline.Engines.Simd.Kernels;
using GrokPipeline.Graphs;

namespace GrokPipeline.Engines.Simd.Planning;

/// <summary>From nodes to kernels with memory.</summary>
internal sealed class PlanBuilder
{
    // Strides in bytes are 32-bit numbers.
    private const long LargestBlock = int.MaxValue - 4096;

    private readonly Graph _graph;
    private readonly Lowered _lowered;
    private readonly Dictionary<Node, Slot> _slots = [];
    private readonly List<(Slot, Node)> _constants = [];
    private readonly List<Kernel> _kernels = [];
    private readonly Fault _fault = new();
    private HashSet<Node> _kept = [];
    private ILookup<Node, Node> _readers = Enumerable.Empty<Node>().ToLookup(node => node);

    public PlanBuilder(Graph graph, Lowered lowered) => (_graph, _lowered) = (graph, lowered);

    /// <summary>Plans all of it.</summary>
    public Plan Build()
    {
        var inputs = new Dictionary<string, Slot>(StringComparer.Ordinal);
        for (var i = 0; i < _lowered.Inputs.Length; i++)
        {
            var slot = Of(_lowered.Inputs[i]);
            slot.IsKept = true;
            inputs[_graph.Inputs[i].Name!] = slot;                                   // inputs have names
        }
        var live = Live();
        var groups = Fusion.Of(live);
        var groupOf = groups.SelectMany(group => group.Nodes.Select(node => (Node: node, Group: group)))
            .ToDictionary(pair => pair.Node, pair => pair.Group);
        var scatters = new Scatters(live, groupOf);
        var needed = Needed(live, groupOf, scatters);
        _kept = _lowered.Outputs.Select(view => view.Node).ToHashSet();
        _readers = live.SelectMany(node => node.Inputs.Select(view => (view.Node, Reader: node)))
            .ToLookup(pair => pair.Node, pair => pair.Reader);
        var heavy = new HeavyPlanner(Of, _kernels, _fault, new ProductCopies(live, _kept));
        var producer = new Dictionary<Slot, (Group Group, Kernel Kernel)>();
        foreach (var group in groups.OrderBy(group => group.Nodes[^1].Id))
        {
            if (!group.IsLoop)
            {
                if (!scatters.TryGetValue(group.Nodes[0], out _)) { heavy.Plan(group.Nodes[0]); }
                continue;
            }
            var joins = new LoopJoins(
                axes => Together(group, axes, heavy, groupOf),
                node => !_kept.Contains(node) && _readers[node].All(reader => groupOf[reader] == group), heavy.Gathered,
                scatters.Of(group), heavy.Scattered);
            var kernels = LoopPlanner.Plan(group, needed, Of, joins);
            _kernels.AddRange(kernels);
            foreach (var node in group.Nodes.Where(needed.Contains)) { producer[Of(node)] = (group, kernels[0]); }
        }
        var outputs = Outputs();
        var commits = new List<(Slot, Slot)>();
        var order = new KernelOrder(_kernels);
        foreach (var pair in _graph.Carried)
        {
            var (from, to) = (outputs[pair.Output], inputs[pair.Input]);
            if (producer.TryGetValue(from, out var made) && from.Same is null && to.Same is null && InPlace(made.Group, from, to)
                && !(made.Kernel is ProductLoopKernel products && products.ReadsAhead(to))
                && !(made.Kernel is LoopKernel loop && loop.Gathers(to)) && order.PutLast(made.Kernel, to))
            {
                from.Same = to;
                to.Same = to;
            }
            else
            {
                commits.Add((from, to));
            }
        }
        var sorted = order.Sorted();
        var bytes = Arena.Lay(sorted, [.. _slots.Values]);
        return new([.. sorted], inputs, outputs, [.. commits], [.. _constants], bytes, _fault);
    }

    // The products that only this loop reads, in their order: they run row by row together with it.
    private RowsProductKernel[] Together(Group group, int[] axes, HeavyPlanner heavy, Dictionary<Node, Group> groupOf)
    {
        var products = new List<RowsProductKernel>();
        foreach (var (node, kernel) in heavy.RowsProducts)
        {
            if (node.Count != group.Count || _kept.Contains(node) || _readers[node].Any(reader => groupOf[reader] != group)) { continue; }
            var views = group.Nodes.SelectMany(reader => reader.Inputs).Where(view => view.Node == node);
            var fits = axes.Length == 1 || kernel.Columns % axes[^1] == 0
                || (axes[^1] % kernel.Columns == 0 && 8 % (axes[^1] / kernel.Columns) == 0);
            if (!fits || !views.All(view => view.IsLinear) || (products.Count > 0 && products[0].Columns != kernel.Columns)) { continue; }
            products.Add(kernel);
            _kernels.Remove(kernel);
        }
        return [.. products];
    }

    private Slot Of(Node node)
    {
        if (_slots.TryGetValue(node, out var slot)) { return slot; }
        if (node.Bytes > LargestBlock)
        {
            throw new GrokException(
                $"A value of shape [{string.Join(", ", node.Shape)}] takes {node.Bytes} bytes; the simd engine's limit is {LargestBlock}.",
                "Make the batch smaller.", node.Name, ProblemKind.Resources);
        }
        slot = new Slot(node.Bytes, node.Name ?? node.Kind.ToString());
        if (node.Kind is NodeKind.Constant or NodeKind.Fill)
        {
            slot.IsKept = true;
            _constants.Add((slot, node));
        }
        return _slots[node] = slot;
    }

    private List<Node> Live()
    {
        var live = new HashSet<Node>();
        var pending = new Stack<Node>(_lowered.Outputs.Select(view => view.Node));
        while (pending.TryPop(out var node))
        {
            if (!live.Add(node)) { continue; }
            foreach (var view in node.Inputs) { pending.Push(view.Node); }
        }
        return [.. live.Where(node => node.Kind is not (NodeKind.Input or NodeKind.Constant or NodeKind.Fill)).OrderBy(node => node.Id)];
    }

    // Nodes whose results are read by another group or from outside.
    private HashSet<Node> Needed(List<Node> live, Dictionary<Node, Group> groupOf, Scatters scatters)
    {
        var needed = _lowered.Outputs.Select(view => view.Node).ToHashSet();
        foreach (var node in live)
        {
            foreach (var view in node.Inputs)
            {
                var by = scatters.TryGetValue(node, out var loop) ? loop : groupOf[node];
                if (!groupOf.TryGetValue(view.Node, out var group) || group != by) { needed.Add(view.Node); }
            }
        }
        return needed;
    }

    // An output lies where it was computed when that is all of one node; else it is copied.
    private Dictionary<string, Slot> Outputs()
    {
        var outputs = new Dictionary<string, Slot>(StringComparer.Ordinal);
        for (var i = 0; i < _lowered.Outputs.Length; i++)
        {
            var (view, name) = (_lowered.Outputs[i], _graph.Outputs[i].Name);
            var slot = Of(view.Node);
            if (!view.IsLinear || view.Node.Kind is NodeKind.Input or NodeKind.Constant or NodeKind.Fill)
            {
                var size = view.Node.Element.SizeInBytes();
                var copy = new Slot((long)view.Count * size, name);
                _kernels.Add(new CopyKernel(slot, view.Offset, view.Strides, copy, 0, Extents.Strides(view.Shape), view.Shape, size));
                slot = copy;
            }
            slot.IsKept = true;
            outputs[name] = slot;
        }
        return outputs;
    }

    // Whether the loop may write `from` over `to`: it reads each element of `to` just before it writes the same element of `from`.
    private bool InPlace(Group group, Slot from, Slot to)
    {
        if (group.Columns > 0) { return false; }
        var made = group.Nodes.Single(node => _slots.TryGetValue(node, out var slot) && slot == from);
        if (group.Levels[made] != Group.Level.Element) { return false; }
        return group.Nodes.SelectMany(node => node.Inputs)
            .Where(view => !view.IsFill && _slots.TryGetValue(view.Node, out var slot) && slot == to)
            .All(view => view.IsLinear && view.Count == made.Count);
    }
}
