using System.Text.Json.Nodes;
using GrokPipeline.Stages.Files;

namespace GrokPipeline.Stages.Running;

/// <summary>Files that say again what the stage folders say, for people and other tools. They can always be made anew.</summary>
internal static class Derived
{
    /// <summary>The folders of an experiment's stages.</summary>
    public static readonly string[] Folders =
        [Train.Metrics, Train.Checkpoints, Export.Folder, Evaluate.Folder, Probe.Folder, Report.Folder];

    /// <summary>Writes <c>pipeline.lock</c> and the experiment's <c>MANIFEST.sha256</c>.</summary>
    public static void Write(Workspace workspace, string experiment)
    {
        var root = workspace.Experiment(experiment);
        var stages = new JsonObject();
        var hashes = new Dictionary<string, string>(StringComparer.Ordinal);
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
        workspace.Files.ReplaceText(Path.Combine(root, "pipeline.lock"), json.ToJsonString(JsonFiles.Indented) + "\n", durable: false);
        var resolved = Path.Combine(root, "pipeline.resolved.yaml");
        if (File.Exists(resolved)) { hashes["pipeline.resolved.yaml"] = FileHash.Of(resolved); }
        workspace.Files.ReplaceText(Path.Combine(root, Manifest.FileName), Manifest.Of(hashes).Text, durable: false);
    }

    private static JsonObject Map(IReadOnlyDictionary<string, string> map) =>
        new(map.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)JsonValue.Create(pair.Value))));
}
