namespace GrokPipeline.Probes.Geometry;

/// <summary>Options of <see cref="FeatureChangeProbe"/>.</summary>
public sealed record FeatureChangeOptions : IOptions
{
    /// <summary>The activations to follow: names (<c>hidden.0</c>, <c>blocks.0.resid_post</c>, <c>logits</c>), or <c>*</c>, the default,
    /// for all.</summary>
    public ActivationList At { get; init; } = ActivationList.All;

    /// <summary>The split whose rows are read, or <c>all</c>.</summary>
    public string On { get; init; } = "all";

    /// <summary>Most rows, drawn by seed when there are more, from 2 to 4096. Default 256.</summary>
    public int MaxRows { get; init; } = 256;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems() => At.Problems("hidden.0").Concat(RowSample.Problems(On, MaxRows, 4096));
}

/// <summary>
/// How much features changed since the stored checkpoint before (Thilak et al. 2022, section 3): <c>change</c> ‖hₜ − hₛ‖ / ‖hₛ‖ over the
/// rows, s the step before, and <c>change_per_step</c>, the same over t − s. The first checkpoint has no findings; where there is but one,
/// the probe refuses. NaN where hₛ is zero or one of the two is not finite.
/// </summary>
public sealed class FeatureChangeProbe(FeatureChangeOptions options) : Probe
{
    // What was read for one checkpoint is the past of the next; no other is kept.
    private (ProbedCheckpoint Checkpoint, Features[] Read)? _last;

    /// <inheritdoc/>
    public override string Kind => "feature_change";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Activations => options.At.Named;

    /// <inheritdoc/>
    public override IEnumerable<ProbeFinding> Run(ProbeContext context)
    {
        var rows = RowSample.Of(context, options.On, options.MaxRows, Kind);
        if (!context.HasInitial)
        {
            throw new GrokException(
                "The probe 'feature_change' compares a checkpoint with the one before it, and only one is at hand.",
                "Probe a checkpoint of a run: grokpipe probe EXPERIMENT:MARK");
        }
        var names = Layers.Names(context, options.At, Kind);
        var before = Before(context);
        var past = before is null ? [] : _last is { } last && last.Checkpoint == before ? last.Read : Read(before);
        var now = Read(context.Checkpoint);
        _last = (context.Checkpoint, now);
        if (before is null) { yield break; }
        for (var i = 0; i < now.Length; i++)
        {
            var (difference, norm) = ((double[])now[i].Values.Clone(), Math.Sqrt(Dots.Of(past[i].Values, past[i].Values)));
            Dots.Add(difference, -1, past[i].Values);
            var change = Math.Sqrt(Dots.Of(difference, difference)) / norm;
            var target = RowSample.Title(names[i], options.On);
            yield return new(Kind, target, "change", norm > 0 ? change : double.NaN);
            var steps = context.Checkpoint.Step - before.Step;
            yield return new(Kind, target, "change_per_step", norm > 0 ? change / steps : double.NaN);
        }

        Features[] Read(ProbedCheckpoint checkpoint) => Layers.Of(context, checkpoint, options.At, names, rows);
    }

    /// <summary>The stored checkpoint before the probed one; null for the first.</summary>
    internal static ProbedCheckpoint? Before(ProbeContext context) =>
        context.Trajectory.LastOrDefault(checkpoint => checkpoint.Step < context.Checkpoint.Step);
}
