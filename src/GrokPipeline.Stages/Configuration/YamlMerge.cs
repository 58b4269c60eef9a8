using System.Collections.Immutable;

namespace GrokPipeline.Stages.Configuration;

/// <summary>Putting one configuration over another: <c>like</c> and <c>defaults</c>.</summary>
internal static class YamlMerge
{
    /// <summary>
    /// <paramref name="over"/> on top of <paramref name="under"/>: maps merge, lists and scalars replace. A map of another
    /// <c>kind</c> or <c>use</c> replaces too, since its options mean other things.
    /// </summary>
    public static YamlNode Merge(YamlNode? under, YamlNode over)
    {
        if (under is not YamlMap below || over is not YamlMap above) { return over; }
        if (Differ(below, above, "kind") || Differ(below, above, "use")) { return over; }
        var merged = below.Entries.ToDictionary(entry => entry.Key, StringComparer.Ordinal);
        var order = below.Entries.Select(entry => entry.Key).ToList();
        foreach (var entry in above.Entries)
        {
            if (merged.TryGetValue(entry.Key, out var old)) { merged[entry.Key] = entry with { Value = Merge(old.Value, entry.Value) }; }
            else
            {
                merged.Add(entry.Key, entry);
                order.Add(entry.Key);
            }
        }
        return new YamlMap(above.Place, [.. order.Select(key => merged[key])]);
    }

    /// <summary>Every entry of a map with its <c>like</c> resolved, chains included.</summary>
    /// <param name="group">The map of entries, for instance <c>datasets</c>.</param>
    /// <param name="path">Its path, for messages.</param>
    /// <param name="problems">Receives unknown names and cycles.</param>
    public static YamlMap ResolveLike(YamlMap group, string path, ProblemList problems)
    {
        var done = new Dictionary<string, YamlNode>(StringComparer.Ordinal);
        var entries = ImmutableArray.CreateBuilder<YamlEntry>();
        foreach (var entry in group.Entries)
        {
            entries.Add(entry with { Value = Resolve(entry, []) });
        }
        return new YamlMap(group.Place, entries.ToImmutable());

        YamlNode Resolve(YamlEntry entry, ImmutableList<string> trail)
        {
            if (done.TryGetValue(entry.Key, out var ready)) { return ready; }
            var node = entry.Value;
            if (node is YamlMap map && map.Find("like") is { } like)
            {
                var own = map.Without("like");
                node = Base(like, $"{path}.{entry.Key}.like", trail.Add(entry.Key)) is { } below ? Merge(below, own) : own;
            }
            done[entry.Key] = node;
            return node;
        }

        YamlNode? Base(YamlEntry like, string at, ImmutableList<string> trail)
        {
            var name = (like.Value as YamlScalar)?.Text;
            if (name is null || group.Find(name) is not { } found)
            {
                var near = name is null ? null : Spelling.Nearest(name, group.Entries.Select(entry => entry.Key));
                problems.Add(like.Value.Place, at, $"there is no entry {like.Value.Kind} to start from.{DidYouMean.Text(near)}");
                return null;
            }
            if (trail.Contains(name))
            {
                problems.Add(like.Value.Place, at, $"goes round in a circle: {string.Join(" → ", trail.Add(name))}.");
                return null;
            }
            return Resolve(found, trail);
        }
    }

    private static bool Differ(YamlMap a, YamlMap b, string key) =>
        a[key] is YamlScalar x && b[key] is YamlScalar y && x.Text != y.Text;
}

/// <summary>The words of a suggestion.</summary>
internal static class DidYouMean
{
    /// <summary><c> Did you mean x?</c>, or nothing.</summary>
    public static string Text(string? nearest) => nearest is null ? "" : $" Did you mean {nearest}?";

    /// <summary><c> Did you mean x?</c> for the nearest of some names, or nothing.</summary>
    public static string Of(string word, IEnumerable<string> known) => Text(Spelling.Nearest(word, known));
}
