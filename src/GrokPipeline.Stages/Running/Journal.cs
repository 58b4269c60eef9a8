using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace GrokPipeline.Stages.Running;

/// <summary>
/// What is written about a run beside its results: <c>status.json</c>, <c>log.jsonl</c>, <c>run.json</c>, and the derived
/// files. Times and machines stand here and nowhere else.
/// </summary>
internal sealed class Journal
{
    private const int KeptRuns = 100;
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(5);

    private readonly Workspace _workspace;
    private readonly Experiment _experiment;
    private readonly PipelineTools _tools;
    private readonly string _folder;
    private readonly JsonObject _run;
    private long _told;
    private string _stage = "";

    /// <summary>Begins the record of a run.</summary>
    public Journal(Workspace workspace, Experiment experiment, PipelineTools tools, string command, int threads)
    {
        (_workspace, _experiment, _tools) = (workspace, experiment, tools);
        _folder = workspace.Experiment(experiment.Name);
        _run = new JsonObject
        {
            ["started"] = Now(tools),
            ["finished"] = null,
            ["command"] = command,
            ["version"] = tools.Version,
            ["commit"] = Commit.Of(workspace.Root),
            ["machine"] = Environment.MachineName,
            ["processors"] = Environment.ProcessorCount,
            ["threads"] = threads,
            ["stages"] = new JsonArray(),
        };
        workspace.Files.CreateFolder(_folder);
    }

    /// <summary>A stage begins.</summary>
    public void Begin(string target)
    {
        _stage = target;
        Status("running", target, null);
        Log("info", target, "begins");
    }

    /// <summary>A stage is complete.</summary>
    public void Finished(Stage stage, string summary)
    {
        ((JsonArray)_run["stages"]!)
            .Add((JsonNode)new JsonObject { ["stage"] = stage.Target, ["finished"] = Now(_tools), ["summary"] = summary });
        Log("info", stage.Target, summary);
    }

    /// <summary>Hears progress, for the heartbeat, and warnings, for the log.</summary>
    public void Hear(RunEvent told)
    {
        if (told is RunWarning warning) { Log("warning", warning.Target, warning.Text); }
        if (told is not StageProgress progress || (_told != 0 && _tools.Clock.GetElapsedTime(_told) < Heartbeat)) { return; }
        _told = _tools.Clock.GetTimestamp();
        Status("running", _stage, progress);
    }

    /// <summary>All stages are done.</summary>
    public void Complete()
    {
        _run["finished"] = Now(_tools);
        WriteRun();
        Derived.Write(_workspace, _experiment);
        Status("finished", "", null);
    }

    /// <summary>Records a failure, with the stack trace that the terminal does not show.</summary>
    public static void Failed(Workspace workspace, Experiment experiment, PipelineTools tools, Exception error, GrokException problem)
    {
        var folder = workspace.Experiment(experiment.Name);
        if (problem.Kind == ProblemKind.Locked || !Directory.Exists(folder)) { return; }      // not ours to write in
        try
        {
            Append(workspace, folder, tools, "error", experiment.Name, problem.Message, error.ToString());
            var state = problem.Kind == ProblemKind.Stopped ? "stopped" : "failed";
            workspace.Files.ReplaceText(Path.Combine(folder, "status.json"), Text(state, "", null, problem.Message, tools), durable: false);
        }
        catch (IOException)
        {
            // The failure itself is told; a full disk cannot take its record too.
        }
    }

    private void Status(string state, string stage, StageProgress? progress) =>
        _workspace.Files.ReplaceText(Path.Combine(_folder, "status.json"), Text(state, stage, progress, null, _tools), durable: false);

    private static string Text(string state, string stage, StageProgress? progress, string? problem, PipelineTools tools)
    {
        var json = new JsonObject
        {
            ["schema"] = "grokpipe/status/1", ["state"] = state, ["stage"] = stage, ["heartbeat"] = Now(tools),
            ["pid"] = Environment.ProcessId
        };
        if (progress is not null) { (json["done"], json["total"], json["text"]) = (progress.Done, progress.Total, progress.Text); }
        if (problem is not null) { json["problem"] = problem; }
        return json.ToJsonString(JsonFiles.Indented) + "\n";
    }

    private void Log(string level, string stage, string text) => Append(_workspace, _folder, _tools, level, stage, text, null);

    private static void Append(
        Workspace workspace, string folder, PipelineTools tools, string level, string stage, string text, string? trace)
    {
        var json = new JsonObject { ["time"] = Now(tools), ["level"] = level, ["stage"] = stage, ["text"] = text };
        if (trace is not null) { json["trace"] = trace; }
        using var file = workspace.Files.Append(Path.Combine(folder, "log.jsonl"));
        file.Write(Encoding.UTF8.GetBytes(json.ToJsonString() + "\n"));
    }

    private void WriteRun()
    {
        var path = Path.Combine(_folder, "run.json");
        var runs = new JsonArray();
        try
        {
            if (File.Exists(path) && JsonFiles.Read(path)["runs"] is JsonArray before) { runs = (JsonArray)before.DeepClone(); }
        }
        catch (GrokException)
        {
            // A damaged record of earlier runs is begun anew; no result depends on it.
        }
        runs.Add((JsonNode)_run.DeepClone());
        while (runs.Count > KeptRuns) { runs.RemoveAt(0); }
        _workspace.Files.ReplaceText(
            path, new JsonObject { ["schema"] = "grokpipe/run/1", ["runs"] = runs }.ToJsonString(JsonFiles.Indented) + "\n",
            durable: false);
    }

    private static string Now(PipelineTools tools) =>
        tools.Clock.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
