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

/// <summary>Grokfast-EMA, <c>h ← α·h + (1−α)·g</c>; gives <c>g + λ·h</c> on (Lee et al. 2024).</summary>
/// <remarks>OUR CHOICE: h is 0 at first. The formula leaves it open; the authors' code begins with the first gradient.</remarks>
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

/// <summary>
/// Grokfast-MA, <c>g + λ·mean</c> of the last w gradients, this one included (Lee et al. 2024). The window is shifted by one in each step.
/// </summary>
/// <param name="Window">w, at least 1.</param>
/// <param name="Lambda">λ, at least 0.</param>
/// <param name="Full">True: nothing is added until there are w gradients. False: the mean of those that there are.</param>
public sealed record AddMeanGradient(int Window, double Lambda, bool Full) : Transform
{
    /// <inheritdoc/>
    public override ImmutableArray<string> Slots => ["grokfast.window"];

    /// <inheritdoc/>
    public override ImmutableArray<CarriedScalar> Scalars => [new("grokfast.count", 1, 1)];

    /// <inheritdoc/>
    public override TensorType SlotType(string slot, TensorType parameter) => new(parameter.Element, [Window, .. parameter.Shape.Extents]);

    /// <inheritdoc/>
    public override Change Apply(Value update, Value parameter, ReadOnlySpan<Value> slots, ReadOnlySpan<Value> scalars)
    {
        var newest = update.Reshape([1, .. update.Shape.Extents]);
        var window = Window == 1 ? newest : Value.Concat(0, slots[0].Slice(0, 1, Window - 1), newest);
        var weight = Full
            ? scalars[0].Greater(Window - 0.5).Cast(ElementType.Float32) * (Lambda / Window)
            : Lambda / scalars[0].Min(Window);
        return new(update + (window.Sum([0]) * weight), [window]);
    }
}
