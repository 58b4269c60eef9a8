using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace GrokPipeline.Stages.Configuration;

/// <summary>The configuration of one experiment with nothing left to resolve: a pipeline file of its own.</summary>
/// <param name="Name">The pipeline's name.</param>
/// <param name="Datasets">The datasets that it reads.</param>
/// <param name="Experiment">The experiment.</param>
/// <param name="Ancestors">The experiments whose checkpoints it, and they, start with.</param>
internal sealed record ResolvedYaml(
    string Name, ImmutableArray<YamlEntry> Datasets, YamlEntry Experiment, ImmutableArray<YamlEntry> Ancestors)
{
    /// <summary>The same with some experiments and some datasets under other names.</summary>
    public ResolvedYaml Renamed(IReadOnlyDictionary<string, string> experiments, IReadOnlyDictionary<string, string> datasets)
    {
        return this with
        {
            Datasets = [.. Datasets.Select(entry => entry with { Key = datasets.GetValueOrDefault(entry.Key, entry.Key) })],
            Experiment = New(Experiment),
            Ancestors = [.. Ancestors.Select(New)],
        };

        YamlEntry New(YamlEntry entry) => entry with
        {
            Key = experiments.GetValueOrDefault(entry.Key, entry.Key),
            Value = Rename((YamlMap)entry.Value, experiments, datasets),        // a map: an experiment was read from it
        };
    }

    /// <summary>The place of the innermost option on a way that the experiment's text names.</summary>
    public Place PlaceOf(params ReadOnlySpan<string> way)
    {
        var node = Experiment.Value;
        foreach (var name in way)
        {
            if ((node as YamlMap)?[name] is not { } inner) { break; }
            node = inner;
        }
        return node.Place;
    }

    /// <summary>The text of the file.</summary>
    public string Text()
    {
        var text = new StringBuilder();
        text.Append("schema: ").Append(PipelineFile.FormatVersion.ToString(CultureInfo.InvariantCulture)).Append('\n');
        text.Append("name: ").Append(Scalar(Name, quoted: false)).Append('\n');
        text.Append("datasets:\n");
        foreach (var entry in Datasets) { Entry(text, entry, 1); }
        text.Append("experiments:\n");
        foreach (var entry in Ancestors.Prepend(Experiment)) { Entry(text, entry, 1); }
        return text.ToString();
    }

    /// <summary>A value on one line, as it would stand in the file.</summary>
    public static string Text(YamlNode node)
    {
        var text = new StringBuilder();
        Flow(text, node);
        return text.ToString();
    }

    // Names of experiments stand in `from`, those of datasets in `data`, and before a dot in `on`.
    private static YamlMap Rename(
        YamlMap map, IReadOnlyDictionary<string, string> experiments, IReadOnlyDictionary<string, string> datasets) => new(map.Place,
    [
        .. map.Entries.Select(entry => entry with
        {
            Value = entry.Value switch
            {
                YamlMap inner => Rename(inner, experiments, datasets),
                YamlList list => new YamlList(list.Place, [.. list.Items.Select(item => item switch
                {
                    YamlMap inner => Rename(inner, experiments, datasets),
                    YamlScalar scalar => Rename(entry.Key, scalar, experiments, datasets),
                    _ => item,
                })]),
                YamlScalar scalar => Rename(entry.Key, scalar, experiments, datasets),
                _ => entry.Value,
            },
        }),
    ]);

    private static YamlScalar Rename(
        string key, YamlScalar scalar, IReadOnlyDictionary<string, string> experiments, IReadOnlyDictionary<string, string> datasets)
    {
        if (key == "from" && experiments.TryGetValue(scalar.Text, out var other)) { return scalar with { Text = other }; }
        if (key == "data" && datasets.TryGetValue(scalar.Text, out var whole)) { return scalar with { Text = whole }; }
        var dot = key == "on" ? scalar.Text.IndexOf('.', StringComparison.Ordinal) : -1;
        var renamed = dot > 0 ? datasets.GetValueOrDefault(scalar.Text[..dot]) : null;
        return renamed is null ? scalar : scalar with { Text = renamed + scalar.Text[dot..] };
    }

    private static void Entry(StringBuilder text, YamlEntry entry, int level)
    {
        text.Append(' ', 2 * level).Append(Scalar(entry.Key, quoted: false)).Append(':');
        if (entry.Value is YamlMap { Entries.Length: > 0 } map && !IsLeaf(map))
        {
            text.Append('\n');
            foreach (var inner in map.Entries) { Entry(text, inner, level + 1); }
            return;
        }
        text.Append(' ');
        Flow(text, entry.Value);
        text.Append('\n');
    }

    // Short maps without maps inside stand on one line.
    private static bool IsLeaf(YamlMap map) => map.Size <= 6 && map.Entries.All(entry => entry.Value is YamlScalar);

    private static void Flow(StringBuilder text, YamlNode node)
    {
        switch (node)
        {
            case YamlScalar scalar: text.Append(Scalar(scalar.Text, scalar.Quoted)); break;
            case YamlList list:
                text.Append('[');
                for (var i = 0; i < list.Items.Length; i++)
                {
                    if (i > 0) { text.Append(", "); }
                    Flow(text, list.Items[i]);
                }
                text.Append(']');
                break;
            case YamlMap map:
                text.Append(map.Entries.Length == 0 ? "{" : "{ ");
                for (var i = 0; i < map.Entries.Length; i++)
                {
                    text.Append(i > 0 ? ", " : "").Append(Scalar(map.Entries[i].Key, quoted: false)).Append(": ");
                    Flow(text, map.Entries[i].Value);
                }
                text.Append(map.Entries.Length == 0 ? "}" : " }");
                break;
        }
    }

    private static string Scalar(string text, bool quoted)
    {
        var plain = text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-' or '+') && text[0] is not '-'
            && text is not ("null" or "~");
        if (plain || (!quoted && text is ['-', .. var number] && double.TryParse(number, CultureInfo.InvariantCulture, out _)))
        {
            return text;
        }
        if (!quoted && text.Length == 0) { return "null"; }
        return "\"" + string.Concat(text.Select(Escaped)) + "\"";
    }

    private static string Escaped(char c) => c switch
    {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        _ => c.ToString(),
    };
}
