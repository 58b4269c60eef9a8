using System.Collections.Immutable;
using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Ops;

namespace GrokPipeline.Training.Optimizers;

/// <summary>
/// ⊥Grad, one parameter tensor at a time: <c>p = g − (w·g / (w·w + 1e-30))·w</c>, then <c>p·‖g‖ / (‖p‖ + 1e-30)</c> (Prieto et al. 2025).
/// </summary>
/// <remarks>
/// A gradient along −w makes the logits larger and changes no answer. A parameter that is 0 keeps its whole gradient. Our choice: the
/// second 1e-30, which gives 0 when nothing is left.
/// </remarks>
public sealed record TakePerpendicular : Transform
{
    private const double Tiny = 1e-30;

    /// <inheritdoc/>
    public override Change Apply(Value update, Value parameter, ReadOnlySpan<Value> slots, ReadOnlySpan<Value> scalars)
    {
        var along = (parameter * update).Sum() / (parameter.Square().Sum() + Tiny);
        var rest = update - (parameter * along);
        return new(rest * (update.Square().Sum().Sqrt() / (rest.Square().Sum().Sqrt() + Tiny)), []);
    }
}

/// <summary>Grokfast-EMA, <c>h ← α·h + (1−α)·g</c>; gives <c>g + λ·h</c> on (Lee et al. 2024). Our choice: h is 0 at first.</summary>
/// <param name="Alpha">α, in [0, 1).</param>
/// <param name="Lambda">λ, at least 0.</param>
public sealed record AddSlowGradient(double Alpha, double Lambda) : Transform
{
    /// <inheritdoc/>
    public override ImmutableArray<string> Slots => ["grokfast"];

    /// <inheritdoc/>
    public override Change Apply(Value update, Value parameter, ReadOnlySpan<Value> slots, ReadOnlySpan<Value> scalars)
    {
        var h = (slots[0] * Alpha) + (update * (1 - Alpha));
        return new(update + (h * Lambda), [h]);
    }
}
