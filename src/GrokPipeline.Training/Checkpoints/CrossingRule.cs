namespace GrokPipeline.Training.Checkpoints;

/// <summary>What counts as generalization while training runs.</summary>
/// <param name="Split">The split whose accuracy is looked at.</param>
/// <param name="Accuracy">The accuracy to reach, in (0, 1].</param>
/// <param name="ForEvaluations">For so many evaluations one after another, at least 1.</param>
public sealed record CrossingRule(string Split, double Accuracy, int ForEvaluations);
