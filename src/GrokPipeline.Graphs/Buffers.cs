using System.Collections.Immutable;

namespace GrokPipeline.Graphs;

/// <summary>
/// The memory an operator's meaning reads and writes: inputs in order, then one output, all row-major. Floats are
/// <typeparamref name="T"/> whatever the graph's own float type says.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
public sealed class Buffers<T>
{
    private readonly ImmutableArray<TensorType> _types;
    private readonly Array[] _inputs;
    private readonly Array _output;

    /// <summary>Buffers over arrays: <c>T[]</c> for floats, <c>long[]</c>, <c>bool[]</c>.</summary>
    public Buffers(ImmutableArray<TensorType> types, Array[] inputs, TensorType outputType, Array output)
    {
        _types = types;
        _inputs = inputs;
        OutputType = outputType;
        _output = output;
    }

    /// <summary>How many inputs there are.</summary>
    public int Count => _inputs.Length;

    /// <summary>The output's type.</summary>
    public TensorType OutputType { get; }

    /// <summary>The output, to be filled, when it is of floats.</summary>
    public Span<T> Output => (T[])_output;

    /// <summary>The output, to be filled, when it is of integers.</summary>
    public Span<long> OutputIntegers => (long[])_output;

    /// <summary>The output, to be filled, when it is of truth values.</summary>
    public Span<bool> OutputBools => (bool[])_output;

    /// <summary>The type of an input.</summary>
    public TensorType Type(int input) => _types[input];

    /// <summary>The shape of an input.</summary>
    public TensorShape Shape(int input) => _types[input].Shape;

    /// <summary>An input of floats.</summary>
    public ReadOnlySpan<T> Input(int input) => (T[])_inputs[input];

    /// <summary>An input of integers.</summary>
    public ReadOnlySpan<long> Integers(int input) => (long[])_inputs[input];

    /// <summary>An input of truth values.</summary>
    public ReadOnlySpan<bool> Bools(int input) => (bool[])_inputs[input];

    /// <summary>An input of elements that are only moved: <typeparamref name="TElement"/> is <typeparamref name="T"/>, long or bool.</summary>
    public ReadOnlySpan<TElement> Elements<TElement>(int input) => (TElement[])_inputs[input];

    /// <summary>The output, to be filled, of elements that are only moved.</summary>
    public Span<TElement> OutputElements<TElement>() => (TElement[])_output;
}
