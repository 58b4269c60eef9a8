using System.Text.Json.Nodes;
using GrokPipeline.Data;
using GrokPipeline.Stages.Configuration;
using GrokPipeline.Stages.Options;

namespace GrokPipeline.Stages;

/// <summary>The JSON schema (draft 7) of pipeline files, for editors: made from the same records that a file is bound to.</summary>
public static class PipelineSchema
{
    /// <summary>Where the schema lies in a workspace.</summary>
    public const string Place = ".grokpipe/schema/pipeline.v1.schema.json";

    private const string ShiftStep = "shift_step";

    /// <summary>The schema's text.</summary>
    public static string Text()
    {
        var forms = new SchemaForms(PipelineReader.Catalogues);
        var root = new JsonObject
        {
            ["$schema"] = "http://json-schema.org/draft-07/schema#",
            ["title"] = "GrokPipeline pipeline file, format 1",
            ["type"] = "object",
            ["additionalProperties"] = false,
            ["required"] = new JsonArray("schema", "experiments"),
            ["properties"] = new JsonObject
            {
                ["schema"] = new JsonObject { ["const"] = PipelineFile.FormatVersion, ["description"] = "Version of the format." },
                ["name"] = new JsonObject { ["type"] = "string", ["description"] = "What the pipeline calls itself." },
                ["params"] = new JsonObject
                {
                    ["type"] = "object",
                    ["description"] = "Values for ${params.name}; override with -s params.name=value."
                },
                ["datasets"] = Group(Dataset(forms), "Each becomes data/<name>/."),
                ["defaults"] = forms.Of(typeof(ExperimentOptions)),
                ["experiments"] = Group(
                    forms.Extended(typeof(ExperimentOptions), "like", "Another experiment to start from; maps merge."),
                        "Each becomes models/<name>/."),
                ["sweeps"] = Group(Sweep(forms), "Each becomes models/sweeps/<name>/; run with grokpipe sweep run <name>."),
                ["reproduction"] = forms.Of(typeof(ReproductionOptions)),
            },
        };
        var definitions = forms.Definitions();
        definitions[ShiftStep] = forms.Choice(CatalogueNames.Of(Shifts.All));
        root["definitions"] = definitions;
        return root.ToJsonString(JsonFiles.Indented) + "\n";
    }

    // One step, or a list of them.
    private static JsonObject Steps(string? description)
    {
        var steps = new JsonObject
        {
            ["anyOf"] = new JsonArray(
                Reference(), new JsonObject { ["type"] = "array", ["minItems"] = 1, ["items"] = Reference() }),
        };
        if (description is not null) { steps["description"] = description; }
        return steps;

        static JsonObject Reference() => new() { ["$ref"] = $"#/definitions/{ShiftStep}" };
    }

    private static JsonObject Group(JsonNode entry, string description) =>
        new() { ["type"] = "object", ["description"] = description, ["additionalProperties"] = entry };

    private static JsonObject Sweep(SchemaForms forms)
    {
        var form = forms.Extended(typeof(SweepOptions), "like", "Another sweep to start from; maps merge.");
        var properties = (JsonObject)form["properties"]!;                      // not null: a record
        properties["set"] = new JsonObject { ["type"] = "object", ["description"] = "Options, as for --set, that all members have." };
        properties["over"] = new JsonObject
        {
            ["type"] = "object",
            ["description"] = "Options, as for --set, that are varied: each a list of values, or a range.",
            ["additionalProperties"] = new JsonObject
            {
                ["anyOf"] = new JsonArray(new JsonObject { ["type"] = "array", ["minItems"] = 1 }, forms.Of(typeof(RangeOptions))),
            },
        };
        return form;
    }

    private static JsonObject Dataset(SchemaForms forms) => new()
    {
        ["type"] = "object",
        ["additionalProperties"] = false,
        ["properties"] = new JsonObject
        {
            ["like"] = new JsonObject { ["type"] = "string", ["description"] = "Another dataset to start from; maps merge." },
            ["use"] = new JsonObject
            {
                ["enum"] = new JsonArray([.. Datasets.All.Names.Select(name => (JsonNode)name)]),
                ["description"] = "The generator."
            },
            ["with"] = new JsonObject
            {
                ["description"] = "The generator's options.",
                ["anyOf"] = new JsonArray([.. Datasets.All.Select(entry => (JsonNode)forms.Of(entry.OptionsType))])
            },
            ["answer"] = forms.Of(typeof(AnswerSpec)),
            ["seed"] = forms.Of(typeof(ulong)),
            ["split"] = forms.Of(typeof(SplitSpec)),
            ["train_shift"] = Steps("What is done to the rows of train after the split: one step, or a list of steps."),
            ["shifts"] = Group(Steps(null), "Further distributions to evaluate on, each one step or a list of steps."),
        },
    };
}
