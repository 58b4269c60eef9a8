using GrokPipeline.Stages;
using GrokPipeline.Stages.Running;

namespace GrokPipeline.Cli.Display;

/// <summary>Shows a run. Hears of events from several threads.</summary>
internal abstract class RunDisplay : IDisposable
{
    /// <summary>The display for an invocation: JSON lines, lines drawn again, plain lines, or none.</summary>
    public static RunDisplay Of(Invocation invocation, bool dryRun, string verb = "run")
    {
        var progress = invocation.Parsed.GetValue(invocation.Global.Progress);
        RunDisplay shown = invocation.Quiet || progress == "none"
            ? new PlainDisplay(invocation.Terminal, TimeProvider.System, PlainDisplay.Amount.Errors)
            : invocation.Terminal.IsLive && !dryRun ? new LiveDisplay(invocation.Terminal, invocation.Verbose)
            : new PlainDisplay(invocation.Terminal, TimeProvider.System, invocation.Verbose
                ? PlainDisplay.Amount.All
                : PlainDisplay.Amount.Changes);
        return invocation.Json ? new JsonDisplay(invocation.Terminal, shown, verb) : shown;
    }

    /// <summary>A run begins.</summary>
    public abstract void Begin(string heading);

    /// <summary>Something happened.</summary>
    public abstract void Tell(RunEvent told);

    /// <summary>The run is over.</summary>
    public abstract void End(RunOutcome outcome, RunRequest request);

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>The first line: version, file, experiments, engine.</summary>
    public static string Heading(PipelineFile file, PipelineTools tools, int threads)
    {
        var names = file.Experiments.Select(experiment => experiment.Options.Train.Engine).Distinct(StringComparer.Ordinal).ToArray();
        var engines = string.Join(", ", names.Select(name => name == "simd" ? Described(tools, threads) : name));
        return $"grokpipe {tools.Version}  {file.Path}  {Count(file.Experiments.Length, "experiment")}  engine {engines}";
    }

    /// <summary>The first line of a sweep: version, file, sweep, members at a time.</summary>
    public static string Heading(PipelineFile file, PipelineTools tools, string sweep, int threads)
    {
        var atATime = Count(threads > 0 ? threads : Environment.ProcessorCount, "member");
        return $"grokpipe {tools.Version}  {file.Path}  sweep {sweep}  {atATime} at a time";
    }

    /// <summary>The lines at the end: results, what was missed, what failed, what to do next.</summary>
    protected static IEnumerable<string> Closing(RunOutcome outcome, RunRequest request)
    {
        if (request.DryRun)
        {
            if (outcome.Ran.Length == 0 && outcome.Failures.Length > 0) { yield break; }       // told where it was found
            yield return outcome.Ran.Length == 0 ? "Everything is up to date." : $"{Count(outcome.Ran.Length, "stage")} would run.";
            yield break;
        }
        foreach (var missed in outcome.Missed) { yield return $"✗ {missed}"; }
        foreach (var failure in outcome.Failures)
        {
            yield return $"{(failure.Error.Kind == ProblemKind.Stopped ? "" : "✗ ")}{Messages.Text(failure.Error)}";
        }
        if (outcome.Failures.Length > 0) { yield break; }
        if (outcome.Ran.Length == 0)
        {
            yield return "Everything is up to date.";
            yield break;
        }
        if (outcome.Summaries.Length > 0)
        {
            var names = string.Join(',', outcome.Summaries.Select(summary => summary.Target));
            var folder = outcome.Summaries.Length == 1 ? names : $"{{{names}}}";
            yield return $"  {"reports",-20}  models/index.html  models/{folder}/report/report.html  (open offline)";
        }
        yield return "Run again: everything is up to date.";
    }

    /// <summary>The lines of one experiment's results.</summary>
    protected static IEnumerable<string> Lines(ExperimentSummary summary)
    {
        yield return $"  {summary.Target,-20}  {summary.Verdict}";
        if (summary.Scores.Length > 0) { yield return $"  {"",-20}  {summary.Scores}"; }
    }

    /// <summary><c>1 stage</c>, <c>2 stages</c>.</summary>
    protected static string Count(int count, string thing) => $"{count} {thing}{(count == 1 ? "" : "s")}";

    private static string Described(PipelineTools tools, int threads) =>
        $"simd ({Count(threads > 0 ? threads : Environment.ProcessorCount, "thread")}, {tools.Engine("simd").Facts.Device})";
}
