using System.Collections.Immutable;

namespace GrokPipeline.Evaluation.Progress;

/// <summary>
/// Did a measure move before the model generalized, and does it move only then? OUR RULE (Nanda et al. 2023 look at curves): the change
/// of a measure is its value at the last probed checkpoint minus that at the first one from memorization on; its onset is the first
/// checkpoint from then on at which it has passed half of the change. This looks back from the end of the run: it dates a change, it is
/// no forecast. In a control the alarm goes off at the first checkpoint where the measure is past the control's own value at memorization
/// by half of the change of the training that generalized, in the same direction: no number of a control sets a threshold, and no later
/// value of it is looked at. A control says something of a measure when it has as many probed checkpoints with it as the rule needs, and
/// either the alarm went off or the last of them is not before the onset.
/// </summary>
public static class ProgressJudge
{
    /// <summary>Fewest probed checkpoints from memorization on.</summary>
    public const int FewestCheckpoints = 4;

    private const double Half = 0.5;

    /// <summary>Judges the measures of one training; a measure with too few finite values from memorization on is left out.</summary>
    /// <param name="curves">Its measures.</param>
    /// <param name="memorizationStep">When train was learnt; null for never, then everything from the first checkpoint on counts.</param>
    /// <param name="generalizationStep">When validation was.</param>
    /// <param name="controls">Trainings that never generalized; one that lacks a measure, or ended before its onset, does not
    /// count.</param>
    public static ImmutableArray<ProgressJudgement> Of(
        IEnumerable<MeasureCurve> curves, long? memorizationStep, long generalizationStep, IReadOnlyList<ProgressControl> controls) =>
    [
        .. curves.Select(curve => (Curve: curve, Points: From(curve, memorizationStep)))
            .Where(pair => pair.Points.Length >= FewestCheckpoints)
            .Select(pair => One(pair.Curve, pair.Points, generalizationStep, controls)),
    ];

    private static ProgressJudgement One(
        MeasureCurve curve, (long Step, double Value)[] points, long generalization, IReadOnlyList<ProgressControl> controls)
    {
        var (baseline, final) = (points[0].Value, points[^1].Value);
        var change = final - baseline;
        if (Half * change == 0)
        {
            return new(
                curve, baseline, final, null, null, null, null, null, [.. controls.Select(control => new ControlAlarm(control.Name, false, null))]);
        }
        var index = Array.FindIndex(points, point => Passed(point.Value, baseline, change));
        var onset = points[index].Step;
        var path = points.Zip(points.Skip(1), (a, b) => Math.Abs(b.Value - a.Value)).Sum();
        return new(
            curve, baseline, final, onset, points[index - 1].Step, generalization - onset,    // half is never passed at the baseline
            PortableMath.Log(Math.Max(1, generalization)) - PortableMath.Log(Math.Max(1, onset)), Math.Abs(change) / path,
            [.. controls.Select(control => Alarm(curve, change, onset, control))]);
    }

    private static ControlAlarm Alarm(MeasureCurve curve, double change, long onset, ProgressControl control)
    {
        var same = control.Curves.FirstOrDefault(
            other => other.Probe == curve.Probe && other.Target == curve.Target && other.Name == curve.Name);
        if (same is null || From(same, control.MemorizationStep) is not { Length: >= FewestCheckpoints } points)
        {
            return new(control.Name, false, null);
        }
        foreach (var (step, value) in points)
        {
            if (Passed(value, points[0].Value, change)) { return new(control.Name, true, step); }
        }
        return new(control.Name, points[^1].Step >= onset, null);
    }

    private static bool Passed(double value, double baseline, double change) =>
        change > 0 ? value - baseline >= Half * change : value - baseline <= Half * change;

    private static (long Step, double Value)[] From(MeasureCurve curve, long? step) =>
        [.. curve.Points.Where(point => point.Step >= (step ?? 0))];
}
