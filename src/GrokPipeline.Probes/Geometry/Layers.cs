namespace GrokPipeline.Probes.Geometry;

/// <summary>Some rows of the activations that a probe was told to read.</summary>
internal static class Layers
{
    /// <summary>The names: those that were given, or all that the checkpoint knows.</summary>
    /// <exception cref="GrokException">All are meant, and none is known.</exception>
    public static IReadOnlyList<string> Names(ProbeContext context, ActivationList at, string probe) =>
        at.Among(context.Checkpoint.ActivationNames, _ => true) is { Count: > 0 } names ? names : throw new GrokException(
            $"The probe '{probe}' finds no named activations in this model.", "Name one with 'at'.");

    /// <summary>The features of each, in the order of the names.</summary>
    public static Features[] Of(ProbeContext context, ProbedCheckpoint checkpoint, ActivationList at, IReadOnlyList<string> names, int[] rows)
    {
        if (!at.IsAll) { return [.. names.Select(name => Features.Of(checkpoint.Activation(name), rows))]; }
        // Of many layers only the rows that are used.
        int[] all = [.. Enumerable.Range(0, rows.Length)];
        return [.. checkpoint.On(context.Rows.Select(rows), names).Select(activation => Features.Of(activation, all))];
    }
}
