using GrokPipeline.Stages.Files;

namespace GrokPipeline.Stages.Running;

/// <summary>The folders of a pipeline, and how messages call them.</summary>
internal sealed class Workspace(string root, DurableFile files)
{
    /// <summary>The folder of the pipeline file.</summary>
    public string Root { get; } = Path.GetFullPath(root);

    /// <summary>Changes files.</summary>
    public DurableFile Files { get; } = files;

    /// <summary>The folder of all datasets.</summary>
    public string Data => Path.Combine(Root, "data");

    /// <summary>The folder of all experiments.</summary>
    public string Models => Path.Combine(Root, "models");

    /// <summary>A file that is there while <c>models/index.html</c> may be out of date.</summary>
    public string IndexIsDue => Path.Combine(Models, ".index-is-due");

    /// <summary>The folder of one dataset.</summary>
    public string Dataset(string name) => Path.Combine(Data, name);

    /// <summary>The folder of one experiment.</summary>
    public string Experiment(string name) => Path.Combine(Models, name);

    /// <summary>The lock of a dataset; outside the folder that is exchanged.</summary>
    public string DatasetLock(string name) => Path.Combine(Data, ".locks", name);

    /// <summary>The lock of an experiment.</summary>
    public string ExperimentLock(string name) => Path.Combine(Experiment(name), ".lock");

    /// <summary>A path for people: relative to the workspace, with '/'.</summary>
    public string Display(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');
}
