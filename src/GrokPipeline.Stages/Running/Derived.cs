using System.Text.Json.Nodes;

namespace GrokPipeline.Stages.Running;

/// <summary>
/// Files that say again what the stage folders and the pipeline file say, for people and other tools: <c>pipeline.resolved.yaml</c>,
/// <c>pipeline.lock</c> and the experiment's <c>MANIFEST.sha256</c>. They can always be made anew.
/// </summary>
internal static class Derived
{
    /// <summary>The file of an experiment's options with every default written out.</summary>
    public const string Resolved = "pipeline.resolved.yaml";

    /// <summary>The folders of an experiment's stages.</summary>
    public static readonly string[] Folders =
        [Train.Metrics, Train.Checkpoints, Export.Folder, Evaluate.Folder, Probe.Folder, Report.Folder];

    /// <summary>Writes those files that differ from what they should be.</summary>
    public static void Write(Workspace workspace, Experiment experiment)
    {
        foreach (var (name, text) in Texts(workspace, experiment))
        {
            var path = Path.Combine(workspace.Experiment(experiment.Name), name);
            if (!Holds(path, text)) { workspace.Files.ReplaceText(path, text, durable: false); }
        }
    }

    /// <summary>True when no file would be written.</summary>
    public static bool AreCurrent(Workspace workspace, Experiment experiment) =>
        Texts(workspace, experiment).All(pair => Holds(Path.Combine(workspace.Experiment(experiment.Name), pair.Name), pair.Text));

    private static IEnumerable<(string Name, string Text)> Texts(Workspace workspace, Experiment experiment)
    {
        var root = workspace.Experiment(experiment.Name);
        var stages = new JsonObject();
        var hashes = new Dictionary<string, string>(StringComparer.Ordinal) { [Resolved] = FileHash.OfText(experiment.Resolved) };
        foreach (var folder in Folders.Where(folder => File.Exists(Path.Combine(root, folder, StageRecord.FileName))))
        {
            var place = Path.Combine(root, folder);
            var record = StageRecord.Read(place)!;                             // not null: the file is there
            var outputs = Manifest.Read(place).Hashes;
            foreach (var (path, hash) in outputs) { hashes[$"{folder}/{path}"] = hash; }
            stages[folder] = new JsonObject
            {
                ["stage"] = record.Stage,
                ["key"] = record.Key,
                ["engine"] = record.Engine,
                ["inputs"] = Map(record.Inputs),
                ["outputs"] = Map(outputs),
            };
        }
        var json = new JsonObject { ["schema"] = "grokpipe/lock/1", ["stages"] = stages };
        yield return (Resolved, experiment.Resolved);
        yield return ("pipeline.lock", json.ToJsonString(JsonFiles.Indented) + "\n");
        yield return (Manifest.FileName, Manifest.Of(hashes).Text);
    }

    private static bool Holds(string path, string text) => File.Exists(path) && FileHash.Of(path) == FileHash.OfText(text);

    private static JsonObject Map(IReadOnlyDictionary<string, string> map) =>
        new(map.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)JsonValue.Create(pair.Value))));
}
