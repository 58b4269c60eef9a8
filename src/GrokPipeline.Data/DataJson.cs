using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace GrokPipeline.Data;

/// <summary>How facts and data cards are written as JSON: snake_case, in the order of the properties, the same bytes everywhere.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UseStringEnumConverter = true,
    AllowDuplicateProperties = false,
    MaxDepth = 64)]
[JsonSerializable(typeof(DatasetFacts))]
[JsonSerializable(typeof(DataCard))]
internal sealed partial class DataJson : JsonSerializerContext
{
    /// <summary>On one line.</summary>
    internal static DataJson Compact => field ??= new(With(indented: false));      // made on first use: after the generated Default

    /// <summary>For people; line ends are the same on every system.</summary>
    internal static DataJson Readable => field ??= new(With(indented: true));

    private static JsonSerializerOptions With(bool indented) => new(Default.Options)
    {
        WriteIndented = indented,
        NewLine = "\n",
        // Only quotes, backslash and control characters are escaped: ≠ and − stay readable. The text never stands in HTML unencoded.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}
