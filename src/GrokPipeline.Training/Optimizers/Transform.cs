using System.Collections.Immutable;
using GrokPipeline.Graphs;

namespace GrokPipeline.Training.Optimizers;

/// <summary>
/// A pure step from a gradient towards an update: state in, state out, one parameter at a time. Optimizers are chains of these.
/// </summary>
public abstract record Transform
{
    /// <summary>Names of the tensors kept for each parameter, 0 at first; <c>adam.m</c>. None by default.</summary>
    public virtual ImmutableArray<string> Slots => [];

    /// <summary>The type of one of <see cref="Slots"/>: the parameter's own by default.</summary>
    /// <param name="slot">Its name.</param>
    /// <param name="parameter">The parameter's type.</param>
    public virtual TensorType SlotType(string slot, TensorType parameter) => parameter;

    /// <summary>Numbers kept once for the whole optimizer. None by default.</summary>
    public virtual ImmutableArray<CarriedScalar> Scalars => [];

    /// <summary>Changes an update.</summary>
    /// <param name="update">What came in: the gradient at first. Of the parameter's shape.</param>
    /// <param name="parameter">The parameter before the step.</param>
    /// <param name="slots">Values of <see cref="Slots"/> before the step.</param>
    /// <param name="scalars">Values of <see cref="Scalars"/> after the step.</param>
    public abstract Change Apply(Value update, Value parameter, ReadOnlySpan<Value> slots, ReadOnlySpan<Value> scalars);
}

/// <summary>What a transform gives back.</summary>
/// <param name="Update">What goes on to the next transform, and in the end is added to the parameter.</param>
/// <param name="Slots">The slots' values after the step.</param>
public readonly record struct Change(Value Update, ImmutableArray<Value> Slots);

/// <summary>A number that each step multiplies and adds to: <c>s ← factor·s + term</c>, 0 at first.</summary>
/// <param name="Name">For example <c>adam.beta1_correction</c>.</param>
/// <param name="Factor">Multiplies the number before the step.</param>
/// <param name="Term">Is added.</param>
public readonly record struct CarriedScalar(string Name, double Factor, double Term)
{
    /// <summary>The value after the step.</summary>
    public Value Next(Value before) => (before * Factor) + Term;
}

/// <summary>Transforms one after another.</summary>
/// <param name="Parts">The first sees the gradient.</param>
public sealed record Chain(params ImmutableArray<Transform> Parts) : Transform
{
    /// <inheritdoc/>
    public override ImmutableArray<string> Slots => [.. Parts.SelectMany(part => part.Slots)];

    /// <inheritdoc/>
    public override ImmutableArray<CarriedScalar> Scalars => [.. Parts.SelectMany(part => part.Scalars)];

    /// <inheritdoc/>
    public override TensorType SlotType(string slot, TensorType parameter) =>
        Parts.First(part => part.Slots.Contains(slot)).SlotType(slot, parameter);

    /// <inheritdoc/>
    public override Change Apply(Value update, Value parameter, ReadOnlySpan<Value> slots, ReadOnlySpan<Value> scalars)
    {
        var after = ImmutableArray.CreateBuilder<Value>();
        foreach (var part in Parts)
        {
            var (mine, shared) = (part.Slots.Length, part.Scalars.Length);
            var change = part.Apply(update, parameter, slots[..mine], scalars[..shared]);
            update = change.Update;
            slots = slots[mine..];
            scalars = scalars[shared..];
            after.AddRange(change.Slots);
        }
        return new(update, after.ToImmutable());
    }
}
