using System.Text.Json.Nodes;
using GrokPipeline.Data;
using GrokPipeline.Graphs;
using GrokPipeline.Training.Models;

namespace GrokPipeline.Stages.Ensembles;

/// <summary>One trained model that is to be part of an ensemble.</summary>
/// <param name="Name">What messages call it: <c>modular_addition:final</c>, <c>phase_diagram member 3</c>.</param>
/// <param name="Model">The model.</param>
/// <param name="Facts">The dataset that it was made for.</param>
/// <param name="Parameters">Values of its parameters.</param>
/// <param name="Provenance">Where it comes from.</param>
internal sealed record EnsembleMember(
    string Name, Model Model, DatasetFacts Facts, IReadOnlyDictionary<string, Tensor> Parameters, JsonObject Provenance)
{
    /// <summary>Checks that another member can stand beside this one.</summary>
    /// <exception cref="GrokException">It reads other data or computes something else; says what differs.</exception>
    public void RequireLike(EnsembleMember other)
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
