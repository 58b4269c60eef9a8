using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace GrokPipeline.Probes.Geometry;

/// <summary>Options of <see cref="FeatureChangeProbe"/>.</summary>
public sealed record FeatureChangeOptions : IOptions
{
    /// <summary>The activations to follow: <c>hidden.0</c>, <c>blocks.0.resid_post</c>.</summary>
    public ImmutableArray<string> At { get; init; } = [];

    /// <summary>The split whose rows are read, or <c>all</c>.</summary>
    public string On { get; init; } = "all";

    /// <summary>Most rows, drawn by seed when there are more, from 2 to 4096. Default 256.</summary>
    public int Rows { get; init; } = 256;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems() => LayerOptions.Problems(At).Concat(RowSample.Problems(On, Rows, 4096));
}

/// <summary>
/// How much features changed since the stored checkpoint before (Thilak et al. 2022, section 3): <c>change</c> ‖hₜ − hₛ‖ / ‖hₛ‖ over the
/// rows, s the step before, and <c>change_per_step</c>, the same over t − s. The first checkpoint has no findings. NaN where hₛ is zero or
/// one of the two is not finite.
/// </summary>
public sealed class FeatureChangeProbe(FeatureChangeOptions options) : Probe
{
    // What was read for one checkpoint is the past of the next.
    private readonly ConditionalWeakTable<ProbedCheckpoint, Features[]> _known = [];

    /// <inheritdoc/>
    public override string Kind => "feature_change";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Activations => options.At;

    /// <inheritdoc/>
    public override IEnumerable<ProbeFinding> Run(ProbeContext context)
    {
        var rows = RowSample.Of(context, options.On, options.Rows, Kind);
        var now = _known.GetValue(context.Checkpoint, checkpoint => Read(checkpoint, rows));
        if (Before(context) is not { } before) { yield break; }
        var past = _known.GetValue(before, checkpoint => Read(checkpoint, rows));
        for (var i = 0; i < now.Length; i++)
        {
            var (difference, norm) = ((double[])now[i].Values.Clone(), Math.Sqrt(Dots.Of(past[i].Values, past[i].Values)));
            Dots.Add(difference, -1, past[i].Values);
            var change = Math.Sqrt(Dots.Of(difference, difference)) / norm;
            yield return new(Kind, options.At[i], "change", norm > 0 ? change : double.NaN);
            var steps = context.Checkpoint.Step - before.Step;
            yield return new(Kind, options.At[i], "change_per_step", norm > 0 ? change / steps : double.NaN);
        }
    }

    /// <summary>The stored checkpoint before the probed one; null for the first.</summary>
    internal static ProbedCheckpoint? Before(ProbeContext context) =>
        context.Trajectory.LastOrDefault(checkpoint => checkpoint.Step < context.Checkpoint.Step);

    private Features[] Read(ProbedCheckpoint checkpoint, int[] rows) =>
        [.. options.At.Select(name => Features.Of(checkpoint.Activation(name), rows))];
}
