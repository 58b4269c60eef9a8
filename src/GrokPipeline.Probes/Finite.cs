namespace GrokPipeline.Probes;

/// <summary>Activations that are numbers: a model that collapsed has NaN, of which no probe can say anything.</summary>
internal static class Finite
{
    /// <summary>Refuses NaN and infinity.</summary>
    /// <param name="values">Shape [rows, width].</param>
    /// <param name="width">Numbers per row.</param>
    /// <param name="name">The activation.</param>
    /// <param name="probe">The probe's kind.</param>
    /// <exception cref="GrokException">Some are not finite; the message counts the rows.</exception>
    public static void Require(ReadOnlySpan<float> values, int width, string name, string probe)
    {
        var bad = 0;
        for (var row = 0; row < values.Length / width; row++)
        {
            foreach (var value in values.Slice(row * width, width))
            {
                if (float.IsFinite(value)) { continue; }
                bad++;
                break;
            }
        }
        if (bad > 0)
        {
            throw new GrokException(
                $"The probe '{probe}' cannot read '{name}': {bad} of {values.Length / width} rows hold NaN or infinity.",
                "Probe a checkpoint from before training diverged.");
        }
    }
}
