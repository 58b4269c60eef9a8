using System.Collections.Immutable;
using System.Numerics;

namespace GrokPipeline.Graphs;

/// <summary>
/// An operator of ONNX's default domain with its attributes. It knows its type rule, its gradient and its meaning; engines and the
/// file format are other people's business. Every operator has exactly one output.
/// </summary>
public abstract record Op
{
    /// <summary>The operator's name in ONNX.</summary>
    public abstract string OpType { get; }

    /// <summary>ONNX attributes, in a fixed order; defaults included, so that the canonical text says everything.</summary>
    public virtual ImmutableArray<OpAttribute> Attributes => [];

    /// <summary>
    /// Lists of integers that ONNX takes as further inputs (a shape, axes, starts): known here, written to a file as initializers after
    /// the operator's own inputs.
    /// </summary>
    public virtual ImmutableArray<OpAttribute> ConstantInputs => [];

    /// <summary>The output's type.</summary>
    /// <exception cref="GrokException">The operator does not accept inputs of these types.</exception>
    public abstract TensorType Infer(ReadOnlySpan<TensorType> inputs);

    /// <summary>
    /// The vector–Jacobian product: for each input the share of the gradient that flows into it, or null where none does (indices,
    /// conditions). Written with public operators, so that second derivatives come free.
    /// </summary>
    /// <param name="output">The value that this operator computed; its inputs are the primals.</param>
    /// <param name="cotangent">The gradient with respect to <paramref name="output"/>, of its type.</param>
    public abstract ImmutableArray<Value?> Vjp(Value output, Value cotangent);

    /// <summary>
    /// The meaning: computes the output from the inputs. Floats are <typeparamref name="T"/>, so one text is both the float32 reference
    /// and the float64 gradient check; indices stay Int64.
    /// </summary>
    public abstract void Evaluate<T>(Buffers<T> buffers)
        where T : IFloatingPointIeee754<T>;
}
