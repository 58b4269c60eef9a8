using System.Text.Json.Nodes;
using GrokPipeline.Stages.Files;

namespace GrokPipeline.Stages.Sweeps;

/// <summary>
/// <c>failed.json</c>: why a member could not be trained to an end. It is no result: the next run tries again, and removes it then.
/// </summary>
/// <param name="Kind">The kind of the problem.</param>
/// <param name="Problem">What was wrong.</param>
internal sealed record MemberFailure(ProblemKind Kind, string Problem)
{
    /// <summary>The file's name.</summary>
    public const string FileName = "failed.json";

    /// <summary>Writes it. A full disk or a folder that cannot be written takes nothing from the failure, which is told.</summary>
    public void Write(DurableFile files, string folder)
    {
        var json = new JsonObject { ["schema"] = "grokpipe/failed/1", ["kind"] = Kind.ToString(), ["problem"] = Problem };
        try
        {
            files.CreateFolder(folder);
            files.ReplaceText(Path.Combine(folder, FileName), json.ToJsonString(JsonFiles.Indented) + "\n", durable: false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The next run tries this member in any case.
        }
    }

    /// <summary>The failure of a member; null when its last try did not fail, or its record cannot be read.</summary>
    public static MemberFailure? Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path)) { return null; }
        try
        {
            var json = JsonFiles.Read(path);
            var known = Enum.TryParse<ProblemKind>((string?)json["kind"], out var kind);
            return new MemberFailure(known ? kind : ProblemKind.Failed, (string?)json["problem"] ?? "");
        }
        catch (Exception error) when (error is GrokException or InvalidOperationException) { return null; }
    }
}
