using System.Text.Json.Nodes;
using GrokPipeline.Evaluation;

namespace GrokPipeline.Cli.Commands;

/// <summary>The time of grokking by each definition, for <c>grokpipe show</c>.</summary>
internal static class GrokkingTimeText
{
    /// <summary>A heading, and a line for each definition.</summary>
    public static IEnumerable<string> Lines(IEnumerable<GrokkingTime> times) =>
        times.Select(time => $"    {time.Definition,-12}  {Step(time.TrainStep),9}  {Step(time.TestStep),9}  {Step(time.Delay),9}  "
                + time.UnfinishedName).Select(line => line.TrimEnd())
            .Prepend($"  grokking time   {"train",9}  {"test",9}  {"delay",9}");

    /// <summary>An object for each definition.</summary>
    public static JsonArray Json(IEnumerable<GrokkingTime> times) =>
    [
        .. times.Select(time => (JsonNode)new JsonObject
        {
            ["definition"] = time.Definition,
            ["source"] = time.Source,
            ["train_step"] = time.TrainStep,
            ["test_step"] = time.TestStep,
            ["delay"] = time.Delay,
            ["ratio"] = time.Ratio is { } ratio ? Messages.Number(ratio) : null,
            ["not_reached"] = time.UnfinishedName,
            ["grokked"] = time.Grokked,
        }),
    ];

    private static string Step(long? step) => step?.ToString("N0") ?? "–";
}
