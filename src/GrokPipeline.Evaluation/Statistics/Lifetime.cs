namespace GrokPipeline.Evaluation.Statistics;

/// <summary>For how long something was watched, and whether the event came.</summary>
/// <param name="Time">When the event came, or until when it was known not to have come; finite.</param>
/// <param name="Observed">True: the event came then. False: censored; the event is later, or never.</param>
public readonly record struct Lifetime(double Time, bool Observed);
