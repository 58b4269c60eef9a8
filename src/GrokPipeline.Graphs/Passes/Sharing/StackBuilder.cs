using System.Collections.Immutable;
using GrokPipeline.Graphs.Ops;

namespace GrokPipeline.Graphs.Passes.Sharing;

/// <summary>Walks through a graph and builds it anew in stacks; what has no rule is built from plain values.</summary>
internal sealed class StackBuilder
{
    private readonly RowSpace _space;
    private readonly StackRules _rules;
    private readonly Dictionary<Value, Stack> _stacks = [];
    private readonly Dictionary<Value, Stack> _sides = [];
    private readonly Dictionary<Value, Value> _plain = [];
    private readonly Func<Value, Value, ulong>? _needed;

    /// <summary>A builder that computes all positions, or those that another one's <see cref="Demand"/> says.</summary>
    public StackBuilder(Value input, IReadOnlyList<IndexColumn> columns, Func<Value, Value, ulong>? needed = null)
    {
        _space = new(input, columns);
        _rules = new(_space);
        _needed = needed;
        ImmutableArray<int> positions = [.. Enumerable.Range(0, columns.Count)];
        _stacks[input] = Stack.OfParts(
            _space, input.Shape, 1, positions, [.. positions.Select(_space.KeyOf)], [.. positions.Select(_space.IndicesOf)]);
    }

    /// <summary>The result as a plain value, or null when nothing leads to it.</summary>
    public Value? Build(Value result)
    {
        foreach (var value in Topology.Of(result))
        {
            if (_stacks.ContainsKey(value)) { continue; }
            if (!value.Inputs.Any(input => !_plain.TryGetValue(input, out var plain) || plain != input)) { _plain[value] = value; }
            else if (_needed is not null && _needed(value, value) == 0) { continue; }
            else if (Stacked(value) is { } stack) { _stacks[value] = stack; }
            else if (IsSide(value)) { _sides[value] = Taken(value, value.Inputs[0]); }
            else if (value.Inputs.All(IsKnown)) { _plain[value] = value.On([.. value.Inputs.Select(Plain)]); }
        }
        return IsKnown(result) ? Plain(result) : null;
    }

    /// <summary>
    /// For a value and what it is computed from: which positions of that are needed, as bits. Asked after <see cref="Build"/>.
    /// </summary>
    public Func<Value, Value, ulong> Demand(Value result)
    {
        var needed = new Dictionary<Value, ulong> { [result] = All(result) };
        foreach (var value in Topology.Of(result).Reverse())
        {
            if (needed.GetValueOrDefault(value) == 0) { continue; }
            foreach (var (input, bits) in Inputs(value)) { needed[input] = needed.GetValueOrDefault(input) | bits; }
        }
        return (value, input) => value == input ? needed.GetValueOrDefault(value) : Inputs(value).First(pair => pair.Input == input).Bits;

        IEnumerable<(Value Input, ulong Bits)> Inputs(Value value)
        {
            var mine = needed.GetValueOrDefault(value);
            if (Attention(value) is not { } attention) { return value.Inputs.Select(input => (input, Through(value, input, mine))); }
            var extent = _stacks[attention.Keys].Extent;
            var seen = Bits(mine).SelectMany(query => attention.Seen(query, extent)).Aggregate(0UL, (bits, key) => bits | (1UL << key));
            return [(attention.Queries, mine), (attention.Keys, seen), (attention.Values, seen)];
        }
    }

    private Stack? Stacked(Value value)
    {
        if (Attention(value) is { } attention)
        {
            return _rules.Attended(
                value, attention, Taken(value, attention.Queries), Taken(value, attention.Keys), Taken(value, attention.Values));
        }
        var isSide = value.Op is MatMul && _sides.ContainsKey(value.Inputs[0]) && _plain.ContainsKey(value.Inputs[1]);
        if (isSide) { return _rules.Side(value, _sides[value.Inputs[0]], _plain[value.Inputs[1]]); }
        if (!value.Inputs.All(input => _stacks.ContainsKey(input) || (_plain.TryGetValue(input, out var plain) && plain == input))) { return null; }
        Stack?[] stacks = [.. value.Inputs.Select(input => _stacks.ContainsKey(input) ? Taken(value, input) : null)];
        if (ConstantFolding.IsElementwise(value.Op!)) { return _rules.Elementwise(value, stacks); }       // it has inputs
        return stacks.Count(stack => stack is not null) == 1
            ? _rules.One(value, stacks.OfType<Stack>().Single(), Array.FindIndex(stacks, stack => stack is not null)) : null;
    }

    // Features of several positions side by side: a product may take them one by one.
    private bool IsSide(Value value) =>
        value.Op is Reshape && _stacks.TryGetValue(value.Inputs[0], out var x) && x.Axis == 1 && x.Shape.Rank == 3 && value.Shape.Rank == 2
            && value.Shape[0] == _space.Rows;

    private CausalAttention? Attention(Value value) => CausalAttention.At(value) is { } found
        && _stacks.ContainsKey(found.Queries) && _stacks.ContainsKey(found.Keys) && _stacks.ContainsKey(found.Values) ? found : null;

    // Which positions of an input the positions of a value are computed from.
    private ulong Through(Value value, Value input, ulong mine)
    {
        if (mine == 0) { return 0; }
        if (!_stacks.TryGetValue(input, out var from) || !_stacks.TryGetValue(value, out var to) || from.Axis < 0) { return All(input); }
        if (value.Op is Slice slice && slice.Axis == from.Axis) { return mine << slice.Start; }
        return to.Axis >= 0 && to.Extent == from.Extent ? mine : All(input);
    }

    private ulong All(Value value) => _stacks.TryGetValue(value, out var stack) ? (1UL << stack.Extent) - 1 : 1;

    private static IEnumerable<int> Bits(ulong bits) => Enumerable.Range(0, 64).Where(bit => ((bits >> bit) & 1) != 0);

    private Stack Taken(Value value, Value input)
    {
        var stack = _stacks[input];
        if (_needed is null || stack.Axis < 0) { return stack; }
        var bits = _needed(value, input);
        return stack.Take([.. stack.Positions.Where(position => ((bits >> position) & 1) != 0)]);
    }

    private bool IsKnown(Value value) => _stacks.ContainsKey(value) || _sides.ContainsKey(value) || _plain.ContainsKey(value);

    private Value Plain(Value value) => _stacks.TryGetValue(value, out var stack) ? stack.Plain()
        : _sides.TryGetValue(value, out var side) ? side.Plain().Reshape(value.Shape)
        : _plain[value];
}
