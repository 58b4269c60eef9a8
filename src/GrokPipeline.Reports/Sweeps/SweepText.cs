using System.Globalization;
using GrokPipeline.Evaluation.Sweeps;
using GrokPipeline.Reports.Drawing;

namespace GrokPipeline.Reports.Sweeps;

/// <summary>The words of a sweep's report.</summary>
internal static class SweepText
{
    /// <summary>An option as people say it: <c>params.weight_decay</c> is weight decay; of a longer path the last two names.</summary>
    public static string Axis(string option)
    {
        var names = option.Split('.');
        return string.Join(' ', names[0] == "params" ? names[1..] : names[^Math.Min(2, names.Length)..]).Replace('_', ' ');
    }

    /// <summary>A value as people write it: <c>1.0e-3</c> as 0.001; a long number with four significant digits.</summary>
    public static string Value(string value)
    {
        if (OptionAxis.Number(value) is not { } number || value.Length <= 5) { return value.Length == 0 ? "–" : value; }
        var magnitude = Math.Abs(number);
        var decimals = magnitude == 0 ? 0 : Math.Max(0, 3 - (int)Math.Floor(Math.Log10(magnitude)));
        var text = magnitude is 0 or (>= 1e-3 and < 1e5)
            ? number.ToString("0." + new string('#', decimals), CultureInfo.InvariantCulture)
            : number.ToString("0.##e0", CultureInfo.InvariantCulture);
        return text.Replace('-', '−');
    }

    /// <summary>Settings in words: <c>train fraction 0.3, weight decay 1</c>; <c>all members</c> when there are none.</summary>
    public static string Settings(IEnumerable<SweepSetting> settings)
    {
        var text = string.Join(", ", settings.Select(setting => $"{Axis(setting.Option)} {Value(setting.Value)}"));
        return text.Length == 0 ? "all members" : text;
    }

    /// <summary>A share in percent with at most one decimal.</summary>
    public static string Percent(double share) => (100 * share).ToString("0.#", CultureInfo.InvariantCulture) + " %";

    /// <summary>A step; <c>not reached</c> for none.</summary>
    public static string Step(double? step) => step is { } s ? Text.Count((long)Math.Round(s)) : "not reached";

    /// <summary>The upper end of an interval of steps.</summary>
    public static string Bound(double? step) => step is null ? "no upper end" : Step(step);

    /// <summary>A number for machines; empty for none.</summary>
    public static string Exact(double? value) => value is { } number ? Text.Exact(number) : "";

    /// <summary>A number for a small cell: <c>840</c>, <c>1.7k</c>, <c>24k</c>.</summary>
    public static string Short(double steps)
    {
        var magnitude = Math.Abs(steps);
        var text = magnitude switch
        {
            < 1000 => steps.ToString("0", CultureInfo.InvariantCulture),
            < 9950 => (steps / 1000).ToString("0.#", CultureInfo.InvariantCulture) + "k",
            < 999_500 => (steps / 1000).ToString("0", CultureInfo.InvariantCulture) + "k",
            _ => (steps / 1e6).ToString("0.#", CultureInfo.InvariantCulture) + "M",
        };
        return text.Replace('-', '−');
    }

    /// <summary>What came out, in a few sentences: the rate first.</summary>
    /// <param name="summary">The sweep.</param>
    /// <param name="planned">Members of the plan.</param>
    public static string Summary(SweepSummary summary, int planned)
    {
        var (total, counts) = (summary.Total, summary.Total.Counts);
        var text = total.Members.Length == planned ? "" : $"{Text.Count(total.Members.Length)} of {Members(planned)} have ended. ";
        if (counts.Observed == 0)
        {
            return text + "No member has data" + (counts.Failed > 0 ? $": {Text.Count(counts.Failed)} failed." : ".");
        }
        var (rate, all) = (total.GrokRate ?? default, total.GeneralizationRate ?? default);
        text += $"{Text.Count(counts.Grokked)} of {Members(counts.Observed)} grokked: {Percent(rate.Value)} "
            + $"(95 % interval {Percent(rate.Low)} to {Percent(rate.High)}).";
        if (counts.Comprehension > 0)
        {
            text += $" Together with those that generalized without such a delay it is {Text.Count(counts.Generalized)}: "
                + $"{Percent(all.Value)} ({Percent(all.Low)} to {Percent(all.High)}).";
        }
        var rest = new (int Count, string Words)[]
        {
            (counts.MemorizedOnly, "memorized and never generalized"), (counts.Confusion, "never memorized"),
            (counts.Collapsed, "collapsed"),
        }.Where(part => part.Count > 0).Select(part => $"{Text.Count(part.Count)} {part.Words}").ToArray();
        if (rest.Length > 0) { text += $" The others: {string.Join(", ", rest)}."; }
        if (counts.Failed > 0)
        {
            text += $" {Text.Count(counts.Failed)} more failed and {(counts.Failed == 1 ? "stands" : "stand")} in no rate.";
        }
        var curve = total.Generalization;
        return text + (curve.Median is { } median
            ? $" Median generalization step, those without one counted: {Step(median)} "
                + $"({Step(curve.MedianLow)} to {Bound(curve.MedianHigh)})."
            : " The median generalization step is not reached: more than half had not generalized when last seen.");
    }

    /// <summary>A criterion in words.</summary>
    public static string Criterion(string split, double accuracy, int evaluations) =>
        $"{split} accuracy at least {accuracy.ToString("0.####", CultureInfo.InvariantCulture)} for "
        + (evaluations == 1 ? "one evaluation" : $"{evaluations} evaluations one after another");

    private static string Members(int count) => count == 1 ? "1 member" : $"{Text.Count(count)} members";
}
