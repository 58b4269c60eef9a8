using GrokPipeline.Stages.Configuration;

namespace GrokPipeline.Stages.Running;

/// <summary>Whether a stage must run, and why.</summary>
/// <param name="IsUpToDate">True when its folders hold what it would make.</param>
/// <param name="Reason">Why it must run; empty when it need not.</param>
/// <param name="Record">What it would be recorded as; null while an input is not built.</param>
/// <param name="Damage">What is wrong with its folders although they were made from the same; null when nothing is.</param>
internal sealed record StageState(bool IsUpToDate, string Reason, StageRecord? Record, GrokException? Damage = null);

/// <summary>
/// Looks at folders and says what must run. Identity is content: the hash of every file is taken, never its time. Each folder is hashed
/// once for each look.
/// </summary>
internal sealed class StageStates(Workspace workspace)
{
    private const int ShownReasons = 3;
    private readonly Dictionary<Stage, StageState> _known = [];

    /// <summary>The state of a stage.</summary>
    public StageState Of(Stage stage)
    {
        if (_known.TryGetValue(stage, out var known)) { return known; }
        var state = Look(stage);
        _known[stage] = state;
        return state;
    }

    /// <summary>Forgets what was seen of a stage, because it ran.</summary>
    public void Forget(Stage stage) => _known.Remove(stage);

    private StageState Look(Stage stage)
    {
        var inputs = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var input in stage.Inputs)
        {
            var producer = Of(input.Producer);
            if (!producer.IsUpToDate) { return new(false, $"{input.Producer.Target} is made first", null); }
            var place = input.Producer.Place(input.Output);
            foreach (var (path, hash) in Manifest.Read(place).Hashes.Where(pair => input.Reads(pair.Key)))
            {
                inputs[workspace.Display(Path.Combine(place, path))] = hash;
            }
        }
        var record = StageRecord.Of(stage.Kind, stage.Revision, stage.Options, inputs, stage.Engine);
        return Compare(stage, record);
    }

    private StageState Compare(Stage stage, StageRecord record)
    {
        foreach (var output in stage.Outputs)
        {
            var place = stage.Place(output);
            StageRecord? old;
            try { old = StageRecord.Read(place); }
            catch (GrokException error) { return new(false, "its record is damaged", record, Shown(error, stage)); }
            if (old is null) { return new(false, "not made yet", record); }
            if (old.Key != record.Key) { return new(false, Difference(old, record), record); }
            if (Damage(stage, place, old) is { } damage) { return new(false, "it was changed", record, damage); }
        }
        return new(true, "", record);
    }

    private GrokException? Damage(Stage stage, string place, StageRecord record)
    {
        try
        {
            var manifest = Manifest.Read(place);
            var (path, problem) = manifest.Hash != record.Manifest ? (Manifest.FileName, "changed since it was written.")
                : manifest.FirstDifference(place) ?? ("", "");
            return problem.Length == 0 ? null : Corrupt(stage, Path.Combine(place, path), problem);
        }
        catch (GrokException error) { return Shown(error, stage); }
    }

    private GrokException Corrupt(Stage stage, string path, string problem) => new(
        problem, $"Rebuild: grokpipe run {stage.Target} --force", workspace.Display(path), ProblemKind.Integrity);

    private GrokException Shown(GrokException error, Stage stage) => new(
        error.Problem, $"Rebuild: grokpipe run {stage.Target} --force", workspace.Display(error.Where ?? stage.Root), error.Kind, error);

    /// <summary>What differs between two records of a stage, the options first: <c>optimizer.weight_decay: 1 -> 0.5</c>.</summary>
    internal static string Difference(StageRecord old, StageRecord record)
    {
        var reasons = new List<string>();
        if (old.Revision != record.Revision) { reasons.Add($"revision of the stage: {old.Revision} -> {record.Revision}"); }
        var (was, now) = (CanonicalJson.Leaves(old.Options), CanonicalJson.Leaves(record.Options));
        foreach (var path in was.Keys.Union(now.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var (before, after) = (was.GetValueOrDefault(path, "none"), now.GetValueOrDefault(path, "none"));
            if (before == after) { continue; }
            reasons.Add(before.Contains('\n', StringComparison.Ordinal) ? $"{path} changed" : $"{path}: {Short(before)} -> {Short(after)}");
        }
        if (old.Engine != record.Engine) { reasons.Add($"engine: {old.Engine} -> {record.Engine}"); }
        foreach (var path in old.Inputs.Keys.Union(record.Inputs.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var (before, after) = (old.Inputs.GetValueOrDefault(path), record.Inputs.GetValueOrDefault(path));
            if (before is null) { reasons.Add($"{path} is new"); }
            else if (after is null) { reasons.Add($"{path} is gone"); }
            else if (before != after) { reasons.Add($"{path} changed"); }
        }
        var more = reasons.Count > ShownReasons ? $" and {reasons.Count - ShownReasons} more" : "";
        return string.Join(", ", reasons.Take(ShownReasons)) + more;
    }

    private static string Short(string text) => text.Length <= 40 ? text : text[..39] + "…";
}
