using System.Collections.Immutable;
using GrokPipeline.Graphs.Ops;

namespace GrokPipeline.Graphs;

/// <summary>
/// A node of a graph and the tensor that it stands for: an input, or an operator applied to other values. Immutable; compared by
/// reference. A value knows what it is computed from, so a value alone is a whole expression.
/// </summary>
public sealed class Value
{
    private Value(Op? op, ImmutableArray<Value> inputs, TensorType type, string? name)
    {
        Op = op;
        Inputs = inputs;
        Type = type;
        Name = name;
    }

    /// <summary>What computes it; null for an input.</summary>
    public Op? Op { get; }

    /// <summary>What it is computed from, in the operator's order; empty for an input and for a constant.</summary>
    public ImmutableArray<Value> Inputs { get; }

    /// <summary>Element type and shape.</summary>
    public TensorType Type { get; }

    /// <summary>The extents.</summary>
    public TensorShape Shape => Type.Shape;

    /// <summary>A name for people, checkpoints and probes (<c>blocks.0.attn.pattern</c>); null when nobody named it.</summary>
    public string? Name { get; }

    /// <summary>True when it is given from outside at run time.</summary>
    public bool IsInput => Op is null;

    /// <summary>A tensor that is given at run time.</summary>
    public static Value Input(string name, TensorType type) => new(null, [], type, name);

    /// <summary>An operator applied to values; its type follows from theirs.</summary>
    /// <exception cref="GrokException">The operator does not accept these types.</exception>
    public static Value Of(Op op, params ReadOnlySpan<Value> inputs)
    {
        var types = new TensorType[inputs.Length];
        for (var i = 0; i < types.Length; i++) { types[i] = inputs[i].Type; }
        return new(op, [.. inputs], op.Infer(types), null);
    }

    /// <summary>A tensor that is known now; a float scalar is a number like any other (<see cref="Scalar"/>).</summary>
    public static Value Constant(Tensor tensor) =>
        tensor.Type == TensorType.Float32([]) ? Scalar(tensor.AsSpan<float>()[0]) : Of(new Constant(tensor));

    /// <summary>A float32 scalar.</summary>
    public static Value Scalar(double number) => Of(new Fill(number, TensorType.Float32([])));

    /// <summary>The same computation under a name. An input keeps the name it has.</summary>
    public Value Named(string name) => IsInput ? this : new(Op, Inputs, Type, name);

    /// <summary>The same operator on other inputs; the name stays.</summary>
    public Value On(ImmutableArray<Value> inputs)
    {
        if (Op is null) { return this; }
        var fresh = Of(Op, inputs.AsSpan());
        return Name is null ? fresh : fresh.Named(Name);
    }

    /// <summary>Elementwise sum; shapes broadcast.</summary>
    public static Value operator +(Value a, Value b) => Of(new Elementwise2<Add>(), a, b);

    /// <summary>Elementwise difference; shapes broadcast.</summary>
    public static Value operator -(Value a, Value b) => Of(new Elementwise2<Sub>(), a, b);

    /// <summary>Elementwise product; shapes broadcast.</summary>
    public static Value operator *(Value a, Value b) => Of(new Elementwise2<Mul>(), a, b);

    /// <summary>Elementwise quotient; shapes broadcast.</summary>
    public static Value operator /(Value a, Value b) => Of(new Elementwise2<Div>(), a, b);

    /// <summary>Elementwise negation.</summary>
    public static Value operator -(Value a) => Of(new Elementwise<Neg>(), a);

    /// <summary>A number stands for a float32 scalar.</summary>
    public static implicit operator Value(double number) => Scalar(number);

    /// <summary><c>Relu -> Float32[2, 3]</c>, with the name when there is one.</summary>
    public override string ToString() => $"{(Name is null ? "" : Name + ": ")}{Op?.OpType ?? "input"} -> {Type}";
}
