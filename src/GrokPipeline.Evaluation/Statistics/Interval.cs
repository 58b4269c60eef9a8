namespace GrokPipeline.Evaluation.Statistics;

/// <summary>A number and the interval that holds the true one at a stated level.</summary>
/// <param name="Value">The estimate.</param>
/// <param name="Low">Lower end.</param>
/// <param name="High">Upper end.</param>
public readonly record struct Interval(double Value, double Low, double High);
