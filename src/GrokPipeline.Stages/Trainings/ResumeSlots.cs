using System.Text.Json.Nodes;
using GrokPipeline.Stages.Files;
using GrokPipeline.Training;
using GrokPipeline.Training.Checkpoints;

namespace GrokPipeline.Stages.Trainings;

/// <summary>From where a training goes on.</summary>
/// <param name="State">Parameters, optimizer and step.</param>
/// <param name="Keeper">Recent states and stored steps.</param>
/// <param name="MetricsBytes">How much of the metrics log belongs to it.</param>
/// <param name="MetricsSha256">The hash of that much.</param>
internal sealed record ResumePoint(TrainingState State, KeeperState Keeper, long MetricsBytes, string MetricsSha256);

/// <summary>
/// Two places, <c>a</c> and <c>b</c>, written in turn. A slot is committed by its last file, <c>COMMIT</c>, read back and verified;
/// only then may the other one be overwritten. Whenever the process dies, one of them is whole.
/// </summary>
internal sealed class ResumeSlots(DurableFile files, string folder, Func<string, string> display)
{
    private const string CommitName = "COMMIT";
    private const string StateName = "state.safetensors";
    private const string KeeperName = "keeper.safetensors";
    private const string CursorName = "cursor.json";
    private static readonly string[] Slots = ["a", "b"];

    private string _last = "b";

    /// <summary>The valid slot with the higher step; null when nothing was written yet.</summary>
    /// <param name="warn">Hears of a slot that cannot be used although another can.</param>
    /// <exception cref="GrokException">There are committed slots, and none is whole.</exception>
    public ResumePoint? Load(Action<string> warn)
    {
        var found = new List<(string Slot, ResumePoint Point)>();
        var broken = new List<GrokException>();
        foreach (var slot in Slots.Where(slot => File.Exists(At(slot, CommitName))))
        {
            try { found.Add((slot, Read(slot))); }
            catch (GrokException error) { broken.Add(error); }
        }
        if (found.Count == 0)
        {
            return broken.Count == 0 ? null : throw new GrokException(
                $"cannot be resumed: {broken[0].Problem}", "Begin it anew with --force.", display(folder), ProblemKind.Integrity,
                broken[0]);
        }
        foreach (var error in broken) { warn($"{error.Where}: {error.Problem} The other resume point is used."); }
        var (last, point) = found.MaxBy(pair => pair.Point.State.Step);
        _last = last;
        return point;
    }

    /// <summary>Writes a point over the older slot, and verifies it.</summary>
    public void Write(ResumePoint point)
    {
        var slot = _last == "a" ? "b" : "a";
        files.CreateFolder(Path.Combine(folder, slot));
        files.Delete(At(slot, CommitName));                           // from here on the slot is none
        var cursor = new JsonObject
        {
            ["step"] = point.State.Step,
            ["metrics_bytes"] = point.MetricsBytes,
            ["metrics_sha256"] = point.MetricsSha256,
        };
        var manifest = Manifest.Of(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [StateName] = files.Replace(At(slot, StateName), point.State.Write, durable: false),
            [KeeperName] = files.Replace(At(slot, KeeperName), point.Keeper.Write, durable: false),
            [CursorName] = files.ReplaceText(At(slot, CursorName), cursor.ToJsonString(), durable: false),
        });
        files.SyncTree(Path.Combine(folder, slot));
        files.ReplaceText(At(slot, CommitName), manifest.Text);
        Verify(slot);
        _last = slot;
    }

    private ResumePoint Read(string slot)
    {
        Verify(slot);
        var cursor = JsonFiles.Read(At(slot, CursorName));
        using var state = File.OpenRead(At(slot, StateName));
        using var keeper = File.OpenRead(At(slot, KeeperName));
        return new ResumePoint(
            TrainingState.Read(state, display(At(slot, StateName))), KeeperState.Read(keeper, display(At(slot, KeeperName))),
            (long)cursor["metrics_bytes"]!, (string)cursor["metrics_sha256"]!);         // not null: the file's hash was checked
    }

    private void Verify(string slot)
    {
        var lines = File.ReadAllLines(At(slot, CommitName));
        foreach (var name in (string[])[StateName, KeeperName, CursorName])
        {
            var path = At(slot, name);
            var line = lines.FirstOrDefault(line => line.EndsWith($"  {name}", StringComparison.Ordinal));
            var sound = line is not null && File.Exists(path) && line == $"{FileHash.Of(path)}  {name}";
            if (!sound)
            {
                throw new GrokException("changed since it was written.", "Begin anew with --force.", display(path), ProblemKind.Integrity);
            }
        }
    }

    private string At(string slot, string name) => Path.Combine(folder, slot, name);
}
