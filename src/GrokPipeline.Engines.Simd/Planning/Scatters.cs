using System.Diagnostics.CodeAnalysis;

namespace GrokPipeline.Engines.Simd.Planning;

/// <summary>
/// Rows added to a table by the loop that computes them: they need not be written and read again. Each chunk of the loop adds to a table
/// of its own, and the tables are added in the order of the chunks.
/// </summary>
internal sealed class Scatters
{
    /// <summary>A loop that adds to tables is cut into at most so many chunks.</summary>
    public const int MostChunks = 8;

    /// <summary>Columns of a table below which a row is no worth a loop's row.</summary>
    public const int LeastColumns = 16;

    private readonly Dictionary<Node, Group> _groups = [];
    private readonly IReadOnlyDictionary<Node, Group> _groupOf;

    /// <summary>Finds them.</summary>
    /// <param name="nodes">The nodes that are computed.</param>
    /// <param name="groupOf">The group of each.</param>
    public Scatters(List<Node> nodes, IReadOnlyDictionary<Node, Group> groupOf)
    {
        _groupOf = groupOf;
        foreach (var node in nodes.Where(node => node.Kind == NodeKind.ScatterAdd))
        {
            if (groupOf.TryGetValue(node.Inputs[2].Node, out var group) && Fits(node, group)
                && Of(group).All(other => Columns(other) == Columns(node)))
            {
                _groups[node] = group;
            }
        }
    }

    /// <summary>Columns of the table that a ScatterAdd makes.</summary>
    public static int Columns(Node scatter) => scatter.Count / scatter.Shape[0];

    /// <summary>The ScatterAdds that a loop does.</summary>
    public Node[] Of(Group group) => [.. _groups.Where(pair => pair.Value == group).Select(pair => pair.Key)];

    /// <summary>The loop that does a ScatterAdd.</summary>
    public bool TryGetValue(Node scatter, [MaybeNullWhen(false)] out Group group) => _groups.TryGetValue(scatter, out group);

    // The chunks' tables together are much smaller than the rows.
    private bool Fits(Node node, Group group)
    {
        var (table, indices, rows, columns) = (node.Inputs[0], node.Inputs[1], node.Inputs[2], Columns(node));
        return table.IsFill && table.Node.Number == 0 && group.IsLoop && rows.IsLinear && rows.Count == group.Count
            && group.Levels[rows.Node] == Group.Level.Element && columns >= LeastColumns
            && (group.Columns == 0 || group.Columns == columns) && group.Axes()[^1] % columns == 0
            && 2L * MostChunks * node.Shape[0] <= indices.Count && !Needs(indices.Node, group);
    }

    // Whether what computes a node has to wait for a group. Groups run as a whole, with the ScatterAdds that they do.
    private bool Needs(Node node, Group group)
    {
        var (seen, pending) = (new HashSet<Group>(), new Stack<Node>([node]));
        while (pending.TryPop(out var top))
        {
            if (!_groups.TryGetValue(top, out var by) && !_groupOf.TryGetValue(top, out by)) { continue; }       // leaves are in no group
            if (by == group) { return true; }
            if (!seen.Add(by)) { continue; }
            foreach (var view in by.Nodes.Concat(Of(by)).SelectMany(each => each.Inputs)) { pending.Push(view.Node); }
        }
        return false;
    }
}
