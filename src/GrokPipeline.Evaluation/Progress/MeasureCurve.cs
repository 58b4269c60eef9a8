using System.Collections.Immutable;

namespace GrokPipeline.Evaluation.Progress;

/// <summary>One number of a probe over the checkpoints of a training.</summary>
/// <param name="Probe">The probe's kind.</param>
/// <param name="Target">What it read.</param>
/// <param name="Name">What the number is.</param>
/// <param name="Points">Steps, ascending, each with its value; only finite ones, repeats averaged.</param>
public sealed record MeasureCurve(string Probe, string Target, string Name, ImmutableArray<(long Step, double Value)> Points)
{
    /// <summary>
    /// The curves of findings, in the order in which they first occur. Controls and elements of vectors (<c>share[12]</c>) are left out,
    /// and values that are not finite.
    /// </summary>
    public static ImmutableArray<MeasureCurve> Of(
        IEnumerable<(long Step, string Probe, string Target, string Name, double Value, string Control, long Repeat)> findings) =>
    [
        .. findings.Where(f => f.Control.Length == 0 && !f.Name.Contains('[', StringComparison.Ordinal))
            .GroupBy(f => (f.Probe, f.Target, f.Name)).Select(group => new MeasureCurve(
                group.Key.Probe, group.Key.Target, group.Key.Name,
                [
                    // A step with two marks has its findings twice.
                    .. group.DistinctBy(f => (f.Step, f.Repeat)).GroupBy(f => f.Step).OrderBy(step => step.Key)
                        .Select(step => (step.Key, step.Average(f => f.Value))).Where(point => double.IsFinite(point.Item2)),
                ])),
    ];
}
