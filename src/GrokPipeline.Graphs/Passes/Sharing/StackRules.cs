using System.Collections.Immutable;
using GrokPipeline.Graphs.Ops;

namespace GrokPipeline.Graphs.Passes.Sharing;

/// <summary>What operators make of stacks. Null: the operator has no rule, and is given plain values.</summary>
internal sealed class StackRules(RowSpace space)
{
    /// <summary>An operator on one stack and plain values.</summary>
    /// <param name="value">The plain operation.</param>
    /// <param name="x">The stack, in the place of input <paramref name="at"/>.</param>
    /// <param name="at">Which input it is.</param>
    public Stack? One(Value value, Stack x, int at) => value.Op switch
    {
        Gather when at == 1 => EachPart(x, value.Shape, part => Gathered(value.Inputs[0], part)),
        OneHot => EachPart(x, value.Shape, part => Value.Of(value.Op, part)),
        LayerNormalization when at == 0 && x.Axis != x.Shape.Rank - 1 && x.Shape.Rank > 1 =>
            x.Map(value.Shape, x.Axis, rows => Value.Of(value.Op, rows, value.Inputs[1], value.Inputs[2])),
        Softmax or LogSoftmax when x.Axis != x.Shape.Rank - 1 && x.Shape.Rank > 1 => x.Map(value.Shape, x.Axis, rows => Value.Of(value.Op, rows)),
        MatMul when at == 0 && value.Inputs[1].Shape.Rank == 2 && x.Axis < x.Shape.Rank - 1 =>
            x.Map(value.Shape, x.Axis, rows => rows.MatMul(value.Inputs[1])),
        ReduceSum sum => Summed(value, x, sum),
        Reshape => Reshaped(value, x),
        Transpose turn => Turned(value, x, turn),
        Slice slice => Sliced(value, x, slice),
        _ => null,
    };

    /// <summary>A function of elements of stacks and plain values; shapes broadcast.</summary>
    public Stack? Elementwise(Value value, IReadOnlyList<Stack?> stacks)
    {
        var first = stacks.First(stack => stack is not null)!;                        // somebody called it for one
        var present = stacks.OfType<Stack>().ToArray();
        if (value.Shape[0] != space.Rows || present.Any(stack => stack.Shape.Rank != value.Shape.Rank || stack.Axis != first.Axis
            || stack.Extent != first.Extent || !stack.Positions.SequenceEqual(first.Positions)))
        {
            return null;
        }
        if (first.Axis >= 0 && value.Shape[first.Axis] != first.Extent) { return null; }
        ImmutableArray<RowKey> keys =
            [.. first.Keys.Select((_, i) => present.Select(stack => stack.Keys[i]).Aggregate((all, one) => all.And(one)))];
        var operands = new Operand[stacks.Count];
        for (var i = 0; i < operands.Length; i++)
        {
            if (stacks[i] is { } stack) { operands[i] = new(stack.Widen(keys), null, false); }
            else if (Plain(value.Inputs[i], value.Shape, first.Axis) is { } plain) { operands[i] = plain; }
            else { return null; }
        }
        // Index arithmetic stays in parts, of which some are constants.
        if (operands.Any(operand => operand.IsSpecific) || present.All(stack => stack.HasParts && stack.Inner.Rank == 0))
        {
            return Stack.OfParts(space, value.Shape, first.Axis, first.Positions, keys, [.. keys.Select((_, i) =>
                Folded(value.Op!, [.. operands.Select(operand => operand.Of(first.Positions[i], i))]))]);       // it has inputs
        }
        var rows = Folded(value.Op!, [.. operands.Select(operand => operand.Of(0, -1))]);                        // as above
        return Stack.Of(space, value.Shape, first.Axis, first.Positions, keys, rows);
    }

    // A plain operand as it meets the rows of a position, or null when it differs between rows.
    private static Operand? Plain(Value x, TensorShape shape, int axis)
    {
        var added = shape.Rank - x.Shape.Rank;
        if (added > Math.Max(axis, 0)) { return new(null, _ => x, false); }
        int[] aligned = [.. Enumerable.Repeat(1, added), .. x.Shape.Extents];
        if (aligned[0] != 1) { return null; }
        var specific = axis >= 0 && aligned[axis] > 1;
        TensorShape inner = [1, .. aligned.Where((_, i) => i != axis && i != 0)];
        return new(null, position => (specific ? x.Slice(axis - added, position, 1) : x).Reshape(inner), specific);
    }

    private sealed record Operand(Stack? Stack, Func<int, Value>? Plain, bool IsSpecific)
    {
        // All rows for part −1.
        public Value Of(int position, int part) => Stack is null ? Plain!(position) : part < 0 ? Stack.Rows : Stack.Part(part);   // one is there
    }

    /// <summary>A product of features that are several positions side by side, [rows, positions·k]·W: a sum over the positions.</summary>
    public Stack? Side(Value value, Stack x, Value weight)
    {
        if (value.Shape.Rank != 2 || weight.Shape.Rank != 2 || x.Positions.Length != x.Extent || x.Keys.Any(key => key == RowKey.Whole))
        {
            return null;
        }
        var width = weight.Shape[0] / x.Extent;
        Stack? sum = null;
        for (var i = 0; i < x.Extent; i++)
        {
            var share = x.Part(i).Reshape([space.SizeOf(x.Keys[i]), width]).MatMul(weight.Slice(0, i * width, width));
            var mine = Stack.Of(space, value.Shape, -1, [0], [x.Keys[i]], share);
            if (sum is null) { sum = mine; continue; }
            ImmutableArray<RowKey> keys = [sum.Keys[0].And(mine.Keys[0])];
            sum = Stack.Of(space, value.Shape, -1, [0], keys, sum.Widen(keys).Rows + mine.Widen(keys).Rows);
        }
        return sum;
    }

    // Rows that follow one another need not be looked up.
    private static Value Gathered(Value table, Value indices) =>
        Consecutive(indices) is { } run ? table.Slice(0, run.Start, run.Length) : table.Gather(indices);

    private Stack EachPart(Stack x, TensorShape shape, Func<Value, Value> rowwise) => Stack.OfParts(
        space, shape, x.Axis, x.Positions, x.Keys, [.. Enumerable.Range(0, x.Keys.Length).Select(i => rowwise(x.Part(i)))]);

    private static (int Start, int Length)? Consecutive(Value indices)
    {
        if (indices.Op is Fill { Number: var number } && indices.Shape.Count == 1 && indices.Shape.Rank == 1) { return ((int)number, 1); }
        if (indices.Op is not Constant { Content: { } content } || content.Shape.Rank != 1) { return null; }
        var numbers = content.AsSpan<long>();
        for (var i = 1; i < numbers.Length; i++)
        {
            if (numbers[i] != numbers[0] + i) { return null; }
        }
        return ((int)numbers[0], numbers.Length);
    }

    private static Stack? Summed(Value value, Stack x, ReduceSum sum)
    {
        if (sum.Axes.Any(axis => axis == 0 || axis == x.Axis)) { return null; }
        var axis = x.Axis < 0 || sum.KeepAxes ? x.Axis : x.Axis - sum.Axes.Count(before => before < x.Axis);
        IntegerList axes = [.. sum.Axes.Select(x.InnerAxis)];
        return x.Map(value.Shape, axis, rows => Value.Of(new ReduceSum(axes, sum.KeepAxes), rows));
    }

    private Stack? Reshaped(Value value, Stack x)
    {
        var shape = value.Shape;
        if (shape.Rank == 0 || shape[0] != space.Rows || x.Axis > 1) { return null; }
        var axis = x.Axis == 1 && x.Extent > 1 ? 1 : x.Axis == 1 && shape.Rank > 1 && shape[1] == 1 ? 1 : -1;
        if (axis == 1 && (shape.Rank < 2 || shape[1] != x.Extent)) { return null; }
        if (axis < 0 && x.Extent > 1) { return null; }
        ReadOnlySpan<int> inner = shape.Extents.AsSpan()[(axis < 0 ? 1 : 2)..];
        TensorShape innerShape = TensorShape.Create(inner);
        return x.Map(shape, axis, rows => rows.Reshape([rows.Shape[0], .. innerShape.Extents]));
    }

    private static Stack? Turned(Value value, Stack x, Transpose turn)
    {
        if (turn.Permutation[0] != 0) { return null; }
        var axis = x.Axis < 0 ? -1 : turn.Permutation.Items.IndexOf(x.Axis);
        IntegerList inner = [.. turn.Permutation.Where(from => from != x.Axis).Select(x.InnerAxis)];
        return x.Map(value.Shape, axis, rows => rows.Transpose(inner));
    }

    private static Stack? Sliced(Value value, Stack x, Slice slice)
    {
        if (slice.Axis == 0) { return null; }
        if (slice.Axis != x.Axis) { return x.Map(value.Shape, x.Axis, rows => rows.Slice(x.InnerAxis(slice.Axis), slice.Start, slice.Length)); }
        ImmutableArray<int> kept = [.. x.Positions.Where(position => position >= slice.Start && position < slice.Start + slice.Length)];
        return x.Take(kept).Renumbered(value.Shape, slice.Start);
    }

    /// <summary>One query after the other, each on the positions that it sees.</summary>
    public Stack? Attended(Value value, CausalAttention attention, Stack q, Stack k, Stack v)
    {
        if (q.Axis != 2 || k.Axis != 3 || v.Axis != 2 || k.Extent != v.Extent || !k.Positions.SequenceEqual(v.Positions)) { return null; }
        if (q.Shape[1] != v.Shape[1] || q.Shape[1] != k.Shape[1] || !k.Keys.SequenceEqual(v.Keys)) { return null; }
        var parts = ImmutableArray.CreateBuilder<Value>();
        var keys = ImmutableArray.CreateBuilder<RowKey>();
        for (var i = 0; i < q.Positions.Length; i++)
        {
            var seen = attention.Seen(q.Positions[i], k.Extent);
            int[] places = [.. seen.Select(position => k.Positions.IndexOf(position))];
            if (seen.Length == 0 || places.Contains(-1)) { return null; }
            var key = places.Select(place => k.Keys[place]).Aggregate(q.Keys[i], (all, one) => all.And(one));
            keys.Add(key);
            parts.Add(Attend(attention, q, i, k, v, seen, places, key));
        }
        return Stack.OfParts(space, value.Shape, 2, q.Positions, keys.ToImmutable(), parts.ToImmutable());
    }

    private Value Attend(
        CausalAttention attention, Stack q, int query, Stack k, Stack v, ImmutableArray<int> seen, int[] places, RowKey key)
    {
        var (rows, heads, width) = (space.SizeOf(key), q.Shape[1], v.Shape[3]);
        if (seen.Length == 1) { return v.Take(seen).Widen([key]).Rows; }              // the only position has weight 1
        var index = space.IndexTable(key, places.Select(place => (k.Keys[place], k.Offset(place))));
        var mine = q.Take([q.Positions[query]]).Widen([key]).Rows.Reshape([rows, heads, 1, q.Shape[3]]);
        var scores = mine.MatMul(k.Rows.Gather(index).Transpose([0, 2, 3, 1]));
        var pattern = attention.Pattern(scores, q.Positions[query], seen, k.Extent);
        return pattern.MatMul(v.Rows.Gather(index).Transpose([0, 2, 1, 3])).Reshape([rows, heads, width]);
    }

    // Index arithmetic on constants is done now.
    private static Value Folded(Op op, ImmutableArray<Value> inputs) => ConstantFolding.Fold(Value.Of(op, inputs.AsSpan()), inputs);
}
