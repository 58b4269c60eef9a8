namespace GrokPipeline.Reports.Drawing;

/// <summary>Steps from about the first to about the last that occurs, on a logarithmic axis; a step below 1 counts as 1.</summary>
internal sealed class StepRange : Scale
{
    private readonly double _low;
    private readonly double _high;

    /// <summary>The range of these steps, with a margin.</summary>
    /// <param name="steps">At least one.</param>
    public StepRange(IEnumerable<double> steps)
    {
        var logs = steps.Select(step => Math.Log10(Math.Max(1, step))).ToArray();
        var margin = Math.Max(0.1, 0.05 * (logs.Max() - logs.Min()));
        (_low, _high) = (logs.Min() - margin, logs.Max() + margin);
    }

    public override double Position(double value) => (Math.Log10(Math.Max(1, value)) - _low) / (_high - _low);

    public override IReadOnlyList<Tick> Ticks
    {
        get
        {
            int[] digits = _high - _low < 2.5 ? [1, 2, 5] : [1];
            var first = (int)Math.Floor(_low);
            return [.. Enumerable.Range(first, (int)Math.Ceiling(_high) - first + 1).Where(power => power >= 0)
                .SelectMany(power => digits.Select(digit => digit * Math.Pow(10, power)))
                .Where(step => Math.Log10(step) >= _low && Math.Log10(step) <= _high)
                .Select(step => new Tick(step, Text.Count((long)step)))];
        }
    }
}
