using System.Collections.Immutable;
using GrokPipeline.Data;
using GrokPipeline.Stages.Configuration;

namespace GrokPipeline.Stages;

/// <summary>
/// What was found out about datasets. A generator may list all its rows to know its facts or to check an expression over them; a plan of
/// a thousand members that differ in seeds and decays does that once.
/// </summary>
internal sealed class KnownData
{
    private readonly Dictionary<string, DatasetFacts> _facts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ImmutableArray<OptionProblem>> _problems = new(StringComparer.Ordinal);

    /// <summary>The facts of a dataset without problems.</summary>
    public DatasetFacts FactsOf(DatasetSpec spec)
    {
        var key = $"{spec.Use} {CanonicalText.Of(CanonicalJson.Of(spec.With))} {spec.Answer}";
        if (!_facts.TryGetValue(key, out var facts)) { _facts.Add(key, facts = Datasets.Make(spec).Facts); }
        return facts;
    }

    /// <summary>The groups of a dataset without problems of which train is asked to have no row.</summary>
    public ImmutableArray<int> EmptyGroupsOf(DatasetSpec spec) => FactsOf(spec).Groups == 0 ? [] : Datasets.Make(spec).EmptyGroups(spec.Split);

    /// <summary>What is wrong with a dataset; the seed has no part in it.</summary>
    public ImmutableArray<OptionProblem> ProblemsOf(DatasetSpec spec)
    {
        var key = CanonicalText.Of(new DatasetEntry("", spec with { Seed = 0 }).ToJson());
        if (!_problems.TryGetValue(key, out var problems)) { _problems.Add(key, problems = [.. spec.Problems()]); }
        return problems;
    }
}
