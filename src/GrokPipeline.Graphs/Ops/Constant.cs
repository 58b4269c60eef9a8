using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;

namespace GrokPipeline.Graphs.Ops;

/// <summary>A tensor known when the graph is built (ONNX <c>Constant</c>, opset 13). Two constants are equal when their bytes are.</summary>
/// <param name="Content">The elements; must not be changed afterwards.</param>
public sealed record Constant(Tensor Content) : Op
{
    /// <inheritdoc/>
    public override string OpType => "Constant";

    /// <inheritdoc/>
    public override ImmutableArray<OpAttribute> Attributes => [OpAttribute.Of("value", Content)];

    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        OpInputs.Expect(OpType, inputs, 0);
        return Content.Type;
    }

    /// <inheritdoc/>
    public override ImmutableArray<Value?> Vjp(Value output, Value cotangent) => [];

    /// <inheritdoc/>
    public override void Evaluate<T>(Buffers<T> buffers)
    {
        switch (Content.Type.Element)
        {
            case ElementType.Int64: Content.AsSpan<long>().CopyTo(buffers.OutputIntegers); break;
            case ElementType.Bool: Content.AsSpan<bool>().CopyTo(buffers.OutputBools); break;
            default: Convert(Content.AsSpan<float>(), buffers.Output); break;
        }
    }

    /// <inheritdoc/>
    public bool Equals(Constant? other) =>
        other is not null && Content.Type == other.Content.Type && Content.Bytes.SequenceEqual(other.Content.Bytes);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.AddBytes(Content.Bytes);
        return hash.ToHashCode();
    }

    private static void Convert<T>(ReadOnlySpan<float> from, Span<T> to)
        where T : IFloatingPointIeee754<T>
    {
        for (var i = 0; i < to.Length; i++) { to[i] = T.CreateChecked(from[i]); }
    }
}

/// <summary>One number everywhere (ONNX <c>ConstantOfShape</c>, opset 9; a scalar is written as <c>Constant</c>).</summary>
/// <param name="Number">The number, rounded to the element type.</param>
/// <param name="Type">Element type and shape of the result.</param>
public sealed record Fill(double Number, TensorType Type) : Op
{
    /// <inheritdoc/>
    public override string OpType => "ConstantOfShape";

    /// <inheritdoc/>
    public override ImmutableArray<OpAttribute> Attributes => [OpAttribute.Of("value", One())];

    /// <inheritdoc/>
    public override ImmutableArray<OpAttribute> ConstantInputs => [OpAttribute.Of("shape", Type.Shape)];

    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        OpInputs.Expect(OpType, inputs, 0);
        return Type;
    }

    /// <inheritdoc/>
    public override ImmutableArray<Value?> Vjp(Value output, Value cotangent) => [];

    /// <inheritdoc/>
    public override void Evaluate<T>(Buffers<T> buffers)
    {
        switch (Type.Element)
        {
            case ElementType.Int64: buffers.OutputIntegers.Fill((long)Number); break;
            case ElementType.Bool: buffers.OutputBools.Fill(Number != 0); break;
            default: buffers.Output.Fill(T.CreateChecked(Number)); break;
        }
    }

    /// <inheritdoc/>
    public bool Equals(Fill? other) =>                        // by bits: 0 and −0 are different numbers, NaN is itself
        other is not null && Type == other.Type && BitConverter.DoubleToInt64Bits(Number) == BitConverter.DoubleToInt64Bits(other.Number);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(BitConverter.DoubleToInt64Bits(Number), Type);

    /// <summary><c>Fill(0.5)</c> for the canonical text.</summary>
    public override string ToString() => $"Fill({Number.ToString("R", CultureInfo.InvariantCulture)}, {Type})";

    private Tensor One() => Type.Element switch
    {
        ElementType.Int64 => Tensor.Of<long>([1], [(long)Number]),
        ElementType.Bool => Tensor.Of<bool>([1], [Number != 0]),
        _ => Tensor.Of<float>([1], [(float)Number]),
    };
}
