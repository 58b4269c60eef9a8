using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using GrokPipeline.Stages.Configuration;
using GrokPipeline.Stages.Files;

namespace GrokPipeline.Stages.Sweeps;

/// <summary>The settings of a sweep in a file that another program may have written: <c>*.jsonl</c> or <c>*.csv</c>.</summary>
internal static class PointsFile
{
    private const int MaximumBytes = 16 << 20;

    /// <summary>Reads the settings, one a line.</summary>
    /// <param name="path">The file.</param>
    /// <param name="shown">What messages call it.</param>
    /// <exception cref="GrokException">It is missing, too large, or a line cannot be read; with the line.</exception>
    public static IReadOnlyList<ImmutableArray<SweepValue>> Read(string path, string shown)
    {
        if (!File.Exists(path)) { throw new GrokException("there is no such file.", "Name a file beside the pipeline file.", shown); }
        var bytes = BoundedFile.Read(path, MaximumBytes) ?? throw new GrokException(
            $"the file has more than {MaximumBytes >> 20} MB.", "Make it smaller.", shown);
        var lines = Encoding.UTF8.GetString(bytes).Split('\n')
            .Select((text, i) => (Text: text.TrimEnd('\r'), Place: new Place(shown, i + 1, 1)))
            .Where(line => line.Text.Trim().Length > 0).ToArray();
        if (!shown.EndsWith(".csv", StringComparison.OrdinalIgnoreCase)) { return [.. lines.Select(line => Json(line.Text, line.Place))]; }
        if (lines.Length == 0) { return []; }
        var heading = Cells(lines[0].Text);
        return [.. lines.Skip(1).Select(line => Row(heading, Cells(line.Text), line.Place))];
    }

    /// <summary>A value given as text.</summary>
    /// <exception cref="GrokException">The text is no YAML.</exception>
    public static SweepValue Value(string option, string text, Place place)
    {
        YamlNode value = text.Length == 0 ? new YamlScalar(place, "", true) : YamlReader.Read(place.ToString(), text);
        return new(option, Overrides.Reseat(value, place), place);
    }

    private static ImmutableArray<SweepValue> Json(string line, Place place)
    {
        try
        {
            using var json = JsonDocument.Parse(line, new JsonDocumentOptions { MaxDepth = 16, AllowDuplicateProperties = false });
            return
            [
                .. json.RootElement.EnumerateObject().Select(member => Value(
                    member.Name, member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString()! : member.Value.GetRawText(),
                    place)),                                                                        // not null: a string
            ];
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new GrokException(
                "this line is no map in JSON.", "Write {\"params.seed\": 1}, one map a line.", place.ToString(), cause: error);
        }
    }

    private static ImmutableArray<SweepValue> Row(List<string> heading, List<string> cells, Place place) =>
        cells.Count == heading.Count
            ? [.. heading.Select((option, i) => Value(option, cells[i], place))]
            : throw new GrokException(
                $"this line has {cells.Count} cells, the heading has {heading.Count}.", "Give each option a value.", place.ToString());

    // Cells of one line; quotes surround those with a comma in them, and stand twice for themselves.
    private static List<string> Cells(string line)
    {
        var (cells, cell, quoted) = (new List<string>(), new StringBuilder(), false);
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (c == '"' && quoted && i + 1 < line.Length && line[i + 1] == '"') { cell.Append(line[++i]); }
            else if (c == '"') { quoted = !quoted; }
            else if (c == ',' && !quoted)
            {
                cells.Add(cell.ToString().Trim());
                cell.Clear();
            }
            else { cell.Append(c); }
        }
        cells.Add(cell.ToString().Trim());
        return cells;
    }
}
