using System.Text.Json.Nodes;
using GrokPipeline.Stages.Running;
using GrokPipeline.Stages.Sweeps;

namespace GrokPipeline.Cli.Display;

/// <summary>Writes each event as a line of JSON to stdout, beside what another display shows on stderr.</summary>
internal sealed class JsonDisplay(Terminal terminal, RunDisplay shown, string verb) : RunDisplay
{
    private readonly Lock _gate = new();

    /// <inheritdoc/>
    public override void Begin(string heading) => shown.Begin(heading);

    /// <inheritdoc/>
    public override void Tell(RunEvent told)
    {
        lock (_gate) { terminal.Out.WriteLine(Messages.Line(Json(told))); }
        shown.Tell(told);
    }

    /// <inheritdoc/>
    public override void End(RunOutcome outcome, RunRequest request) => shown.End(outcome, request);

    /// <inheritdoc/>
    public override void Dispose() => shown.Dispose();

    private JsonObject Json(RunEvent told)
    {
        var json = new JsonObject
        {
            ["schema"] = $"grokpipe/{verb}/1", ["type"] = Messages.Snake(told.GetType().Name),
            ["target"] = told.Target
        };
        switch (told)
        {
            case StageStarted started: json["reason"] = started.Reason; break;
            case StagePlanned planned: json["reason"] = planned.Reason; break;
            case StageProgress progress:
                (json["done"], json["total"], json["text"]) =
                (progress.Done, progress.Total, progress.Text); break;
            case StageFinished finished:
                (json["summary"], json["seconds"]) =
                (finished.Summary, Messages.Number(Math.Round(finished.Seconds, 3))); break;
            case StageFailed failed: json["error"] = Messages.Json(failed.Error); break;
            case RunWarning warning: json["text"] = warning.Text; break;
            case MemberEnded member:
                (json["index"], json["member"], json["settings"], json["ending"], json["steps"], json["seconds"]) = (
                    member.Index, member.Id, member.Settings, member.Ending, member.Steps, Messages.Number(Math.Round(member.Seconds, 3)));
                break;
            case ExperimentSummary summary: (json["verdict"], json["scores"]) = (summary.Verdict, summary.Scores); break;
        }
        return json;
    }
}
