namespace GrokPipeline.Runs;

/// <summary>Whether a finished folder of an experiment was made from what lies beside it now.</summary>
internal static class StageOrigin
{
    /// <summary>The first file that a folder was made from and that is another one now; null when there is none.</summary>
    /// <param name="root">The experiment's folder.</param>
    /// <param name="folder">The name of a folder in it.</param>
    /// <remarks>
    /// Records and manifests are compared, not files. Where a folder was made from is followed to the checkpoints; what is no longer there
    /// is not asked for.
    /// </remarks>
    public static string? FirstOther(string root, string folder) => FirstOther(root, folder, [folder]);

    private static string? FirstOther(string root, string folder, HashSet<string> seen)
    {
        if (StageRecord.Read(Path.Combine(root, folder)) is not { } record) { return null; }
        // Inputs are named models/EXPERIMENT/FOLDER/FILE; the experiment's folder may have another name since.
        var own = record.Inputs.Where(input => input.Key.StartsWith("models/", StringComparison.Ordinal))
            .Select(input => (Parts: input.Key.Split('/', 4), Hash: input.Value)).Where(input => input.Parts.Length == 4)
            .GroupBy(input => input.Parts[2], StringComparer.Ordinal);
        foreach (var group in own)
        {
            var place = Path.Combine(root, group.Key);
            if (!File.Exists(Path.Combine(place, Manifest.FileName))) { continue; }
            var now = Manifest.Read(place).Hashes;
            foreach (var (parts, hash) in group)
            {
                if (now.GetValueOrDefault(parts[3]) != hash) { return $"{group.Key}/{parts[3]}"; }
            }
            if (seen.Add(group.Key) && FirstOther(root, group.Key, seen) is { } other) { return other; }
        }
        return null;
    }
}
