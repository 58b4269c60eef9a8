using System.Collections.Immutable;

namespace GrokPipeline.Graphs;

/// <summary>The order of computation.</summary>
public static class Topology
{
    /// <summary>All that <paramref name="root"/> needs, itself last, each value after what it is computed from.</summary>
    public static ImmutableArray<Value> Of(Value root) => Of([root]);

    /// <summary>
    /// All that the roots need. The order is that of a depth-first walk from the first root through inputs in order, so it depends on
    /// the structure alone. Without recursion: graphs may be deep.
    /// </summary>
    public static ImmutableArray<Value> Of(IEnumerable<Value> roots)
    {
        var order = ImmutableArray.CreateBuilder<Value>();
        var done = new HashSet<Value>();
        var pending = new Stack<(Value Value, int Next)>();
        foreach (var root in roots)
        {
            if (!done.Contains(root)) { pending.Push((root, 0)); }
            while (pending.TryPop(out var top))
            {
                if (top.Next < top.Value.Inputs.Length)
                {
                    pending.Push((top.Value, top.Next + 1));
                    var input = top.Value.Inputs[top.Next];
                    if (!done.Contains(input)) { pending.Push((input, 0)); }
                }
                else if (done.Add(top.Value))
                {
                    order.Add(top.Value);
                }
            }
        }
        return order.ToImmutable();
    }
}
