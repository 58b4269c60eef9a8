namespace GrokPipeline.Runs;

/// <summary>A folder that a stage finished: its record, its manifest and its files agree.</summary>
public static class FinishedFolder
{
    /// <summary>Checks every file of a finished stage's folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="shown">What messages call it.</param>
    /// <param name="remedy">What to do when something is wrong.</param>
    /// <exception cref="GrokException">Kind Integrity: a file is missing or changed, or no stage finished there.</exception>
    public static void Check(string folder, string shown, string remedy = "Rebuild it with grokpipe run --force.")
    {
        var record = StageRecord.Read(folder) ?? throw new GrokException("is no finished stage.", remedy, shown, ProblemKind.Integrity);
        var manifest = Manifest.Read(folder);
        var (path, problem) = manifest.Hash != record.Manifest
            ? (Manifest.FileName, "changed since it was written.")
            : manifest.FirstDifference(folder) ?? ("", "");
        if (problem.Length > 0)
        {
            throw new GrokException(problem, remedy, $"{shown}/{path}", ProblemKind.Integrity);
        }
    }
}
