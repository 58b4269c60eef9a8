using System.Collections.Immutable;
using System.Globalization;
using GrokPipeline.Data;
using GrokPipeline.Stages.Configuration;

namespace GrokPipeline.Stages;

/// <summary>Reads shifts: one step, or a list of steps, each on the rows that the one before left.</summary>
/// <param name="binder">Fills their options.</param>
/// <param name="problems">Takes what is wrong.</param>
/// <param name="choose">Finds the kind that a map names, and notes a problem where it names none.</param>
internal sealed class ShiftReader(Binder binder, ProblemList problems, Func<YamlMap, string, CatalogueEntry<Shift>?> choose)
{
    /// <summary>All entries of <c>shifts</c>.</summary>
    public IEnumerable<ShiftSpec> Read(YamlMap shifts, string at)
    {
        foreach (var entry in shifts.Entries)
        {
            var path = $"{at}.{entry.Key}";
            if (!Names.IsSound(entry.Key)) { problems.Add(entry.KeyPlace, path, $"cannot be a file's name. {Names.Rule}"); }
            var steps = Steps(entry.Value, path, onTrain: false);
            if (steps.Length > 0) { yield return new ShiftSpec(entry.Key, steps[0].Kind, steps[0].Options) { Then = steps[1..] }; }
        }
    }

    /// <summary>One step, or a list of them; empty when there is none that can be read.</summary>
    /// <param name="node">The step or list.</param>
    /// <param name="path">What messages call it.</param>
    /// <param name="onTrain">True when the first step too has its rows given, and names no split.</param>
    public ImmutableArray<ShiftStep> Steps(YamlNode node, string path, bool onTrain)
    {
        if (node is YamlScalar { IsNull: true }) { return []; }
        if (node is not YamlList list) { return Step(node, path, onTrain) is { } step ? [step] : []; }
        if (list.Items.Length == 0) { problems.Add(node.Place, path, "is an empty list; give at least one step."); }
        return [.. list.Items.Select((item, i) => Step(item, $"{path}[{i}]", onTrain || i > 0)).OfType<ShiftStep>()];
    }

    /// <summary>What a part of an option's path leads to: <c>band</c>, or <c>band[1]</c> in a list of steps; null when it is not there.</summary>
    public static YamlNode? Inside(YamlNode place, string part)
    {
        var (name, index) = part.Split('[') is [var before, var after] ? (before, after.TrimEnd(']')) : (part, "0");
        var inner = ((place is YamlList { Items: [var only, ..] } ? only : place) as YamlMap)?[name];
        return part != name && inner is YamlList list
            ? list.Items.ElementAtOrDefault(int.Parse(index, NumberStyles.None, CultureInfo.InvariantCulture))
            : inner;
    }

    private ShiftStep? Step(YamlNode node, string path, bool givenRows)
    {
        if (node is not YamlMap map)
        {
            problems.Add(node.Place, path, $"is {node.Kind}; give a map with kind.");
            return null;
        }
        if (givenRows && map["of"] is { } of)
        {
            problems.Add(of.Place, $"{path}.of", "this step works on the rows that it is given; leave of out.");
        }
        return choose(map, path) is { } kind && binder.Fill(map, kind.OptionsType, path, ["kind"]) is IOptions options
            ? new ShiftStep(kind.Name, options)
            : null;
    }
}
