using System.Globalization;
using GrokPipeline.Onnx;
using GrokPipeline.Training.Exports;

namespace GrokPipeline.Stages.Exports;

/// <summary>How far an exported file may be from the training engine.</summary>
internal static class ParityRules
{
    /// <summary>Checks every comparison.</summary>
    /// <param name="parity">What was found.</param>
    /// <param name="step">The checkpoint's step, for the message.</param>
    /// <param name="tolerance">Largest difference allowed, relative to the value's largest magnitude.</param>
    /// <exception cref="GrokException">One is beyond the tolerance; says which output, distribution, row and step, and both
    /// numbers.</exception>
    /// <remarks>
    /// Labels are not compared here: where two logits are equal up to rounding, either label is right. <see cref="AnswerRules"/> checks
    /// them against the file's own logits.
    /// </remarks>
    public static void Check(ParityResult parity, long step, double tolerance)
    {
        foreach (var difference in parity.All)
        {
            var allowed = tolerance * Condition(difference, parity);
            if (difference.Relative <= allowed) { continue; }
            var worst = difference.Worst;
            throw new GrokException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"'{difference.Name}' on {difference.Distribution}, row {worst.Row}, is {worst.Actual:R} in the file and "
                    + $"{worst.Expected:R} in the training engine (step {step}, batch of {worst.BatchSize}): "
                    + $"{difference.Relative:0.0e+0} of its magnitude; {allowed:0.0e+0} is allowed."),
                "This points to a mistake in an engine; report it. To go on, raise export.verify.tolerance.",
                kind: ProblemKind.Failed);
        }
    }

    // A softmax moves by as much as its logits do, while its own scale is 1: what is allowed is a share of theirs.
    private static double Condition(ParityDifference difference, ParityResult parity) =>
        difference.Name != ModelForms.Probabilities ? 1 : parity.Outputs
            .Where(other => other.Name == "logits" && other.Distribution == difference.Distribution)
            .Select(logits => Math.Max(1, logits.Scale)).DefaultIfEmpty(1).Max();
}
