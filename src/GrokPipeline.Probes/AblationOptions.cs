using System.Collections.Immutable;

namespace GrokPipeline.Probes;

/// <summary>Options of <see cref="AblationProbe"/>.</summary>
public sealed record AblationOptions : IOptions
{
    /// <summary>What may be put in an activation's place.</summary>
    public static ImmutableArray<string> KnownValues { get; } = ["zero", "mean"];

    /// <summary>
    /// Activations to remove, or <c>*</c>, the default, for the outputs of all attentions and MLPs of a transformer, all hidden layers of
    /// an MLP.
    /// </summary>
    public ActivationList At { get; init; } = ActivationList.All;

    /// <summary>
    /// What stands in its place: <c>zero</c>, <c>mean</c> (over the rows that are scored, position by position). Default both.
    /// </summary>
    public ImmutableArray<string> Values { get; init; } = ["zero", "mean"];

    /// <summary>True, the default: each head of an attention besides (its part of <c>attn.z</c>); with <c>at: "*"</c>.</summary>
    public bool Heads { get; init; } = true;

    /// <summary>
    /// Of each hidden layer (<c>hidden.0</c>, <c>blocks.0.mlp.post</c>) besides as many of its neurons with the largest variance over rows;
    /// with <c>at: "*"</c>. None by default.
    /// </summary>
    public IntegerList Neurons { get; init; }

    /// <summary>The split that is scored, or <c>all</c>. Default validation.</summary>
    public string On { get; init; } = "validation";

    /// <summary>Most rows, drawn at random when there are more; at least 1. Default 512.</summary>
    public int MaxRows { get; init; } = 512;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        foreach (var problem in At.Problems("hidden.0")) { yield return problem; }
        if (Values.IsDefaultOrEmpty)
        {
            yield return new("values", $"values is empty; give one or both of: {string.Join(", ", KnownValues)}.");
        }
        else
        {
            foreach (var value in Values.Where(value => !KnownValues.Contains(value)))
            {
                yield return new(
                    "values",
                    $"There is no value named '{value}'.{Spelling.Suggestion(value, KnownValues)} Use: {string.Join(", ", KnownValues)}.");
            }
        }
        foreach (var count in Neurons.Where(count => count < 1))
        {
            yield return new("neurons", $"neurons holds {count}; give numbers of at least 1.");
        }
        if (On.Length == 0) { yield return new("on", "on is empty; name a split such as validation, or all."); }
        if (MaxRows is < 1 or > 65_536) { yield return new("max_rows", $"max_rows is {MaxRows}; give a number from 1 to 65536."); }
    }
}
