using System.Collections.Immutable;

namespace GrokPipeline.Probes.Geometry;

/// <summary>What the options of probes that read several activations have in common.</summary>
internal static class LayerOptions
{
    /// <summary>Problems of a list of activations.</summary>
    public static IEnumerable<OptionProblem> Problems(ImmutableArray<string> at)
    {
        if (at.IsEmpty || at.Any(name => name.Length == 0))
        {
            yield return new("at", "at is missing; list activations such as hidden.0, or logits.");
        }
        else if (at.Distinct().Count() < at.Length) { yield return new("at", "at names an activation twice; name each once."); }
    }
}
