using System.Collections.Immutable;
using System.Globalization;

namespace GrokPipeline.Graphs;

/// <summary>A named constant of an operator.</summary>
/// <param name="Name">ONNX's name for it.</param>
/// <param name="Content">A <see cref="long"/>, <see cref="float"/>, <see cref="string"/>, list of integers or <see cref="Tensor"/>.</param>
public sealed record OpAttribute(string Name, object Content)
{
    /// <summary>An integer attribute.</summary>
    public static OpAttribute Of(string name, long number) => new(name, number);

    /// <summary>A float attribute.</summary>
    public static OpAttribute Of(string name, float number) => new(name, number);

    /// <summary>A text attribute.</summary>
    public static OpAttribute Of(string name, string text) => new(name, text);

    /// <summary>A list of integers.</summary>
    public static OpAttribute Of(string name, ImmutableArray<long> numbers) => new(name, numbers);

    /// <summary>A list of integers.</summary>
    public static OpAttribute Of(string name, IntegerList numbers) => new(name, numbers.Select(n => (long)n).ToImmutableArray());

    /// <summary>A shape, as a list of integers.</summary>
    public static OpAttribute Of(string name, TensorShape shape) => new(name, shape.Select(n => (long)n).ToImmutableArray());

    /// <summary>A tensor.</summary>
    public static OpAttribute Of(string name, Tensor tensor) => new(name, tensor);

    /// <summary><c>axis=-1</c>, <c>perm=[1, 0]</c>; a tensor by its type.</summary>
    public override string ToString() => $"{Name}={Content switch
    {
        long number => number.ToString(CultureInfo.InvariantCulture),
        float number => number.ToString("R", CultureInfo.InvariantCulture),
        ImmutableArray<long> numbers => $"[{string.Join(", ", numbers)}]",
        string text => $"\"{text}\"",
        _ => Content.ToString(),
    }}";
}
