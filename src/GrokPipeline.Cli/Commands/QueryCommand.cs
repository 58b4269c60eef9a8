using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using GrokPipeline.Cli.Composition;
using GrokPipeline.Stages;
using GrokPipeline.Tables;

namespace GrokPipeline.Cli.Commands;

/// <summary><c>grokpipe query</c>.</summary>
internal sealed class QueryCommand : Verb
{
    private readonly Argument<string> _sql =
        new("SQL") { Description = "One SELECT over metrics, evaluation, probes, grokking_times, data.DATASET, members and curves." };
    private readonly Option<string> _format =
        new("--format") { Description = "How the rows are written.", DefaultValueFactory = _ => "table" };

    /// <inheritdoc/>
    public override string Name => "query";

    /// <inheritdoc/>
    public override Command Build(CommandLine line)
    {
        _format.AcceptOnlyFromAmong("table", "csv", "json");
        var command = new Command(Name, "Ask the results in SQL; nothing can be changed.") { _sql, _format };
        command.SetAction(parsed => line.Guard(Name, parsed, Execute));
        return command;
    }

    private ExitCode Execute(Invocation invocation)
    {
        var root = Environment.CurrentDirectory;
        var sql = invocation.Parsed.GetValue(_sql)!;                                        // not null: the argument is required
        var table = Tools.Store.Query(sql, Artefacts.Views(root), [Path.Combine(root, "data"), Path.Combine(root, "models")]);
        var names = table.Schema.Select(column => column.Name).ToArray();
        var rows = Enumerable.Range(0, table.Rows).Select(row => names.Select(name => Cell(table, name, row)).ToArray());
        var json = invocation.Json || invocation.Parsed.GetValue(_format) == "json";
        if (json)
        {
            var objects = rows.Select(
                row => (JsonNode)new JsonObject(names.Zip(row).Select(pair => KeyValuePair.Create(pair.First, pair.Second))));
            invocation.Terminal.Out.WriteLine(
                Messages.Document(Name, ExitCode.Done, null, new JsonObject { ["rows"] = new JsonArray([.. objects]) }));
        }
        else if (invocation.Parsed.GetValue(_format) == "csv") { WriteCsv(invocation.Terminal.Out, names, rows); }
        else { WriteTable(invocation.Terminal.Out, names, [.. rows.Select(row => row.Select(Text).ToArray())]); }
        return ExitCode.Done;
    }

    private static JsonNode? Cell(Table table, string name, int row) => table.Schema[name].Kind switch
    {
        ColumnKind.Int64 => table.Int64(name)[row],
        ColumnKind.Float32 => Messages.Number(table.Float32(name)[row]),
        ColumnKind.Float64 => Messages.Number(table.Float64(name)[row]),
        ColumnKind.Bool => table.Bool(name)[row],
        ColumnKind.Text => table.Text(name)[row] is { } text ? JsonValue.Create(text) : null,
        _ => new JsonArray([.. table.Vector(name).Slice(row * table.Schema[name].Width, table.Schema[name].Width).ToArray()
            .Select(value => Messages.Number(value))]),
    };

    private static string Text(JsonNode? cell) => cell switch
    {
        null => "",
        JsonValue value when value.TryGetValue<string>(out var text) => text,
        JsonValue value when value.TryGetValue<double>(out var number) && !value.TryGetValue<long>(out _) =>
            number.ToString("G7", CultureInfo.InvariantCulture),
        _ => cell.ToJsonString(),
    };

    private static void WriteCsv(TextWriter output, string[] names, IEnumerable<JsonNode?[]> rows)
    {
        output.WriteLine(string.Join(',', names.Select(Quoted)));
        foreach (var row in rows)
        {
            output.WriteLine(string.Join(
                ',', row.Select(cell =>
                    cell is JsonValue value && !value.TryGetValue<string>(out _) ? cell.ToJsonString() : Quoted(Text(cell)))));
        }
    }

    private static string Quoted(string text) =>
        text.AsSpan().IndexOfAny(",\"\n\r") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static void WriteTable(TextWriter output, string[] names, string[][] rows)
    {
        const int widest = 60;
        var widths = names.Select((name, i) => Math.Min(widest, rows.Select(row => row[i].Length).Append(name.Length).Max())).ToArray();
        output.WriteLine(string.Join("  ", names.Select((name, i) => name.PadRight(widths[i]))).TrimEnd());
        output.WriteLine(string.Join("  ", widths.Select(width => new string('-', width))));
        foreach (var row in rows)
        {
            output.WriteLine(string.Join(
                "  ", row.Select((cell, i) => (cell.Length > widest ? cell[..(widest - 1)] + "…" : cell).PadRight(widths[i]))).TrimEnd());
        }
        output.WriteLine($"{rows.Length:N0} rows");
    }
}
