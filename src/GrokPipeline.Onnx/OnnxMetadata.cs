using System.Collections.Immutable;

namespace GrokPipeline.Onnx;

/// <summary>What a file says of itself beside the computation.</summary>
public sealed record OnnxMetadata
{
    /// <summary>Metadata with nothing in it but the producer.</summary>
    public static OnnxMetadata Empty { get; } = new();

    /// <summary>The program that made the file.</summary>
    public string Producer { get; init; } = "GrokPipeline";

    /// <summary>The program's version; this library's unless said.</summary>
    public string ProducerVersion { get; init; } = typeof(OnnxMetadata).Assembly.GetName().Version?.ToString(3) ?? "0";

    /// <summary>Free text for people; null or empty for none.</summary>
    public string? Doc { get; init; }

    /// <summary>Keys and texts (<c>metadata_props</c>); written in ordinal order of the keys.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>The same with properties added; those that are there already are replaced.</summary>
    public OnnxMetadata With(IEnumerable<KeyValuePair<string, string>> properties) =>
        this with { Properties = Properties.ToImmutableSortedDictionary(StringComparer.Ordinal).SetItems(properties) };
}
