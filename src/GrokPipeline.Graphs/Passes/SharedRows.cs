using GrokPipeline.Graphs.Ops;
using GrokPipeline.Graphs.Passes.Sharing;

namespace GrokPipeline.Graphs.Passes;

/// <summary>
/// Leaves out what a batch of rows computes twice or for nobody; the same numbers but for rounding, and so the same gradients:
/// positions that the result does not read (a decoder that is scored at its last token); what depends on one index of a row, once for each
/// index instead of once for each row (an embedding times a matrix, as a table); what depends on a prefix that rows have in common, under
/// causal attention. Found in the graph as it is written.
/// </summary>
public static class SharedRows
{
    private const int MostPositions = 16;

    // Indices of rows go through float32, which holds integers below this exactly.
    private const long MostRows = 1L << 24;

    /// <summary>The value computed with less work, or the value itself where there is nothing to gain.</summary>
    /// <param name="result">What is wanted of each row, [rows, ..].</param>
    /// <param name="input">The index input Int64 [rows, columns] whose rows are meant.</param>
    /// <param name="columns">What is known of its columns. Rows that break it get wrong numbers: the caller vouches for it.</param>
    public static Value Apply(Value result, Value input, IReadOnlyList<IndexColumn> columns)
    {
        if (input.Type.Element != ElementType.Int64 || input.Shape.Rank != 2 || input.Shape[1] != columns.Count
            || columns.Count > MostPositions || (long)input.Shape[0] * columns.Count >= MostRows || result.Shape.Rank == 0 || result.Shape[0] != input.Shape[0])
        {
            return result;
        }
        var all = new StackBuilder(input, columns);
        if (all.Build(result) is null) { return result; }
        var shared = new StackBuilder(input, columns, all.Demand(result)).Build(result);
        if (shared is null || Cost(shared) > 0.95 * Cost(result)) { return result; }
        return result.Name is { } name ? shared.Named(name) : shared;
    }

    // Multiply-adds of products; an element that only passes through takes about as long as 32 of them.
    private static double Cost(Value result)
    {
        var cost = 0.0;
        foreach (var value in Topology.Of(result))
        {
            if (value.Op is null or Constant or Fill or Reshape or Slice or Transpose) { continue; }
            cost += value.Op is MatMul ? (double)value.Shape.Count * value.Inputs[0].Shape[-1] : 32.0 * value.Shape.Count;
        }
        return cost;
    }
}
