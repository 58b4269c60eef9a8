using System.Text.Json;

namespace GrokPipeline.Tables.DuckDb;

/// <summary>
/// The schema as JSON in a file's metadata: Parquet has no vectors of fixed width, and a file without rows would not say the width.
/// </summary>
internal static class SchemaText
{
    /// <summary>The metadata key.</summary>
    internal const string Key = "grokpipeline.schema";

    internal static string Of(TableSchema schema)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartArray();
            foreach (var column in schema)
            {
                writer.WriteStartObject();
                writer.WriteString("name", column.Name);
                writer.WriteString("kind", column.Kind.ToString());
                writer.WriteNumber("width", column.Width);
                writer.WriteString("description", column.Description);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
        }
        return System.Text.Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    /// <summary>The schema that a text describes; null when it is none.</summary>
    internal static TableSchema? Read(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 4 });
            return TableSchema.Create([.. json.RootElement.EnumerateArray().Select(column => new Column(
                column.GetProperty("name").GetString() ?? "", Enum.Parse<ColumnKind>(column.GetProperty("kind").GetString() ?? ""),
                column.GetProperty("width").GetInt32()) { Description = column.GetProperty("description").GetString() ?? "" })]);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException
            or ArgumentException or GrokException)
        {
            return null;
        }
    }
}
