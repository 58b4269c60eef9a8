namespace GrokPipeline.Training.Losses;

/// <summary>
/// Where a softmax in float32 teaches nothing any more (Prieto et al. 2025). Terms are rounded to float32 and added one by one; an engine
/// adds them in another order, which can differ for a row at the very edge.
/// </summary>
public static class SoftmaxCollapse
{
    /// <summary>True when a row's cross-entropy in float32 is exactly 0: Σ exp(zₖ − z_y) = 1 with every term and sum rounded.</summary>
    /// <param name="scores">The row's logits.</param>
    /// <param name="target">Its class.</param>
    public static bool IsDead(ReadOnlySpan<float> scores, int target)
    {
        // Terms below half a unit of 1 in float32, 2⁻²⁴, still add up when there are many.
        float sum = 1;
        for (var k = 0; k < scores.Length && sum == 1; k++)
        {
            if (k != target) { sum += (float)PortableMath.Exp(scores[k] - scores[target]); }
        }
        return sum == 1;
    }

    /// <summary>True when softmax minus one-hot is 0 in float32 in every place: no other class has a probability above 0.</summary>
    /// <param name="scores">The row's logits.</param>
    /// <param name="target">Its class.</param>
    public static bool HasZeroGradient(ReadOnlySpan<float> scores, int target)
    {
        for (var k = 0; k < scores.Length; k++)
        {
            if (k != target && !((float)PortableMath.Exp(scores[k] - scores[target]) == 0)) { return false; }
        }
        return true;
    }
}
