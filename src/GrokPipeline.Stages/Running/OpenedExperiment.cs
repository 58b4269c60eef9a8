using GrokPipeline.Stages.Files;

namespace GrokPipeline.Stages.Running;

/// <summary>A finished experiment, opened outside of a run: its folder and what its stages have in common.</summary>
/// <param name="Directory">The folder; its checkpoints are checked.</param>
/// <param name="Setting">The experiment as it was resolved when it was run, its datasets checked.</param>
internal sealed record OpenedExperiment(RunDirectory Directory, ExperimentSetting Setting)
{
    /// <summary>Opens an experiment's folder.</summary>
    /// <param name="tools">Engines and store.</param>
    /// <param name="folder">The folder, <c>models/NAME</c>.</param>
    /// <exception cref="GrokException">It holds no finished training, or files of it or of its data are missing or changed.</exception>
    public static OpenedExperiment Open(PipelineTools tools, string folder)
    {
        const string resolved = "pipeline.resolved.yaml";
        var directory = RunDirectory.Open(folder);
        var root = Path.GetDirectoryName(Path.GetDirectoryName(directory.Path)) ?? ".";
        var file = PipelineFile.Parse(resolved, File.ReadAllBytes(Path.Combine(directory.Path, resolved)), root, []);
        var experiment = file.Experiments[0];
        var workspace = new Workspace(root, new DurableFile());
        var data = file.Datasets.ToDictionary(
            dataset => dataset.Name, dataset => new Generate(dataset, workspace, tools), StringComparer.Ordinal);
        FinishedFolder.Check(workspace.Dataset(experiment.Options.Data), $"data/{experiment.Options.Data}");
        return new(directory, new ExperimentSetting(experiment, workspace, tools, data));
    }
}
