using System.Collections.Immutable;
using GrokPipeline.Stages.Configuration;
using GrokPipeline.Stages.Options;

namespace GrokPipeline.Stages.Sweeps;

/// <summary>From nodes to sweeps. Whether the options that a sweep varies exist is found when its members are resolved.</summary>
internal sealed class SweepReader(Binder binder, ProblemList problems, YamlMap root)
{
    private const string Over = "over";
    private const string Set = "set";

    /// <summary>Reads one entry of <c>sweeps</c>; null when it is wrong.</summary>
    public Sweep? Read(YamlEntry entry, IReadOnlyCollection<string> experiments)
    {
        var at = $"sweeps.{entry.Key}";
        if (entry.Value is not YamlMap map)
        {
            problems.Add(entry.Value.Place, at, $"is {entry.Value.Kind}; give a map with experiment and over.");
            return null;
        }
        var before = problems.Count;
        if (binder.Fill(map, typeof(SweepOptions), at, [Set, Over]) is not SweepOptions options) { return null; }
        if (options.Experiment.Length > 0 && !experiments.Contains(options.Experiment))
        {
            problems.Add(
                map["experiment"]?.Place ?? map.Place, $"{at}.experiment",
                $"there is no experiment named '{options.Experiment}'.{DidYouMean.Of(options.Experiment, experiments)} "
                + $"Known: {string.Join(", ", experiments)}.");
        }
        var fixedValues = Fixed(map, $"{at}.{Set}");
        var axes = Axes(map, options, $"{at}.{Over}");
        if (problems.Count == before) { CheckTogether(map, options, axes, at); }
        return problems.Count > before ? null : new Sweep(entry.Key, options, fixedValues, axes, entry.KeyPlace, root);
    }

    private ImmutableArray<SweepValue> Fixed(YamlMap map, string at)
    {
        if (map[Set] is not { } node || node is YamlScalar { IsNull: true }) { return []; }
        if (node is YamlMap values) { return [.. values.Entries.Select(entry => new SweepValue(entry.Key, entry.Value, entry.KeyPlace))]; }
        problems.Add(node.Place, at, $"is {node.Kind}; give a map from options to values.");
        return [];
    }

    private ImmutableArray<SweepAxis> Axes(YamlMap map, SweepOptions options, string at)
    {
        if (map[Over] is not { } node || node is YamlScalar { IsNull: true }) { return []; }
        if (node is not YamlMap over)
        {
            problems.Add(node.Place, at, $"is {node.Kind}; give a map from options to lists or ranges.");
            return [];
        }
        return [.. over.Entries.Select(entry => Axis(entry, options, $"{at}.{entry.Key}")).OfType<SweepAxis>()];
    }

    private SweepAxis? Axis(YamlEntry entry, SweepOptions options, string at)
    {
        switch (entry.Value)
        {
            case YamlList { Items.Length: > 0 } list: return new(entry.Key, entry.KeyPlace, list.Items, null);
            case YamlList:
                problems.Add(entry.Value.Place, at, "is an empty list, so that the sweep has no member. Give at least one value.");
                return null;
            case YamlMap map:
                var before = problems.Count;
                var range = binder.Record<RangeOptions>(map, at);
                if (range.Count is null && options.Method.Kind != "random" && problems.Count == before)
                {
                    problems.Add(map.Place, $"{at}.count", "is missing: say how many values the range has.");
                }
                if (problems.Count > before) { return null; }
                var values = range.Count is { } count ? RangeValues.Of(range, count) : [];
                return new(entry.Key, entry.KeyPlace, [.. values.Select(text => new YamlScalar(map.Place, text, false))], range);
            default:
                problems.Add(
                    entry.Value.Place, at,
                    $"is {entry.Value.Kind}; give a list of values, or a range as {{ from: 0.1, to: 1, count: 5 }}.");
                return null;
        }
    }

    private void CheckTogether(YamlMap map, SweepOptions options, ImmutableArray<SweepAxis> axes, string at)
    {
        if (options.Seeds is { } seeds && axes.Any(axis => axis.Option == seeds.Option))
        {
            problems.Add(
                (map["seeds"] as YamlMap)?["option"]?.Place ?? map.Place, $"{at}.seeds.option",
                $"'{seeds.Option}' stands under over too; an option is varied in one place.");
        }
        if (axes.Length == 0 && options.Seeds is null && options.Method.Kind != "list")
        {
            problems.Add(map.Place, at, "varies nothing; give options under over, or seeds.");
        }
        else if (axes.Length > 0 && options.Method.Kind == "list")
        {
            var over = map[Over]!;                                              // not null: axes were read from it
            problems.Add(over.Place, $"{at}.{Over}", "is not used by method list, whose points say all. Remove it.");
        }
        else if (axes.Length == 0 && options.Method.Kind == "random")
        {
            problems.Add(map.Place, at, "has nothing to draw; give options under over.");
        }
    }
}
