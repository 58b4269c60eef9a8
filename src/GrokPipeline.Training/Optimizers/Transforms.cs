using System.Collections.Immutable;
using GrokPipeline.Graphs;

namespace GrokPipeline.Training.Optimizers;

/// <summary>
/// Adds a share of the parameter, <c>u + λ·θ</c>. Before Adam it is L2 regularisation, which Adam rescales; after Adam it is decoupled
/// weight decay (Loshchilov and Hutter 2019). The two are not the same: see the options' names.
/// </summary>
/// <param name="Decay">λ, a scalar.</param>
public sealed record AddDecayedWeights(Value Decay) : Transform
{
    /// <inheritdoc/>
    public override Change Apply(Value update, Value parameter, ReadOnlySpan<Value> slots, ReadOnlySpan<Value> scalars) =>
        new(update + (parameter * Decay), []);
}

/// <summary>Heavy-ball momentum as in PyTorch, <c>b ← μ·b + u</c>; gives b on, or <c>u + μ·b</c> in Nesterov's form.</summary>
/// <param name="Mu">μ, in [0, 1).</param>
/// <param name="Nesterov">True: look ahead.</param>
public sealed record Momentum(double Mu, bool Nesterov) : Transform
{
    /// <inheritdoc/>
    public override ImmutableArray<string> Slots => ["momentum"];

    /// <inheritdoc/>
    public override Change Apply(Value update, Value parameter, ReadOnlySpan<Value> slots, ReadOnlySpan<Value> scalars)
    {
        var b = (slots[0] * Mu) + update;
        return new(Nesterov ? update + (b * Mu) : b, [b]);
    }
}

/// <summary>Turns a direction uphill into a step downhill, <c>−η·u</c>. Last in a chain.</summary>
/// <param name="LearningRate">η, a scalar.</param>
public sealed record ScaleByLearningRate(Value LearningRate) : Transform
{
    /// <inheritdoc/>
    public override Change Apply(Value update, Value parameter, ReadOnlySpan<Value> slots, ReadOnlySpan<Value> scalars) =>
        new(-(update * LearningRate), []);
}
