using System.Globalization;
using GrokPipeline.Onnx;
using GrokPipeline.Training.Exports;

namespace GrokPipeline.Stages.Exports;

/// <summary>How far an exported file may be from the training engine.</summary>
internal static class ParityRules
{
    // A difference of this share of a value's magnitude is no rounding, however large the scores of the softmaxes before it are.
    private const double Most = 0.01;

    /// <summary>Checks every comparison, in the order of computation.</summary>
    /// <param name="parity">What was found.</param>
    /// <param name="step">The checkpoint's step, for the message; null for an ensemble.</param>
    /// <param name="tolerance">Largest difference allowed, relative to the value's largest magnitude; behind softmaxes that times the scale
    /// of their scores (<see cref="ParityDifference.Condition"/>), but no more than a hundredth.</param>
    /// <exception cref="GrokException">One is beyond the tolerance; says which output, distribution, row and step, and both
    /// numbers.</exception>
    /// <remarks>
    /// Labels are not compared here: where two logits are equal up to rounding, either label is right. <see cref="AnswerRules"/> checks
    /// them against the file's own logits, and <see cref="Ensembles.EnsembleRules"/> the share of members that disagree.
    /// </remarks>
    public static void Check(ParityResult parity, long? step, double tolerance)
    {
        foreach (var difference in parity.InOrder.Where(difference => difference.Name != Ensemble.Disagreement))
        {
            var allowed = Math.Max(tolerance, Math.Min(tolerance * difference.Condition, Most));
            if (difference.Relative <= allowed) { continue; }
            var worst = difference.Worst;
            throw new GrokException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"'{difference.Name}' on {difference.Distribution}, row {worst.Row}, is {worst.Actual:R} in the file and "
                    + $"{worst.Expected:R} in the training engine ({(step is null ? "" : $"step {step}, ")}batch of {worst.BatchSize}): "
                    + $"{difference.Relative:0.0e+0} of its magnitude; {allowed:0.0e+0} is allowed."),
                (difference.Condition * tolerance <= Most ? "This points to a mistake in an engine; report it."
                    : string.Create(
                        CultureInfo.InvariantCulture,
                        $"The scores of softmaxes before it are so large that rounding is amplified {difference.Condition:0.0e+0} times."))
                + " To go on, raise export.verify.tolerance (--tolerance).",
                kind: ProblemKind.Failed);
        }
    }
}
