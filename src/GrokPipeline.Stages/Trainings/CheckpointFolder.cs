using System.Globalization;
using System.Text.Json.Nodes;
using GrokPipeline.Stages.Files;
using GrokPipeline.Training;

namespace GrokPipeline.Stages.Trainings;

/// <summary>The stored checkpoints of a training: one folder each, which appears complete.</summary>
internal sealed class CheckpointFolder(DurableFile files, string folder)
{
    /// <summary>The file of the optimizer's state, where it is kept.</summary>
    public const string OptimizerName = "optimizer.safetensors";

    /// <summary>The file that says what lies beside it.</summary>
    public const string RecordName = "checkpoint.json";

    private const string Unfinished = ".unfinished";

    private readonly List<string> _pending = [];

    /// <summary>Stores a state.</summary>
    /// <param name="state">What is stored.</param>
    /// <param name="withOptimizer">Whether the optimizer's state is stored too.</param>
    /// <param name="identity">Experiment and data, for the file's own metadata.</param>
    public void Write(TrainingState state, bool withOptimizer, IReadOnlyDictionary<string, string> identity)
    {
        var step = state.Step.ToString(CultureInfo.InvariantCulture);
        var place = Path.Combine(folder, RunLayout.StepName(state.Step));
        var build = Path.Combine(folder, Unfinished);
        files.DeleteFolder(build);
        files.CreateFolder(build);
        var metadata = new Dictionary<string, string>(identity, StringComparer.Ordinal) { ["step"] = step };
        var json = new JsonObject { ["schema"] = "grokpipe/checkpoint/1", ["step"] = state.Step };
        json[RunLayout.Parameters] = files.Replace(
            Path.Combine(build, RunLayout.Parameters), stream => Safetensors.Write(stream, state.Parameters, metadata), durable: false);
        if (withOptimizer && state.Optimizer.Count > 0)
        {
            json[OptimizerName] =
                files.Replace(Path.Combine(build, OptimizerName), stream =>
                    Safetensors.Write(stream, state.Optimizer, metadata), durable: false);
        }
        files.ReplaceText(Path.Combine(build, RecordName), json.ToJsonString(JsonFiles.Indented) + "\n", durable: false);
        files.DeleteFolder(place);
        files.Rename(build, place, durable: false);
        _pending.Add(place);
    }

    /// <summary>Brings to the disk what was stored since the last time; a resume point relies on it.</summary>
    public void Sync()
    {
        foreach (var place in _pending) { files.SyncTree(place); }
        if (_pending.Count > 0) { files.SyncFolder(folder); }
        _pending.Clear();
    }

    /// <summary>Removes what a resume point does not know of; it is made again.</summary>
    public void Keep(IEnumerable<long> steps)
    {
        files.CreateFolder(folder);
        var known = steps.Select(RunLayout.StepName).ToHashSet(StringComparer.Ordinal);
        foreach (var path in Directory.EnumerateFileSystemEntries(folder).Where(path => !known.Contains(Path.GetFileName(path))).ToArray())
        {
            if (Directory.Exists(path)) { files.DeleteFolder(path); }
            else { files.Delete(path); }
        }
    }

    /// <summary>Checks that the stored checkpoints are those of some steps, and unchanged.</summary>
    /// <exception cref="GrokException">One is missing or changed.</exception>
    public void Verify(IEnumerable<long> steps, Func<string, string> display)
    {
        foreach (var place in steps.Select(step => Path.Combine(folder, RunLayout.StepName(step))))
        {
            var record = JsonFiles.Read(Path.Combine(place, RecordName));
            foreach (var name in (string[])[RunLayout.Parameters, OptimizerName])
            {
                if (record[name] is not { } hash) { continue; }
                var path = Path.Combine(place, name);
                if (!File.Exists(path) || FileHash.Of(path) != (string?)hash)
                {
                    throw new GrokException(
                        "changed since it was written.", "Begin anew with --force.", display(path), ProblemKind.Integrity);
                }
            }
        }
    }
}
