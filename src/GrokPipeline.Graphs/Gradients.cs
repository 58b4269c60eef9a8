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
        var cotangents = new Dictionary<Value, Value> { [loss] = Value.Of(new Fill(1, loss.Type)) };
        foreach (var value in Topology.Of(loss).Reverse())
        {
            if (value.Op is null || !needed.Contains(value) || !cotangents.TryGetValue(value, out var cotangent)) { continue; }
            foreach (var (input, share) in value.Inputs.Zip(value.Op.Vjp(value, cotangent)))
            {
                if (share is null || !needed.Contains(input)) { continue; }
                cotangents[input] = cotangents.TryGetValue(input, out var sum) ? sum + share : share;
            }
        }
        return [.. parameters.Select(p => cotangents.TryGetValue(p, out var gradient) ? gradient : Value.Of(new Fill(0, p.Type)))];
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
