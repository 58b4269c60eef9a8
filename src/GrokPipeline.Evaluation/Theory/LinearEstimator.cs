using MathNet.Numerics;

namespace GrokPipeline.Evaluation.Theory;

/// <summary>
/// What gradient descent on a linear student of a linear teacher does, without training it: losses at a step and the step at which a
/// threshold is reached (Levi et al. 2024, arXiv 2310.16441), in the limit of many inputs and small learning rates.
/// </summary>
/// <remarks>
/// Inputs are standard normal, without noise; the loss is the squared error, whose gradient carries a factor 2. Student minus teacher
/// starts with independent normal entries, so that loss on new rows is 1 at step 0. The paper's closed form of the delay drops a factor
/// t^(−3/2) and is 1.6 to 2.8 times too long at a tolerance of 0.001; the integrals here keep it.
/// </remarks>
public sealed record LinearEstimator
{
    /// <summary>Describes the training.</summary>
    /// <param name="ratio">Inputs per row of train, d/N; above 0 and finite. Above 1 the teacher cannot be found.</param>
    /// <param name="learningRate">η₀, the learning rate divided by the number of outputs; above 0 and finite.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public LinearEstimator(double ratio, double learningRate)
    {
        MarchenkoPastur.Check(ratio);
        if (!(learningRate > 0 && double.IsFinite(learningRate)))
        {
            throw new ArgumentOutOfRangeException(nameof(learningRate), learningRate, "A learning rate must be above 0 and finite.");
        }
        Ratio = ratio;
        LearningRate = learningRate;
    }

    /// <summary>Inputs per row of train, d/N.</summary>
    public double Ratio { get; }

    /// <summary>η₀, the learning rate divided by the number of outputs.</summary>
    public double LearningRate { get; }

    /// <summary>Mean squared error on train, as a share of the loss on new rows at step 0.</summary>
    /// <param name="step">Updates done; 0 or more, need not be whole.</param>
    public double TrainLoss(double step) => MarchenkoPastur.Mean(Ratio, value => value * Decay(value, step));

    /// <summary>Mean squared error on new rows, as a share of its value at step 0; never below 1 − 1/ratio.</summary>
    /// <param name="step">Updates done; 0 or more, need not be whole.</param>
    public double GeneralizationLoss(double step) => MarchenkoPastur.Mean(Ratio, value => Decay(value, step));

    /// <summary>The share of rows whose squared error is below a tolerance when errors are normal with mean square <paramref name="loss"/>.</summary>
    /// <param name="loss">Mean squared error of one output, 0 or more.</param>
    /// <param name="tolerance">Largest squared error of a right row, above 0.</param>
    public static double Accuracy(double loss, double tolerance) =>
        loss > 0 ? SpecialFunctions.Erf(Math.Sqrt(tolerance / (2 * loss))) : 1;

    /// <summary>The step at which accuracy on train reaches a threshold.</summary>
    /// <param name="tolerance">Largest squared error of a right row, above 0.</param>
    /// <param name="accuracy">In (0, 1); the paper's is 0.9545, where the loss is a quarter of the tolerance.</param>
    public double MemorizationStep(double tolerance, double accuracy) => Reached(TrainLoss, LossAt(tolerance, accuracy));

    /// <summary>The step at which accuracy on new rows reaches a threshold; null when it never does.</summary>
    /// <param name="tolerance">Largest squared error of a right row, above 0.</param>
    /// <param name="accuracy">In (0, 1); the paper's is 0.9545, where the loss is a quarter of the tolerance.</param>
    /// <remarks>At a ratio of exactly 1 the loss falls as t^(−1/2), which the quadrature does not follow to small tolerances.</remarks>
    public double? GeneralizationStep(double tolerance, double accuracy)
    {
        var loss = LossAt(tolerance, accuracy);
        return MarchenkoPastur.ShareOfZeros(Ratio) < loss ? Reached(GeneralizationLoss, loss) : null;
    }

    private static double LossAt(double tolerance, double accuracy)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(tolerance);
        if (accuracy is not (> 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(accuracy), accuracy, "An accuracy to be reached lies in (0, 1).");
        }
        var deviations = SpecialFunctions.ErfInv(accuracy);
        return tolerance / (2 * deviations * deviations);
    }

    // An error along an eigenvector shrinks by 2·η₀·ν a step; the loss is its square.
    private double Decay(double value, double step) => PortableMath.Exp(-4 * LearningRate * value * step);

    // The losses fall without a pause, so that doubling brackets the crossing and halving finds it.
    private static double Reached(Func<double, double> lossAt, double loss)
    {
        if (lossAt(0) <= loss) { return 0; }
        var (low, high) = (0.0, 1.0);
        while (lossAt(high) > loss) { (low, high) = (high, 2 * high); }
        while (high - low > 1e-9 * high)
        {
            var middle = low + ((high - low) / 2);
            if (lossAt(middle) > loss) { low = middle; }
            else { high = middle; }
        }
        return high;
    }
}
