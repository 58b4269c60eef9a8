using System.Collections.Immutable;

namespace GrokPipeline.Graphs.Ops;

/// <summary>
/// An operator as a file has it, to make the record from: see <see cref="OpSet"/>. What is missing or unfit is answered with an error
/// that names the operator.
/// </summary>
/// <param name="OpType">The operator's name in ONNX.</param>
/// <param name="Attributes">Attributes by name, with contents as in <see cref="OpAttribute"/>.</param>
/// <param name="ConstantInputs">
/// The inputs after the operator's own (a shape, axes): always known. A list of integers or a <see cref="Tensor"/>, as in
/// <see cref="OpAttribute"/> (a list may be empty, a tensor never is); null where an optional one is left out.
/// </param>
/// <param name="InputTypes">Types of the operator's own inputs.</param>
public sealed record OpForm(
    string OpType,
    IReadOnlyDictionary<string, object> Attributes,
    ImmutableArray<object?> ConstantInputs,
    ImmutableArray<TensorType> InputTypes)
{
    /// <summary>An integer attribute, or its default.</summary>
    public long Integer(string name, long otherwise) => Find<long>(name, otherwise);

    /// <summary>A float attribute, or its default.</summary>
    public float Float(string name, float otherwise) => Find<float>(name, otherwise);

    /// <summary>A text attribute, or its default.</summary>
    public string Text(string name, string otherwise) => Find<string>(name, otherwise);

    /// <summary>A list of integers, or null where there is none.</summary>
    public IntegerList? Integers(string name) =>
        Attributes.ContainsKey(name) ? [.. Find(name, ImmutableArray<long>.Empty).Select(Fitting)] : null;

    /// <summary>A tensor attribute, or null where there is none.</summary>
    public Tensor? TensorOrNull(string name) => Attributes.ContainsKey(name) ? Find<Tensor>(name, null!) : null;

    /// <summary>The integers of a constant input, or null where it is left out.</summary>
    /// <param name="index">Counted from the first constant input.</param>
    public IntegerList? Constants(int index)
    {
        if (index >= ConstantInputs.Length || ConstantInputs[index] is not { } content) { return null; }
        return content switch
        {
            ImmutableArray<long> numbers => [.. numbers.Select(Fitting)],
            Tensor { Type.Element: ElementType.Int64, Shape.Rank: 0 } scalar => [Fitting(scalar.AsSpan<long>()[0])],
            _ => throw Unfit($"constant input {index} is {content}", "a list of integers"),
        };
    }

    /// <summary>The one integer of a constant input.</summary>
    public int Constant(int index) => Constants(index) is { Count: 1 } numbers ? numbers[0]
        : throw Unfit($"constant input {index} is {Constants(index)?.ToString() ?? "missing"}", "one integer");

    /// <summary>Demands that something holds which this project's operators take for granted.</summary>
    public void Require(bool holds, string problem, string expected)
    {
        if (!holds) { throw Unfit(problem, expected); }
    }

    /// <summary>The error for a form that is none of ours.</summary>
    public GrokException Unfit(string problem, string expected) =>
        new($"{OpType}: {problem}.", $"Expected is {expected}.", kind: ProblemKind.Integrity);

    private T Find<T>(string name, T otherwise)
    {
        if (!Attributes.TryGetValue(name, out var content)) { return otherwise; }
        return content is T fit ? fit : throw Unfit($"attribute {name} is a {content.GetType().Name}", $"a {typeof(T).Name}");
    }

    private int Fitting(long number) =>
        number is >= int.MinValue and <= int.MaxValue ? (int)number : throw Unfit($"the integer {number} is too large", "32 bits");
}
