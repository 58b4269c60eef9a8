namespace GrokPipeline.Evaluation;

/// <summary>From the curves of a training to its verdict. A pure function: the same points give the same verdict.</summary>
public static class Grokking
{
    private const double CensoredSupport = 1, FullSupport = 10;

    /// <summary>Reads a verdict off two curves.</summary>
    /// <param name="curve">Evaluations in ascending order of steps; at least one.</param>
    /// <param name="options">The definitions.</param>
    /// <param name="nonfinite">True when the training ended with numbers that are not finite.</param>
    /// <exception cref="ArgumentException">There is no point, or steps do not ascend.</exception>
    public static GrokkingVerdict Analyze(IReadOnlyList<CurvePoint> curve, GrokkingOptions options, bool nonfinite = false)
    {
        if (curve.Count == 0) { throw new ArgumentException("A curve has at least one point.", nameof(curve)); }
        for (var i = 1; i < curve.Count; i++)
        {
            if (curve[i].Step <= curve[i - 1].Step) { throw new ArgumentException("Steps ascend along a curve.", nameof(curve)); }
        }
        if (options.Budget is { } budget && curve[^1].Step > budget && curve[0].Step <= budget)
        {
            curve = [.. curve.TakeWhile(point => point.Step <= budget)];
        }
        var (memorization, generalization) = (options.Memorization, options.Generalization);
        var learnt = FirstSustained(curve, p => p.Train >= memorization.Accuracy, memorization.ForEvaluations);
        var found = FirstSustained(curve, p => p.Validation >= generalization.Accuracy, generalization.ForEvaluations);
        double? plateau = learnt is { } at ? curve.Take(at + 1).Max(p => p.Validation) : null;
        var best = curve.Max(p => p.Validation);
        var lost = found is not null
            ? Lost(curve, p => p.Validation, generalization.Accuracy - options.LossMargin, generalization.ForEvaluations)
            : learnt is not null
                ? Lost(curve, p => p.Train, memorization.Accuracy - options.LossMargin, generalization.ForEvaluations)
                : null;
        var verdict = new GrokkingVerdict
        {
            Outcome = GrokkingOutcome.Confusion,
            MemorizationStep = learnt is { } m ? curve[m].Step : null,
            GeneralizationStep = found is { } g ? curve[g].Step : null,
            Plateau = plateau,
            Jump = best - plateau,
            Partial = found is null && best - plateau >= options.MinimumJump,
            LostStep = lost,
            Nonfinite = nonfinite,
            Carvalho = Quantities(curve, options),
            Options = options,
        };
        return verdict with { Outcome = Judge(verdict) };
    }

    private static GrokkingOutcome Judge(GrokkingVerdict verdict)
    {
        if (verdict.Collapse != CollapseKind.None) { return GrokkingOutcome.Collapsed; }
        if (verdict.GeneralizationStep is null)
        {
            return verdict.MemorizationStep is null ? GrokkingOutcome.Confusion : GrokkingOutcome.MemorizedOnly;
        }
        var late = verdict.Ratio >= verdict.Options.MinimumRatio && verdict.Delay >= verdict.Options.MinimumDelay;
        return late && verdict.Jump >= verdict.Options.MinimumJump ? GrokkingOutcome.Grokked : GrokkingOutcome.Comprehension;
    }

    private static CarvalhoQuantities Quantities(IReadOnlyList<CurvePoint> curve, GrokkingOptions options)
    {
        var count = options.Generalization.ForEvaluations;
        var limit = Median([.. curve.Skip(curve.Count - Math.Max(1, curve.Count / 10)).Select(p => p.Train)]);
        var sigmaE = limit - options.Band;
        if (FirstSustained(curve, p => p.Train >= sigmaE, count) is not { } start)
        {
            return new(limit, sigmaE, null, null, null, null, false, false, false);
        }
        var sigmaS = curve.Take(start + 1).Max(p => p.Validation);
        var alpha0 = curve[start].Step;
        if (FirstSustained(curve, p => p.Validation >= sigmaE, count, start + 1) is not { } end)
        {
            var partial = curve.Skip(start + 1).Any(p => p.Validation - sigmaS >= options.MinimumJump);
            return new(limit, sigmaE, alpha0, sigmaS, null, null, false, false, partial);
        }
        var alpha1 = curve[end].Step;
        var leaves = FirstSustained(curve, p => p.Validation < sigmaE, count, end + 1);
        var support = curve[leaves ?? (curve.Count - 1)].Step - alpha1;
        var enough = (leaves is null ? CensoredSupport : FullSupport) * (alpha1 - alpha0);
        var grokked = sigmaE - sigmaS >= options.MinimumJump && alpha1 >= options.MinimumRatio * alpha0 && support >= enough;
        return new(limit, sigmaE, alpha0, sigmaS, alpha1, support, leaves is null, grokked, false);
    }

    // The later step by the earlier one, where one below 1 counts as 1; null when one is missing.
    internal static double? Ratio(long? earlier, long? later) => later / (double?)(earlier is { } step ? Math.Max(step, 1) : null);

    // The index of the first of `count` evaluations, one after another, at which a condition holds.
    internal static int? FirstSustained<T>(IReadOnlyList<T> curve, Func<T, bool> holds, int count, int from = 0)
    {
        var held = 0;
        for (var i = from; i < curve.Count; i++)
        {
            held = holds(curve[i]) ? held + 1 : 0;
            if (held == count) { return i - count + 1; }
        }
        return null;
    }

    // The index from which to the end a condition holds at every evaluation; the number of evaluations when it does not at the last.
    internal static int HeldToTheEnd<T>(IReadOnlyList<T> curve, Func<T, bool> holds)
    {
        var first = curve.Count;
        while (first > 0 && holds(curve[first - 1])) { first--; }
        return first;
    }

    // From which step to the end the curve stays below a bound; null when that is for fewer than `count` evaluations.
    private static long? Lost(IReadOnlyList<CurvePoint> curve, Func<CurvePoint, double> value, double bound, int count)
    {
        var first = HeldToTheEnd(curve, p => value(p) < bound);
        return curve.Count - first >= count ? curve[first].Step : null;
    }

    private static double Median(double[] values)
    {
        Array.Sort(values);
        var middle = values.Length / 2;
        return values.Length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }
}
