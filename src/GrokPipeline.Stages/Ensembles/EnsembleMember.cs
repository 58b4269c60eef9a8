using System.Text.Json.Nodes;
using GrokPipeline.Data;
using GrokPipeline.Graphs;
using GrokPipeline.Stages.Exports;
using GrokPipeline.Training.Models;

namespace GrokPipeline.Stages.Ensembles;

/// <summary>One trained model that is to be part of an ensemble.</summary>
/// <param name="Name">What messages call it: <c>modular_addition:final</c>, <c>phase_diagram member 3</c>.</param>
/// <param name="Model">The model.</param>
/// <param name="Facts">The dataset that it was made for.</param>
/// <param name="Parameters">Values of its parameters.</param>
/// <param name="Engine">The engine that trained it.</param>
/// <param name="Provenance">Where it comes from; <c>checkpoint_sha256</c> is in it.</param>
internal sealed record EnsembleMember(
    string Name, Model Model, DatasetFacts Facts, IReadOnlyDictionary<string, Tensor> Parameters, string Engine, JsonObject Provenance)
{
    /// <summary>The first of its parameters with a number that is not finite; null when there is none.</summary>
    public string? NonfiniteParameter() => Parameters.OrderBy(pair => pair.Key, StringComparer.Ordinal)
        .FirstOrDefault(pair => !AnswerRules.IsFinite(pair.Value.AsSpan<float>())).Key;

    /// <summary>The key of the hash of the checkpoint.</summary>
    public const string CheckpointKey = "checkpoint_sha256";

    /// <summary>Checks that several can stand together.</summary>
    /// <exception cref="GrokException">
    /// Two are the same checkpoint, or one reads other data or computes something else; says which and what.
    /// </exception>
    public static void RequireOneKind(IReadOnlyList<EnsembleMember> members)
    {
        var seen = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var member in members)
        {
            if (!seen.TryAdd((string)member.Provenance[CheckpointKey]!, member.Name))                     // not null: as said above
            {
                throw new GrokException(
                    $"{member.Name} and {seen[(string)member.Provenance[CheckpointKey]!]} are the same checkpoint.",
                    "Name each once: its vote would count twice.");
            }
            members[0].RequireLike(member);
        }
    }

    private void RequireLike(EnsembleMember other)
    {
        var (own, others) = (Leaves(Facts), Leaves(other.Facts));
        foreach (var (fact, value) in own)
        {
            if (others[fact] != value) { throw Unlike(other, $"'{fact}' of its dataset", others[fact], value); }
        }
        var (mine, theirs) = (Shapes(Model), Shapes(other.Model));
        foreach (var name in mine.Keys.Union(theirs.Keys, StringComparer.Ordinal))
        {
            var (a, b) = (mine.GetValueOrDefault(name) ?? "absent", theirs.GetValueOrDefault(name) ?? "absent");
            if (a != b) { throw Unlike(other, $"'{name}'", b, a); }
        }
        var (text, otherText) = (GraphText.Of(Model.Build(2).Logits).Split('\n'), GraphText.Of(other.Model.Build(2).Logits).Split('\n'));
        foreach (var (a, b) in text.Zip(otherText))
        {
            if (a != b) { throw Unlike(other, "a step of its computation", b.Trim(), a.Trim()); }
        }
    }

    private GrokException Unlike(EnsembleMember other, string what, string theirs, string mine) => new(
        $"{other.Name} cannot be in one ensemble with {Name}: {what} is {theirs}, and {mine} there.",
        "Choose members of one architecture and one kind of data.");

    private static SortedDictionary<string, string> Leaves(DatasetFacts facts) =>
        Configuration.CanonicalJson.Leaves(JsonNode.Parse(facts.ToJson()));

    private static Dictionary<string, string> Shapes(Model model) =>
        model.Parameters.ToDictionary(spec => spec.Name, spec => spec.Shape.ToString(), StringComparer.Ordinal);
}
