using System.Collections.Immutable;
using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Ops;

namespace GrokPipeline.Training.Optimizers;

/// <summary>
/// Adam's direction <c>m̂ / (√v̂ + ε)</c> with <c>m ← β₁m + (1−β₁)u</c>, <c>v ← β₂v + (1−β₂)u²</c> (Kingma and Ba 2015).
/// </summary>
/// <remarks>
/// The corrections <c>1 − βᵗ</c> are carried by the moments' own recursion <c>c ← βc + (1−β)</c>. Powers of β in float32, subtracted
/// from 1, would lose four digits in the first steps; this sum of positive terms loses none, and m̂ is a weighted mean to the last bit.
/// </remarks>
/// <param name="Beta1">Decay of the first moment, in [0, 1).</param>
/// <param name="Beta2">Decay of the second moment, in [0, 1).</param>
/// <param name="Epsilon">Added to the denominator, above 0.</param>
public sealed record ScaleByAdam(double Beta1, double Beta2, double Epsilon) : Transform
{
    /// <inheritdoc/>
    public override ImmutableArray<string> Slots => ["adam.m", "adam.v"];

    /// <inheritdoc/>
    public override ImmutableArray<CarriedScalar> Scalars =>
        [new("adam.beta1_correction", Beta1, 1 - Beta1), new("adam.beta2_correction", Beta2, 1 - Beta2)];

    /// <inheritdoc/>
    public override Change Apply(Value update, Value parameter, ReadOnlySpan<Value> slots, ReadOnlySpan<Value> scalars)
    {
        var m = (slots[0] * Beta1) + (update * (1 - Beta1));
        var v = (slots[1] * Beta2) + (update * update * (1 - Beta2));
        var direction = m * scalars[0].Reciprocal() / ((v * scalars[1].Reciprocal()).Sqrt() + Epsilon);
        return new(direction, [m, v]);
    }
}
