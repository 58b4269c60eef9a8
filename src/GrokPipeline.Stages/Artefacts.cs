using GrokPipeline.Stages.Sweeps;

namespace GrokPipeline.Stages;

/// <summary>Telling files that this program made, and that are unchanged, from all others.</summary>
public static class Artefacts
{
    private const int Levels = 4;

    /// <summary>
    /// True when a file stands in the manifest of a finished stage with the hash that it has now. A file that no manifest names is a
    /// stranger's: it is opened in a process of its own.
    /// </summary>
    /// <exception cref="GrokException">Kind Integrity: a manifest names the file, with another hash than it has now.</exception>
    public static bool IsOurs(string path)
    {
        var (named, hash) = Named(path);
        if (named is null || hash is null) { return false; }
        if (named == hash) { return true; }
        throw new GrokException(
            "changed since it was written.", "Rebuild it with grokpipe run --force, or copy it elsewhere to look at it as it is.", path,
            ProblemKind.Integrity);
    }

    // The hash that a manifest gives to a file, and the one that it has; nulls for a file that no manifest names.
    private static (string? Named, string? Actual) Named(string path)
    {
        try
        {
            var full = Path.GetFullPath(path);
            var folder = Path.GetDirectoryName(full);
            for (var level = 0; level < Levels && folder is not null; level++, folder = Path.GetDirectoryName(folder))
            {
                if (!File.Exists(Path.Combine(folder, StageRecord.FileName))) { continue; }
                var relative = Path.GetRelativePath(folder, full).Replace('\\', '/');
                return (Manifest.Read(folder).Hashes.GetValueOrDefault(relative), FileHash.Of(full));
            }
        }
        catch (Exception error) when (error is GrokException or IOException or UnauthorizedAccessException)
        {
            // What cannot be checked is a stranger's.
        }
        return (null, null);
    }

    /// <summary>
    /// The tables of a workspace by the name of a view: <c>metrics</c>, <c>evaluation</c>, <c>trajectory</c>, <c>generalization</c>,
    /// <c>shifts</c>, <c>predictions</c>, <c>probes</c>, <c>grokking_times</c>, <c>stopping_rules</c> over all experiments,
    /// <c>members</c> and <c>curves</c> over all plans of sweeps,
    /// <c>data.&lt;dataset&gt;</c> over its splits, and <c>data.&lt;dataset&gt;_&lt;split or shift&gt;</c>. Each is checked first.
    /// </summary>
    /// <param name="workspace">The folder of <c>data/</c> and <c>models/</c>.</param>
    /// <exception cref="GrokException">A file changed since it was written.</exception>
    public static IReadOnlyDictionary<string, string[]> Views(string workspace)
    {
        var views = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var (view, folder, file) in ((string, string, string)[])
            [("metrics", Train.Metrics, Train.MetricsName), ("evaluation", Evaluate.Folder, Evaluate.FileName),
                ("trajectory", Evaluate.Folder, RunLayout.Trajectory), ("generalization", Evaluate.Folder, RunLayout.Generalization),
                ("shifts", Evaluate.Folder, RunLayout.Shifts), ("predictions", Evaluate.Folder, RunLayout.Predictions),
                ("probes", Probe.Folder, Probe.FileName), ("grokking_times", Report.Folder, RunLayout.GrokkingTimes),
                ("stopping_rules", Report.Folder, RunLayout.StoppingRules)])
        {
            foreach (var experiment in Folders(Path.Combine(workspace, "models")))
            {
                var place = Path.Combine(experiment, folder);
                if (!File.Exists(Path.Combine(place, StageRecord.FileName)) || !File.Exists(Path.Combine(place, file))) { continue; }
                FinishedFolder.Check(place, $"models/{Path.GetFileName(experiment)}/{folder}");
                Add(view, Path.Combine(place, file));
            }
        }
        foreach (var plan in Folders(Path.Combine(workspace, "models", SweepFolder.Name)).SelectMany(Folders))
        {
            var place = Path.Combine(plan, SweepFolder.Tables);
            if (!File.Exists(Path.Combine(place, StageRecord.FileName))) { continue; }
            FinishedFolder.Check(
                place, Path.GetRelativePath(workspace, place).Replace('\\', '/'), "Write it again with grokpipe sweep collect.");
            Add("members", Path.Combine(place, SweepResults.MembersName));
            Add("curves", Path.Combine(place, SweepResults.CurvesName));
        }
        foreach (var dataset in Folders(Path.Combine(workspace, "data"))
            .Where(folder => File.Exists(Path.Combine(folder, StageRecord.FileName))))
        {
            var name = Path.GetFileName(dataset);
            FinishedFolder.Check(dataset, $"data/{name}");
            foreach (var file in Directory.EnumerateFiles(dataset, "*.parquet", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            {
                if (Path.GetDirectoryName(file) == dataset) { Add($"data.{name}", file); }
                Add($"data.{name}_{Path.GetFileNameWithoutExtension(file)}", file);
            }
        }
        return views.ToDictionary(pair => pair.Key, pair => pair.Value.ToArray(), StringComparer.Ordinal);

        void Add(string view, string file)
        {
            if (!views.TryGetValue(view, out var files)) { views[view] = files = []; }
            files.Add(file);
        }
    }

    private static IEnumerable<string> Folders(string root) => Directory.Exists(root)
        ? Directory.EnumerateDirectories(root).Where(path => !Path.GetFileName(path).StartsWith('.')).Order(StringComparer.Ordinal)
        : [];
}
