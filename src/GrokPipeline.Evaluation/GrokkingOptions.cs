namespace GrokPipeline.Evaluation;

/// <summary>The definitions behind the verdict. Every figure that depends on one names it.</summary>
public sealed record GrokkingOptions : IOptions
{
    /// <summary>
    /// A paper's definition in place of single thresholds: liu2022 for accuracies of 0.9 at one evaluation, a delay of at least 1000
    /// steps, within the first 100,000 steps; no ratio, no jump, and nothing is lost. Null, the default: the thresholds below.
    /// </summary>
    public GrokkingDefinition? Definition { get; init; }

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

    /// <summary>Evaluations after this step count for nothing; null, the default: all count.</summary>
    public long? Budget { get; init; }

    /// <summary>The options with the thresholds of <see cref="Definition"/> in their places; splits and band stay.</summary>
    public GrokkingOptions Resolved() => Definition is not GrokkingDefinition.Liu2022 ? this : this with
    {
        Memorization = Memorization with { Accuracy = GrokkingTimes.LiuAccuracy, ForEvaluations = 1 },
        Generalization = Generalization with { Accuracy = GrokkingTimes.LiuAccuracy, ForEvaluations = 1 },
        MinimumRatio = 1,
        MinimumDelay = GrokkingTimes.LiuGap,
        MinimumJump = 1e-9,
        LossMargin = 0.95,
        Budget = GrokkingTimes.LiuBudget,
    };

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (Budget < 1) { yield return new("budget", $"budget is {Budget}; give a number of steps from 1 on, or leave it out."); }
        if (Definition is not null && !IsUntouched())
        {
            yield return new(
                "definition",
                "definition sets all thresholds; leave out accuracies, for_evaluations, minimum_*, loss_margin and budget.");
        }
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

    // Whether the thresholds are the standard ones, so that none was given.
    private bool IsUntouched()
    {
        var standard = new GrokkingOptions();
        return Memorization with { Split = standard.Memorization.Split } == standard.Memorization
            && Generalization with { Split = standard.Generalization.Split } == standard.Generalization && Budget is null
            && (MinimumRatio, MinimumDelay, MinimumJump, LossMargin)
                == (standard.MinimumRatio, standard.MinimumDelay, standard.MinimumJump, standard.LossMargin);
    }
}

/// <summary>A definition of grokking in a paper's own thresholds.</summary>
public enum GrokkingDefinition
{
    /// <summary>Liu et al. 2022 (arXiv 2205.10343), table 1.</summary>
    Liu2022,
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
