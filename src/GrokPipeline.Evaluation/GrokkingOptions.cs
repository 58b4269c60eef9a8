namespace GrokPipeline.Evaluation;

/// <summary>The definitions behind the verdict. Every figure that depends on one names it.</summary>
public sealed record GrokkingOptions : IOptions
{
    /// <summary>When train counts as learnt.</summary>
    public MemorizationOptions Memorization { get; init; } = new();

    /// <summary>When the rule counts as found.</summary>
    public GeneralizationOptions Generalization { get; init; } = new();

    /// <summary>
    /// Least ratio of generalization step to memorization step for grokking; below it the verdict is comprehension. Default 2.
    /// </summary>
    public double MinimumRatio { get; init; } = 2;

    /// <summary>
    /// Least delay for grokking, in steps; below it the verdict is comprehension. Default 0: the ratio alone decides. Liu et al. (2022)
    /// ask for 1000 steps and no ratio (minimum_ratio 1), with both accuracies at 0.9.
    /// </summary>
    public long MinimumDelay { get; init; }

    /// <summary>Least rise of accuracy above the plateau for grokking, and for a partial rise; in (0, 1). Default 0.05.</summary>
    public double MinimumJump { get; init; } = 0.05;

    /// <summary>How far below its threshold an accuracy that was reached must end to count as lost; in (0, 1). Default 0.05.</summary>
    public double LossMargin { get; init; } = 0.05;

    /// <summary>Width of the band below the limit of the train curve in Carvalho's definition; in (0, 1). Default 0.01.</summary>
    public double Band { get; init; } = 0.01;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        foreach (var problem in Memorization.Problems()) { yield return problem with { Option = $"memorization.{problem.Option}" }; }
        foreach (var problem in Generalization.Problems()) { yield return problem with { Option = $"generalization.{problem.Option}" }; }
        if (MinimumRatio is not (>= 1 and <= 1e9))
        {
            yield return new("minimum_ratio", $"minimum_ratio is {MinimumRatio}; give a number from 1 on, usually 2.");
        }
        if (MinimumDelay < 0) { yield return new("minimum_delay", $"minimum_delay is {MinimumDelay}; give a number of steps from 0 on."); }
        foreach (var (name, value) in ((string, double)[])
            [("minimum_jump", MinimumJump), ("loss_margin", LossMargin), ("band", Band)])
        {
            if (value is not (> 0 and < 1)) { yield return new(name, $"{name} is {value}; give a number between 0 and 1."); }
        }
    }
}

/// <summary>When train counts as learnt.</summary>
public sealed record MemorizationOptions : IOptions
{
    /// <summary>The split. Default train.</summary>
    public string Split { get; init; } = "train";

    /// <summary>The accuracy to reach, in (0, 1]. Default 0.99.</summary>
    public double Accuracy { get; init; } = 0.99;

    /// <summary>For so many evaluations one after another. Default 1.</summary>
    public int ForEvaluations { get; init; } = 1;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems() => ThresholdProblems.Of(Accuracy, ForEvaluations);
}

/// <summary>When the rule counts as found.</summary>
public sealed record GeneralizationOptions : IOptions
{
    /// <summary>The split. Default validation.</summary>
    public string Split { get; init; } = "validation";

    /// <summary>The accuracy to reach, in (0, 1]. Default 0.99.</summary>
    public double Accuracy { get; init; } = 0.99;

    /// <summary>For so many evaluations one after another; the step is that of the first of them. Default 3.</summary>
    public int ForEvaluations { get; init; } = 3;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems() => ThresholdProblems.Of(Accuracy, ForEvaluations);
}

internal static class ThresholdProblems
{
    public static IEnumerable<OptionProblem> Of(double accuracy, int evaluations)
    {
        if (accuracy is not (> 0 and <= 1))
        {
            yield return new("accuracy", $"accuracy is {accuracy}; give a share above 0 and at most 1, as 0.99.");
        }
        if (evaluations is < 1 or > 1000) { yield return new("for_evaluations", $"for_evaluations is {evaluations}; give 1 to 1000."); }
    }
}
