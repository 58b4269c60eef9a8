using System.Text.Json.Nodes;
using GrokPipeline.Onnx;
using GrokPipeline.Stages.Configuration;

namespace GrokPipeline.Stages.Exports;

/// <summary>What <c>parity.json</c> says of a comparison; <see cref="ExportedModel"/> reads it.</summary>
internal static class ParityJson
{
    /// <summary>One comparison.</summary>
    public static JsonObject Of(ParityDifference difference) => new()
    {
        ["name"] = difference.Name,
        ["largest_absolute"] = CanonicalJson.Of(difference.Absolute),
        ["largest_relative"] = CanonicalJson.Of(difference.Relative),
        ["agreeing_rows"] = difference.Agreeing,
        ["rows"] = difference.Rows,
    };
}
