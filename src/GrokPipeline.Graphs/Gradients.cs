using GrokPipeline.Graphs.Ops;

namespace GrokPipeline.Graphs;

/// <summary>Reverse-mode differentiation: from a graph to a graph.</summary>
public static class Gradients
{
    /// <summary>The gradient of a scalar with respect to each of some values, in their order, each of that value's type.</summary>
    /// <param name="loss">A float scalar, shape [].</param>
    /// <param name="parameters">Float values; one that the loss does not depend on gets zeros.</param>
    /// <exception cref="GrokException"><paramref name="loss"/> is no float scalar.</exception>
    public static IReadOnlyList<Value> Of(Value loss, IReadOnlyList<Value> parameters)
    {
        if (loss.Shape.Rank != 0 || !loss.Type.Element.IsFloat())
        {
            throw new GrokException($"A gradient needs a float scalar; {loss} is none.", "Reduce the loss with Mean or Sum.", loss.Name);
        }
        var needed = Needed(loss, parameters);
        var cotangents = new Dictionary<Value, List<Value>> { [loss] = [Value.Of(new Fill(1, loss.Type))] };
        foreach (var value in Topology.Of(loss).Reverse())
        {
            if (value.Op is null || !needed.Contains(value) || !cotangents.TryGetValue(value, out var shares)) { continue; }
            foreach (var (input, share) in value.Inputs.Zip(value.Op.Vjp(value, Sum(shares))))
            {
                if (share is null || !needed.Contains(input)) { continue; }
                if (!cotangents.TryGetValue(input, out var others)) { cotangents[input] = others = []; }
                others.Add(share);
            }
        }
        return [.. parameters.Select(p => cotangents.TryGetValue(p, out var shares) ? Sum(shares) : Value.Of(new Fill(0, p.Type)))];
    }

    // What slices of one value give lies side by side: put together, not added up with zeros around it.
    private static Value Sum(List<Value> shares)
    {
        for (var i = 0; i < shares.Count; i++)
        {
            for (var j = i + 1; j < shares.Count; j++)
            {
                if (Padded.Together(shares[i], shares[j]) is not { } both) { continue; }
                shares[i] = both;
                shares.RemoveAt(j--);
            }
        }
        return shares.Aggregate((sum, share) => sum + share);
    }

    // Values on a path from a parameter to the loss: nothing else deserves a gradient.
    private static HashSet<Value> Needed(Value loss, IReadOnlyList<Value> parameters)
    {
        var needed = parameters.ToHashSet();
        foreach (var value in Topology.Of(loss))
        {
            if (value.Inputs.Any(needed.Contains)) { needed.Add(value); }
        }
        return needed;
    }
}
