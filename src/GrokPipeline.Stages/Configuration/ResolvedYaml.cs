using System.Globalization;
using System.Text;

namespace GrokPipeline.Stages.Configuration;

/// <summary>Writes nodes as YAML again: the configuration of one experiment with nothing left to resolve.</summary>
internal static class ResolvedYaml
{
    /// <summary>A pipeline file of one experiment and its datasets.</summary>
    public static string Text(string name, IEnumerable<YamlEntry> datasets, YamlEntry experiment)
    {
        var text = new StringBuilder();
        text.Append("schema: ").Append(PipelineFile.FormatVersion.ToString(CultureInfo.InvariantCulture)).Append('\n');
        text.Append("name: ").Append(Scalar(name, quoted: false)).Append('\n');
        text.Append("datasets:\n");
        foreach (var entry in datasets) { Entry(text, entry, 1); }
        text.Append("experiments:\n");
        Entry(text, experiment, 1);
        return text.ToString();
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
