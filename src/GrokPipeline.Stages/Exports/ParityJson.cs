using System.Text.Json.Nodes;
using GrokPipeline.Onnx;
using GrokPipeline.Stages.Configuration;
using GrokPipeline.Stages.Running;

namespace GrokPipeline.Stages.Exports;

/// <summary>What <c>parity.json</c> says; <see cref="ExportedModel"/> reads it.</summary>
internal static class ParityJson
{
    /// <summary>The whole file.</summary>
    /// <param name="setting">The experiment.</param>
    /// <param name="tolerance">What was allowed.</param>
    /// <param name="models">An entry for each file.</param>
    public static JsonObject List(ExperimentSetting setting, double tolerance, JsonArray models) => new()
    {
        ["schema"] = "grokpipe/parity/2",
        ["engine"] = setting.Tools.Engine(setting.Experiment.Options.Train.Engine).Facts.Name,
        ["against"] = setting.Tools.Scoring.Name,
        ["tolerance"] = CanonicalJson.Of(tolerance),
        ["models"] = models,
    };

    /// <summary>One file.</summary>
    public static JsonObject Of(long step, IEnumerable<string> marks, WrittenModel written) => new()
    {
        ["step"] = step,
        ["marks"] = new JsonArray([.. marks.Select(name => (JsonNode)name)]),
        ["file"] = written.Name,
        ["inputs"] = OptionTypes.SnakeCase(written.Form.ToString()),
        ["activations"] = written.Activations,
        ["batch_sizes"] = new JsonArray([.. written.Parity.BatchSizes.Select(size => (JsonNode)size)]),
        ["distributions"] = new JsonObject(
            written.Parity.Distributions.Select(rows => KeyValuePair.Create(rows.Key, (JsonNode?)JsonValue.Create(rows.Value)))),
        ["checks"] = new JsonArray([.. written.Parity.All.Select(difference => (JsonNode)Of(difference))]),
    };

    private static JsonObject Of(ParityDifference difference) => new()
    {
        ["name"] = difference.Name,
        ["distribution"] = difference.Distribution,
        ["largest_absolute"] = CanonicalJson.Of(difference.Absolute),
        ["largest_relative"] = CanonicalJson.Of(difference.Relative),
        ["condition"] = CanonicalJson.Of(difference.Condition),
        ["scale"] = CanonicalJson.Of(difference.Scale),
        ["agreeing_rows"] = difference.Agreeing,
        ["rows"] = difference.Rows,
        ["worst"] = new JsonObject
        {
            ["row"] = difference.Worst.Row,
            ["batch_size"] = difference.Worst.BatchSize,
            ["expected"] = CanonicalJson.Of(difference.Worst.Expected),
            ["actual"] = CanonicalJson.Of(difference.Worst.Actual),
        },
    };
}
