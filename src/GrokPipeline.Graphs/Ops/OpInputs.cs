namespace GrokPipeline.Graphs.Ops;

/// <summary>What the type rules ask of their inputs, with one wording for all operators.</summary>
internal static class OpInputs
{
    /// <summary>The operator takes exactly this many inputs.</summary>
    public static void Expect(string opType, ReadOnlySpan<TensorType> inputs, int count)
    {
        if (inputs.Length != count)
        {
            throw new GrokException($"{opType} takes {count} input(s); {inputs.Length} were given.", "Check the call.");
        }
    }

    /// <summary>The input at an index, which must be of floats.</summary>
    public static TensorType Float(string opType, ReadOnlySpan<TensorType> inputs, int index) =>
        Of(opType, inputs, index, ElementType.Float32);

    /// <summary>The input at an index, which must be of floats of either precision.</summary>
    public static TensorType AnyFloat(string opType, ReadOnlySpan<TensorType> inputs, int index) =>
        inputs[index].Element == ElementType.Float64 ? inputs[index] : Float(opType, inputs, index);

    /// <summary>The input at an index, which must be of one element type.</summary>
    public static TensorType Of(string opType, ReadOnlySpan<TensorType> inputs, int index, ElementType element) =>
        inputs[index].Element == element ? inputs[index] : throw new GrokException(
            $"{opType} needs {element} as input {index}; {inputs[index]} was given.", "Cast it first.");

    /// <summary>The input at an index, which must be of floats and have a last axis to work along.</summary>
    public static TensorType Rows(string opType, ReadOnlySpan<TensorType> inputs, int index) =>
        Float(opType, inputs, index).Shape.Rank > 0 ? inputs[index] : throw new GrokException(
            $"{opType} works along the last axis; a scalar has none.", "Reshape it to [1] or more.");

    /// <summary>A row's index, which must lie below <paramref name="count"/>.</summary>
    public static int Index(string opType, long index, int count) => index >= 0 && index < count ? (int)index : throw new GrokException(
        $"{opType} met the index {index}; there are {count}.", $"Indices are from 0 to {count - 1}.", kind: ProblemKind.Failed);
}
