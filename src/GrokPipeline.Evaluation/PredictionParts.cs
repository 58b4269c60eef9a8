namespace GrokPipeline.Evaluation;

/// <summary>What is worked out of a row's logits. Each holds what stands before it; each costs more.</summary>
public enum PredictionParts
{
    /// <summary>The class alone: <see cref="Predictions.Predicted"/>. All that accuracies need.</summary>
    Classes,

    /// <summary>
    /// Also <see cref="Predictions.Loss"/>, <see cref="Predictions.Confidence"/>, <see cref="Predictions.SquaredError"/> and
    /// <see cref="Predictions.Margin"/>.
    /// </summary>
    Probabilities,

    /// <summary>Also <see cref="Predictions.LogOdds"/>, a number for each class.</summary>
    LogOdds,
}
