using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Ops;

namespace GrokPipeline.Training.Optimizers;

/// <summary>What decoupled decay pulls a parameter to.</summary>
public enum DecayKind
{
    /// <summary><c>θ ← θ − ηλθ</c> (Loshchilov and Hutter 2019).</summary>
    ToZero,

    /// <summary><c>θ ← θ − ηλ(θ − θ₀)</c> with the values at step 0 (Power et al. 2022).</summary>
    ToInit,

    /// <summary><c>θ ← θ·exp(z·ηλ)</c> with one normal number z for each tensor and step (openai/grok).</summary>
    Jiggle,
}

/// <summary>Adds a share of the way back to the first values, <c>u + λ·(θ − θ₀)</c>.</summary>
/// <param name="Decay">λ, a scalar.</param>
/// <param name="FirstValues">θ₀, of the parameter's shape.</param>
public sealed record AddDecayToFirstValues(Value Decay, Value FirstValues) : Transform
{
    /// <inheritdoc/>
    public override Change Apply(Value update, Value parameter, ReadOnlySpan<Value> slots, ReadOnlySpan<Value> scalars) =>
        new(update + ((parameter - FirstValues) * Decay), []);
}

/// <summary>
/// Stretches or shrinks a tensor at random, <c>u + θ·(exp(z·η·λ) − 1)</c>. After the learning rate: u is the step by now.
/// </summary>
/// <param name="LearningRate">η, a scalar.</param>
/// <param name="Decay">λ, a scalar.</param>
/// <param name="Number">z, one normal number.</param>
public sealed record Jiggle(Value LearningRate, Value Decay, Value Number) : Transform
{
    /// <inheritdoc/>
    public override Change Apply(Value update, Value parameter, ReadOnlySpan<Value> slots, ReadOnlySpan<Value> scalars) =>
        new(update + (parameter * ((Number * LearningRate * Decay).Exp() - 1)), []);
}

/// <summary>Adds normal noise to a direction, <c>u + σ·z</c> (Power et al. 2022). Before the learning rate.</summary>
/// <param name="Factor">σ.</param>
/// <param name="Noise">z, of the parameter's shape.</param>
public sealed record AddUpdateNoise(double Factor, Value Noise) : Transform
{
    /// <summary>The transform of an option; none without one.</summary>
    internal static IEnumerable<Transform> Of(double? factor, StepInputs inputs)
    {
        if (factor is > 0) { yield return new AddUpdateNoise(factor.Value, inputs.Normal("update_noise")); }
    }

    /// <inheritdoc/>
    public override Change Apply(Value update, Value parameter, ReadOnlySpan<Value> slots, ReadOnlySpan<Value> scalars) =>
        new(update + (Noise * Factor), []);
}
