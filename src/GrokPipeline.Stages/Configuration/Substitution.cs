using System.Collections.Immutable;
using System.Text;

namespace GrokPipeline.Stages.Configuration;

/// <summary><c>${params.x}</c> in values: a whole value takes the parameter as it is, also a list or map; inside text only text.</summary>
internal sealed class Substitution
{
    private const string Open = "${";
    private readonly YamlMap _parameters;
    private readonly ProblemList _problems;
    private int _nodes;

    private Substitution(YamlMap parameters, ProblemList problems)
    {
        _parameters = parameters;
        _problems = problems;
    }

    /// <summary>The same node with all references replaced. Parameters themselves are not searched for references.</summary>
    public static YamlNode Apply(YamlNode node, YamlMap parameters, ProblemList problems, string path) =>
        new Substitution(parameters, problems).Walk(node, path);

    private YamlNode Walk(YamlNode node, string path)
    {
        if (++_nodes > YamlReader.MaximumNodes) { return node; }
        return node switch
        {
            YamlScalar scalar => Replace(scalar, path),
            YamlList list => new YamlList(list.Place, [.. list.Items.Select((item, i) => Walk(item, $"{path}[{i}]"))]),
            YamlMap map => new YamlMap(
                map.Place, [.. map.Entries.Select(entry => entry with { Value = Walk(entry.Value, Join(path, entry.Key)) })]),
            _ => node,
        };
    }

    /// <summary>The path of a member.</summary>
    internal static string Join(string path, string key) => path.Length == 0 ? key : $"{path}.{key}";

    private YamlNode Replace(YamlScalar scalar, string path)
    {
        if (!scalar.Text.Contains(Open, StringComparison.Ordinal)) { return scalar; }
        var text = new StringBuilder();
        var rest = scalar.Text.AsSpan();
        while (rest.IndexOf(Open) is >= 0 and var start)
        {
            text.Append(rest[..start]);
            var length = rest[start..].IndexOf('}');
            if (length < 0)
            {
                _problems.Add(scalar.Place, path, "'${' has no '}' after it.");
                return scalar;
            }
            var name = rest.Slice(start + 2, length - 2).ToString();
            if (Parameter(name, scalar.Place, path) is not { } value) { return scalar; }
            if (start == 0 && length == scalar.Text.Length - 1)
            {
                return value is YamlScalar whole ? whole with { Place = scalar.Place } : value;
            }
            if (value is not YamlScalar part)
            {
                _problems.Add(scalar.Place, path, $"'{name}' is {value.Kind}; only text can stand inside text.");
                return scalar;
            }
            text.Append(part.Text);
            rest = rest[(start + length + 1)..];
        }
        return new YamlScalar(scalar.Place, text.Append(rest).ToString(), scalar.Quoted);
    }

    private YamlNode? Parameter(string name, Place place, string path)
    {
        const string prefix = "params.";
        var key = name.StartsWith(prefix, StringComparison.Ordinal) ? name[prefix.Length..] : null;
        if (key is not null && _parameters[key] is { } value) { return value; }
        var known = _parameters.Entries.Select(entry => prefix + entry.Key).ToArray();
        var list = known.Length == 0 ? "There are no params in this file." : $"Known: {string.Join(", ", known)}.";
        _problems.Add(place, path, $"there is no '{name}' to put here.{DidYouMean.Of(name, known)} {list}");
        return null;
    }
}
