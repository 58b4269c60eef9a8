namespace GrokPipeline.Engines.Simd.Planning;

/// <summary>
/// Puts nodes together that share what they read or compute, so that it stays in registers and the cache. A group is joined to the next
/// one when a single loop can do both and nothing between them needs the one and is needed by the other.
/// </summary>
internal sealed class Fusion
{
    private readonly Dictionary<Node, Group> _groupOf = [];
    private readonly Dictionary<Node, List<Node>> _readers = [];

    private Fusion()
    {
    }

    /// <summary>Groups nodes; every node is in exactly one group.</summary>
    /// <param name="nodes">The nodes that outputs need, each after what it reads.</param>
    public static List<Group> Of(List<Node> nodes)
    {
        var fusion = new Fusion();
        foreach (var node in nodes)
        {
            fusion._groupOf[node] = Group.Of([node]) ?? throw new InvalidOperationException($"No loop computes {node}.");
            if (node.IsLoop) { fusion.Join(node); }
            foreach (var view in node.Inputs)
            {
                if (!fusion._readers.TryGetValue(view.Node, out var readers)) { fusion._readers[view.Node] = readers = []; }
                readers.Add(node);
            }
        }
        return [.. fusion._groupOf.Values.Distinct()];
    }

    // A condition on one number, or on one and constants, is cheaper computed again beside its reader than stored: it waits until its
    // reader joins it.
    private static bool IsCheap(Node node) =>
        node.Kind is NodeKind.Greater or NodeKind.Less or NodeKind.Equal or NodeKind.ToFloat or NodeKind.ToBool
        && node.Inputs.Count(view => view.Node.Kind is not (NodeKind.Fill or NodeKind.Constant)) == 1;

    private void Join(Node node)
    {
        // First with those that compute what it reads, then with those that read the same.
        foreach (var view in node.Inputs)
        {
            if (!view.IsFill && view.Node.IsLoop && (IsCheap(view.Node) || !IsCheap(node))) { Merge(node, view.Node); }
        }
        if (IsCheap(node)) { return; }
        foreach (var view in node.Inputs)
        {
            if (view.IsFill || view.Node.Count < node.Count || !_readers.TryGetValue(view.Node, out var readers)) { continue; }
            foreach (var reader in readers)
            {
                if (reader.IsLoop && !IsCheap(reader)) { Merge(node, reader); }
            }
        }
    }

    private void Merge(Node a, Node b)
    {
        var (one, other) = (_groupOf[a], _groupOf[b]);
        if (one == other || Group.Of(one.Nodes.Concat(other.Nodes)) is not { } both || Between(one, other)) { return; }
        foreach (var node in both.Nodes) { _groupOf[node] = both; }
    }

    // Whether a third group needs one and is needed by the other.
    private bool Between(Group a, Group b)
    {
        return Reaches(a, b) || Reaches(b, a);

        bool Reaches(Group from, Group to)
        {
            var seen = new HashSet<Group> { from, to };
            var pending = new Stack<Group>();
            Push(to);
            while (pending.TryPop(out var group))
            {
                foreach (var view in group.Nodes.SelectMany(node => node.Inputs))
                {
                    if (_groupOf.GetValueOrDefault(view.Node) == from) { return true; }
                }
                Push(group);
            }
            return false;

            void Push(Group group)
            {
                foreach (var view in group.Nodes.SelectMany(node => node.Inputs))
                {
                    // Leaves are in no group. No group may be passed over for its age: one node of it may stand far behind another.
                    if (_groupOf.TryGetValue(view.Node, out var needed) && seen.Add(needed))
                    {
                        pending.Push(needed);
                    }
                }
            }
        }
    }
}
