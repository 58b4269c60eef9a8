using System.Text.Json.Nodes;
using GrokPipeline.Data;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Stages.Configuration;
using GrokPipeline.Tables;
using GrokPipeline.Training.Models;

namespace GrokPipeline.Stages.Running;

/// <summary>What the stages of one experiment have in common.</summary>
internal sealed class ExperimentSetting(
    Experiment experiment, Workspace workspace, PipelineTools tools, IReadOnlyDictionary<string, Generate> datasets)
{
    /// <summary>The experiment.</summary>
    public Experiment Experiment => experiment;

    /// <summary>Folders.</summary>
    public Workspace Workspace => workspace;

    /// <summary>Engines and store.</summary>
    public PipelineTools Tools => tools;

    /// <summary>The experiment's folder.</summary>
    public string Root => workspace.Experiment(experiment.Name);

    /// <summary>Its own dataset's stage.</summary>
    public Generate Data => datasets[experiment.Options.Data];

    /// <summary>The stage of any dataset.</summary>
    public Generate DatasetOf(Distribution distribution) => datasets[distribution.Dataset];

    /// <summary>The facts of its dataset.</summary>
    public DatasetFacts Facts => field ??= Datasets.Make(Data.Entry.Spec).Facts;

    /// <summary>Its model.</summary>
    public Model Model => field ??= ExperimentCheck.MakeModel(experiment.Options, Facts);

    /// <summary>Name and version of an engine, for keys.</summary>
    public static string Identity(EngineFacts facts) => $"{facts.Name} {facts.Version}";

    /// <summary>The input of a stage that reads some splits or shifts.</summary>
    public StageInput Reads(Generate data, Func<string, bool> distributions) => new(
        data, data.Entry.Name, path => data.Entry.Distributions().Any(name => distributions(name) && data.Entry.FileOf(name) == path));

    /// <summary>Reads a split or shift.</summary>
    public Table Rows(Distribution distribution)
    {
        var data = DatasetOf(distribution);
        return tools.Store.Read(Path.Combine(workspace.Dataset(distribution.Dataset), data.Entry.FileOf(distribution.Name)));
    }

    /// <summary>Options as a tree, named.</summary>
    public static JsonObject Options(params ReadOnlySpan<(string Name, object? Value)> parts)
    {
        var json = new JsonObject();
        foreach (var (name, value) in parts)
        {
            if (CanonicalJson.Of(value) is { } node) { json[name] = node; }
        }
        return json;
    }
}
