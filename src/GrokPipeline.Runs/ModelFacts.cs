using GrokPipeline.Data;
using GrokPipeline.Onnx;

namespace GrokPipeline.Runs;

/// <summary>What an exported file says of the dataset that its model was trained on.</summary>
internal static class ModelFacts
{
    /// <summary>The metadata key of an exported file under which the facts stand.</summary>
    public const string Key = "grokpipe.facts";

    /// <summary>The facts in a file's metadata; null when it has none.</summary>
    /// <exception cref="GrokException">They cannot be read.</exception>
    public static DatasetFacts? Of(OnnxSignature signature) =>
        signature.Metadata.Properties.TryGetValue(Key, out var text) ? DatasetFacts.FromJson(text) : null;

    /// <summary>What a table's columns mean: its own metadata say it, or else the model's. Null when neither does.</summary>
    /// <exception cref="GrokException">The facts cannot be read.</exception>
    public static DatasetFacts? Of(IReadOnlyDictionary<string, string> table, OnnxSignature signature) =>
        table.ContainsKey(DatasetFacts.MetadataKey) ? DatasetFacts.Of(table) : Of(signature);
}
