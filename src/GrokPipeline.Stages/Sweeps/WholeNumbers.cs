using System.Globalization;
using GrokPipeline.Stages.Configuration;

namespace GrokPipeline.Stages.Sweeps;

/// <summary>
/// Finds the axes of a sweep that take whole numbers only, so that a range of steps has no half steps in it. An option is asked by
/// resolving the experiment with it: that holds for every option, also for one that is reached through <c>params</c>.
/// </summary>
internal static class WholeNumbers
{
    /// <summary>A sweep with the values of such ranges rounded, each once; all else as it was.</summary>
    public static Sweep Of(PipelineFile file, Sweep sweep) => new(
        sweep.Name, sweep.Options, sweep.Fixed, [.. sweep.Axes.Select(axis => IsWhole(file, sweep, axis) ? Rounded(axis) : axis)],
        sweep.Place, sweep.Root);

    private static SweepAxis Rounded(SweepAxis axis) => axis with
    {
        Whole = true,
        Values = axis.Range is { Count: { } count } range
            ? [.. RangeValues.Of(range, count, whole: true).Select(text => new YamlScalar(axis.Place, text, false))]
            : axis.Values,
    };

    // The least value is taken and half more is not, although larger ones stand there too.
    private static bool IsWhole(PipelineFile file, Sweep sweep, SweepAxis axis)
    {
        var ends = axis.Range is { } range ? [range.From, range.To]
            : axis.Values.Select(value => value is YamlScalar scalar ? RangeValues.Number(scalar.Text) : null).ToArray();
        return ends.Length > 1 && ends.All(end => end is { } number && double.IsInteger(number))
            && ends.Min() is { } least && ends.Max() > least && Takes(least) && !Takes(least + 0.5);

        bool Takes(double number) => new SweepPlanner(file, sweep).Takes(
        [
            .. sweep.Axes.Select(
                other => new SweepValue(other.Option, other == axis ? Scalar(axis, number) : First(other), other.Place)),
        ]);
    }

    private static YamlNode First(SweepAxis axis) => axis.Range is { From: { } from } ? Scalar(axis, from) : axis.Values[0];

    private static YamlScalar Scalar(SweepAxis axis, double number) =>
        new(axis.Place, number.ToString("R", CultureInfo.InvariantCulture), false);
}
