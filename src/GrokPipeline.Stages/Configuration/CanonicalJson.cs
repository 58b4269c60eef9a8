using System.Collections;
using System.Globalization;
using System.Text.Json.Nodes;

namespace GrokPipeline.Stages.Configuration;

/// <summary>
/// Options as JSON with one spelling only: names sorted, shortest round-trip numbers, no white space. What a stage's key is made from.
/// </summary>
internal static class CanonicalJson
{
    /// <summary>A record of options as a tree. What is null is left out.</summary>
    public static JsonNode? Of(object? value)
    {
        switch (value)
        {
            case null: return null;
            case string text: return JsonValue.Create(text);
            case bool flag: return JsonValue.Create(flag);
            case int or long or uint or ulong: return JsonValue.Create(Convert.ToDecimal(value, CultureInfo.InvariantCulture));
            case float single: return Number(single.ToString("R", CultureInfo.InvariantCulture));
            case double number: return Number(number.ToString("R", CultureInfo.InvariantCulture));
            case Enum member: return JsonValue.Create(OptionTypes.MemberName(member.GetType(), member));
            case IChoice choice:
                var chosen = Record(choice.Options);
                chosen["kind"] = choice.Kind;
                return chosen;
        }
        if (OptionTypes.MapValue(value.GetType()) is not null) { return Map((IEnumerable)value); }
        if (OptionTypes.Element(value.GetType()) is not null)
        {
            var array = new JsonArray();
            foreach (var item in Items(value)) { array.Add(Of(item)); }
            return array;
        }
        return OptionTypes.IsRecord(value.GetType())
            ? Record(value)
            : JsonValue.Create(Convert.ToString(value, CultureInfo.InvariantCulture));
    }

    /// <summary>The leaves of a tree by path, sorted: for telling two sets of options apart.</summary>
    public static SortedDictionary<string, string> Leaves(JsonNode? node)
    {
        var leaves = new SortedDictionary<string, string>(StringComparer.Ordinal);
        Collect(node, "", leaves);
        return leaves;
    }

    private static JsonObject Record(object record)
    {
        var result = new JsonObject();
        foreach (var option in OptionTypes.Of(record.GetType()))
        {
            if (Of(option.Property.GetValue(record)) is { } value) { result[option.Name] = value; }
        }
        return result;
    }

    private static JsonObject Map(IEnumerable pairs)
    {
        var result = new JsonObject();
        foreach (var pair in pairs)
        {
            var type = pair.GetType();
            result[(string)type.GetProperty("Key")!.GetValue(pair)!] = Of(type.GetProperty("Value")!.GetValue(pair));
        }
        return result;
    }

    // The default of ImmutableArray cannot be enumerated; it means the same as an empty one.
    private static IEnumerable Items(object list) =>
        list.GetType().GetProperty("IsDefault")?.GetValue(list) is true ? Array.Empty<object>() : (IEnumerable)list;

    private static JsonNode Number(string text) =>
        double.IsFinite(double.Parse(text, CultureInfo.InvariantCulture)) ? JsonNode.Parse(text)! : JsonValue.Create(text);

    private static void Collect(JsonNode? node, string path, SortedDictionary<string, string> leaves)
    {
        if (node is JsonObject map && map.Count > 0)
        {
            foreach (var (name, value) in map) { Collect(value, Substitution.Join(path, name), leaves); }
            return;
        }
        leaves[path] = node is JsonValue value1 && value1.TryGetValue<string>(out var text) ? text : CanonicalText.Of(node);
    }
}
