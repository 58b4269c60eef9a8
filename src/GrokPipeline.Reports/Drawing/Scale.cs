using System.Globalization;

namespace GrokPipeline.Reports.Drawing;

/// <summary>A label on an axis.</summary>
/// <param name="Value">Where, in data.</param>
/// <param name="Label">What it says.</param>
internal readonly record struct Tick(double Value, string Label);

/// <summary>Maps data onto a stretch of the drawing.</summary>
internal abstract class Scale
{
    /// <summary>Position in [0, 1] of a number inside the range; outside it goes beyond.</summary>
    public abstract double Position(double value);

    /// <summary>Whether a number can be shown at all.</summary>
    public virtual bool Shows(double value) => double.IsFinite(value);

    /// <summary>Labels, ascending.</summary>
    public abstract IReadOnlyList<Tick> Ticks { get; }
}

/// <summary>Equal distances for equal differences, from round number to round number.</summary>
internal sealed class LinearScale : Scale
{
    private readonly double _low;
    private readonly double _high;
    private readonly double _step;

    public LinearScale(double low, double high, bool fixedEnds = false)
    {
        if (!(high > low)) { high = low + (low == 0 ? 1 : Math.Abs(low) * 0.1); }
        var rough = (high - low) / 5;
        var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        _step = new[] { 1, 2, 5, 10 }.First(m => m * power >= rough * 0.999) * power;
        _low = fixedEnds ? low : Math.Floor(low / _step) * _step;
        _high = fixedEnds ? high : Math.Ceiling(high / _step) * _step;
    }

    public override double Position(double value) => (value - _low) / (_high - _low);

    public override IReadOnlyList<Tick> Ticks
    {
        get
        {
            var decimals = Math.Max(0, (int)Math.Ceiling(-Math.Log10(_step) - 1e-9));
            var ticks = new List<Tick>();
            for (var k = (int)Math.Ceiling((_low / _step) - 1e-9); k * _step <= _high + (_step * 1e-9); k++)
            {
                var value = k * _step;
                ticks.Add(new(value, value.ToString("N" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)));
            }
            return ticks;
        }
    }
}

/// <summary>Equal distances for equal ratios; numbers that are not positive are not shown.</summary>
internal sealed class LogScale : Scale
{
    private readonly double _low;
    private readonly double _high;

    public LogScale(double low, double high)
    {
        _low = Math.Floor(Math.Log10(low) + 1e-9);
        _high = Math.Max(_low + 1, Math.Ceiling(Math.Log10(high) - 1e-9));
    }

    public override bool Shows(double value) => value > 0 && double.IsFinite(value);

    public override double Position(double value) => (Math.Log10(value) - _low) / (_high - _low);

    public override IReadOnlyList<Tick> Ticks
    {
        get
        {
            var stride = Math.Max(1, (int)Math.Ceiling((_high - _low) / 6));
            return [.. Enumerable.Range(0, (int)(_high - _low) + 1).Where(k => k % stride == 0)
                .Select(k => (int)_low + k).Select(power => new Tick(Math.Pow(10, power), Power(power)))];
        }
    }

    private static string Power(int power) => power switch
    {
        0 => "1",
        1 => "10",
        2 => "100",
        3 => "1,000",
        -1 => "0.1",
        -2 => "0.01",
        _ => "10" + string.Concat(power.ToString(CultureInfo.InvariantCulture).Select(c => c == '-' ? '⁻' : "⁰¹²³⁴⁵⁶⁷⁸⁹"[c - '0'])),
    };
}

/// <summary>Steps on a logarithmic axis that still shows step 0: the position is that of log(1 + step).</summary>
internal sealed class StepScale(long last) : Scale
{
    private readonly double _end = Math.Log(1 + (double)Math.Max(1, last));

    public override double Position(double value) => Math.Log(1 + value) / _end;

    public override IReadOnlyList<Tick> Ticks
    {
        get
        {
            var ticks = new List<Tick> { new(0, "0") };
            for (long step = 1; step <= Math.Max(1, last); step *= 10) { ticks.Add(new(step, Text.Count(step))); }
            if (Position(ticks[^1].Value) < 0.88) { ticks.Add(new(last, Text.Count(last))); }
            return ticks;
        }
    }
}
