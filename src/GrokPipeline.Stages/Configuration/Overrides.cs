using System.Globalization;

namespace GrokPipeline.Stages.Configuration;

/// <summary><c>-s path=value</c>: sets one value of a pipeline before anything is resolved.</summary>
internal static class Overrides
{
    /// <summary>The document with one override applied.</summary>
    /// <param name="root">The document.</param>
    /// <param name="text"><c>path=value</c>; the value is YAML, so <c>[1, 2]</c> is a list. Numbers in the path count list items from
    /// 0.</param>
    /// <param name="problems">Receives what is wrong with the override.</param>
    public static YamlMap Apply(YamlMap root, string text, ProblemList problems)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        var path = (equals < 0 ? text : text[..equals]).Trim();
        var place = Place.Of($"-s {path}");
        if (equals <= 0 || path.Split('.').Any(part => part.Length == 0))
        {
            problems.Add(Place.Of($"-s {text}"), "", "an override reads path=value, for instance -s params.seed=1.");
            return root;
        }
        YamlNode value;
        try { value = Reseat(YamlReader.Read(place.Source, text[(equals + 1)..]), place); }
        catch (GrokException error)
        {
            problems.Add(place, "", error.Problem);
            return root;
        }
        // An empty value is an empty text, not an empty document.
        if (value is YamlMap { Entries.Length: 0 } && string.IsNullOrWhiteSpace(text[(equals + 1)..]))
        {
            value = new YamlScalar(place, "", true);
        }
        return Apply(root, path, value, place, problems);
    }

    /// <summary>The document with one value set that is a node already.</summary>
    /// <param name="root">The document.</param>
    /// <param name="path">The option's path, with a name between any two points.</param>
    /// <param name="value">The value.</param>
    /// <param name="place">What messages about the path name.</param>
    /// <param name="problems">Receives what is wrong with the path.</param>
    public static YamlMap Apply(YamlMap root, string path, YamlNode value, Place place, ProblemList problems) =>
        (YamlMap)Set(root, path.Split('.'), 0, value, new Target(place, problems));

    private static YamlNode Set(YamlNode? node, string[] path, int index, YamlNode value, Target target)
    {
        if (index == path.Length) { return value; }
        switch (node)
        {
            case YamlList list:
                if (!int.TryParse(path[index], NumberStyles.None, CultureInfo.InvariantCulture, out var i) || i >= list.Items.Length)
                {
                    target.Problem(
                        $"'{Path(path, index)}' is a list of {list.Items.Length}; give a number from 0 instead of '{path[index]}'.");
                    return list;
                }
                return new YamlList(list.Place, list.Items.SetItem(i, Set(list.Items[i], path, index + 1, value, target)));
            case YamlScalar scalar when !scalar.IsNull:
                target.Problem($"'{Path(path, index)}' is {scalar.Kind} and has no '{path[index]}'.");
                return scalar;
            default:
                var map = node as YamlMap ?? new YamlMap(target.Place, []);
                if (!Known(map, path, index, target)) { return map; }
                var inner = Set(map[path[index]], path, index + 1, value, target);
                return map.With(new YamlEntry(path[index], target.Place, inner));
        }
    }

    // Names that only the file gives must be there; names of options are checked by the binder, which knows them.
    private static bool Known(YamlMap map, string[] path, int index, Target target)
    {
        var named = index == 1 && path[0] is "params" or "datasets" or "experiments";
        if (!(index == 1 && named) || map.Find(path[index]) is not null) { return true; }
        var known = map.Entries.Select(entry => entry.Key).ToArray();
        var near = Spelling.Nearest(path[index], known) is { } nearest ? $" Did you mean {Path(path, index)}.{nearest}?" : "";
        target.Problem($"there is no '{Path(path, index + 1)}' in this pipeline.{near} Known: {string.Join(", ", known)}.");
        return false;
    }

    private static string Path(string[] path, int count) => string.Join('.', path.Take(count));

    /// <summary>The same node as if it stood at another place.</summary>
    internal static YamlNode Reseat(YamlNode node, Place place) => node switch
    {
        YamlScalar scalar => scalar with { Place = place },
        YamlList list => new YamlList(place, [.. list.Items.Select(item => Reseat(item, place))]),
        YamlMap map => new YamlMap(place, [.. map.Entries.Select(e => new YamlEntry(e.Key, place, Reseat(e.Value, place)))]),
        _ => node,
    };

    private sealed record Target(Place Place, ProblemList Problems)
    {
        public void Problem(string text) => Problems.Add(Place, "", text);
    }
}
