using GrokPipeline.Evaluation.Sweeps;
using GrokPipeline.Reports.Sweeps;

namespace GrokPipeline.Reports.Drawing;

/// <summary>
/// The values of a swept option along an axis. Few values stand side by side in their order, which is to scale when their differences or
/// ratios are equal; many stand where their numbers are.
/// </summary>
internal sealed class ValueScale
{
    private readonly OptionAxis _axis;
    private readonly Scale? _scale;

    /// <summary>The scale of an axis.</summary>
    /// <param name="axis">The axis.</param>
    /// <param name="mostSlots">More values than this stand where their numbers are; values that are no numbers never do.</param>
    public ValueScale(OptionAxis axis, int mostSlots)
    {
        _axis = axis;
        if (!axis.Numeric || axis.Values.Length <= mostSlots) { return; }
        var (low, high) = (Number(axis.Values[0]), Number(axis.Values[^1]));
        Logarithmic = low > 0 && high / low >= 20;
        _scale = Logarithmic ? new LogScale(low, high) : new LinearScale(low, high);
    }

    /// <summary>True when each value has a slot of its own; false when it stands where its number is.</summary>
    public bool Slots => _scale is null;

    /// <summary>How many slots there are.</summary>
    public int Count => _axis.Values.Length;

    private bool Logarithmic { get; }

    /// <summary>The axis' name with how it is to be read.</summary>
    public string Label => SweepText.Axis(_axis.Option) + (Slots ? _axis.Spacing switch
    {
        AxisSpacing.Logarithmic => " (logarithmic)",
        AxisSpacing.Irregular when _axis.Numeric && Count > 2 => " (in order, not to scale)",
        _ => "",
    } : Logarithmic ? " (logarithmic)" : "");

    /// <summary>Where a value stands, in [0, 1].</summary>
    public double Position(string value) =>
        _scale?.Position(Number(value)) ?? ((_axis.Values.IndexOf(value) + 0.5) / _axis.Values.Length);

    /// <summary>Positions in [0, 1] and labels, no more than fit.</summary>
    /// <param name="most">How many labels fit.</param>
    public IEnumerable<(double Position, string Label)> Ticks(int most)
    {
        if (_scale is not null) { return _scale.Ticks.Select(tick => (_scale.Position(tick.Value), tick.Label)); }
        var every = Math.Max(1, (int)Math.Ceiling(Count / (double)Math.Max(1, most)));
        return _axis.Values.Where((_, i) => i % every == 0).Select(value => (Position(value), SweepText.Value(value)));
    }

    private static double Number(string value) => OptionAxis.Number(value) ?? 0;
}
