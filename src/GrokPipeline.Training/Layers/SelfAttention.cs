using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Ops;

namespace GrokPipeline.Training.Layers;

/// <summary>Self-attention with several heads (Vaswani et al. 2017).</summary>
/// <param name="Heads">How many heads; divides the width.</param>
/// <param name="Scope">Where its parameters and activations are named: <c>blocks.0.attn</c>.</param>
/// <param name="Parameter">The parameter of a name; null when the model has none of it (a bias).</param>
public sealed record SelfAttention(int Heads, string Scope, Func<string, Value?> Parameter)
{
    // Added to scores that may not be seen: e^(−1e9) is exactly 0, and unlike −∞ it never makes a NaN.
    private const float Hidden = -1e9f;

    /// <summary>True, the default: a position sees itself and those before it. False: it sees all.</summary>
    public bool Causal { get; init; } = true;

    /// <summary>The base of rotary positions (Su et al. 2021); null, the default: queries and keys are not turned.</summary>
    public double? RotaryBase { get; init; }

    /// <summary>
    /// Attends from the last positions of <paramref name="x"/> to those that they see.
    /// </summary>
    /// <param name="x">Normalised residual stream, [batch, positions, width].</param>
    /// <param name="queries">From how many positions, counted from the end, at least 1.</param>
    /// <returns>What is added to the residual stream, [batch, queries, width].</returns>
    public Value Apply(Value x, int queries) => Output(Mix(x, queries));

    /// <summary>What each head hears: values mixed by the pattern, before the output projection.</summary>
    /// <param name="x">Normalised residual stream, [batch, positions, width].</param>
    /// <param name="queries">From how many positions, counted from the end, at least 1.</param>
    /// <returns>[batch, queries, heads, width / heads].</returns>
    public Value Mix(Value x, int queries)
    {
        var (batch, positions, width) = (x.Shape[0], x.Shape[1], x.Shape[2]);
        var head = width / Heads;
        var asking = queries == positions ? x : x.Slice(1, positions - queries, queries);
        var q = Project(asking, "q").Reshape([batch, queries, Heads, head]).Named($"{Scope}.q");
        var k = Project(x, "k").Reshape([batch, positions, Heads, head]).Named($"{Scope}.k");
        var v = Project(x, "v").Reshape([batch, positions, Heads, head]).Named($"{Scope}.v");
        if (RotaryBase is { } slowest)
        {
            q = Turned(q, positions - queries, slowest).Named($"{Scope}.rot_q");
            k = Turned(k, 0, slowest).Named($"{Scope}.rot_k");
        }
        var scores = q.Transpose([0, 2, 1, 3]).MatMul(k.Transpose([0, 2, 3, 1])) * (1 / Math.Sqrt(head));
        if (Causal && queries > 1) { scores += Value.Constant(Mask(queries, positions)); }
        var pattern = scores.Softmax().Named($"{Scope}.pattern");
        return pattern.MatMul(v.Transpose([0, 2, 1, 3])).Transpose([0, 2, 1, 3]).Named($"{Scope}.z");
    }

    /// <summary>The output projection of all heads together.</summary>
    /// <param name="z">What <see cref="Mix"/> gives.</param>
    /// <returns>What is added to the residual stream, [batch, queries, width].</returns>
    public Value Output(Value z) => Project(z.Reshape([z.Shape[0], z.Shape[1], Heads * z.Shape[3]]), "o");

    /// <summary>
    /// What each head adds to the residual stream by itself: its rows of the output projection. The sum over heads is
    /// <see cref="Output"/>, the bias apart, which belongs to no head.
    /// </summary>
    /// <param name="z">What <see cref="Mix"/> gives.</param>
    /// <returns>[batch, queries, heads, width].</returns>
    public Value Result(Value z)
    {
        var weight = Parameter($"{Scope}.o.weight")!;                             // every projection has a weight
        var (batch, queries, head, width) = (z.Shape[0], z.Shape[1], z.Shape[3], weight.Shape[1]);
        // Heads first, so that no axis broadcasts: ONNX Runtime refuses to stretch one along a batch of no rows.
        var rows = z.Transpose([2, 0, 1, 3]).Reshape([Heads, batch * queries, head]);
        var results = rows.MatMul(weight.Reshape([Heads, head, width])).Reshape([Heads, batch, queries, width]);
        return results.Transpose([1, 2, 0, 3]);
    }

    // Each pair (x, y) becomes (x·cos − y·sin, y·cos + x·sin); (−y, x) is a product, so that nothing has to be cut and put together again.
    private static Value Turned(Value x, int first, double slowest)
    {
        var (cosines, sines) = PositionTables.Rotations(first, x.Shape[1], x.Shape[3], slowest);
        return (x * Value.Constant(cosines)) + (x.MatMul(Value.Constant(PositionTables.QuarterTurn(x.Shape[3]))) * Value.Constant(sines));
    }

    private Value Project(Value x, string name) =>
        x.Affine(Parameter($"{Scope}.{name}.weight")!, Parameter($"{Scope}.{name}.bias"));    // every projection has a weight

    // Query i is position i + positions − queries, and sees what is at or before it.
    private static Tensor Mask(int queries, int positions)
    {
        var mask = new float[queries * positions];
        for (var i = 0; i < queries; i++)
        {
            for (var j = i + positions - queries + 1; j < positions; j++) { mask[(i * positions) + j] = Hidden; }
        }
        return Tensor.Of<float>([queries, positions], mask);
    }
}
