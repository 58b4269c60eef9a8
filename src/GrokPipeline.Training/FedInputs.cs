using System.Collections.Immutable;
using GrokPipeline.Graphs;

namespace GrokPipeline.Training;

/// <summary>The inputs of a step that the host computes, as they are asked for while the step is built.</summary>
internal sealed class FedInputs
{
    private readonly List<(FedInput Input, Value Value)> _all = [];

    /// <summary>What the host writes.</summary>
    public ImmutableArray<FedInput> Inputs => [.. _all.Select(pair => pair.Input)];

    /// <summary>The same as inputs of the graph.</summary>
    public IEnumerable<Value> Values => _all.Select(pair => pair.Value);

    /// <summary>The input of a description; one that was asked for before is the same.</summary>
    public Value Add(FedInput input)
    {
        var known = _all.FirstOrDefault(pair => pair.Input.Name == input.Name);
        if (known.Value is not null) { return known.Value; }
        var value = Value.Input(input.Name, input.Type);
        _all.Add((input, value));
        return value;
    }
}
