using System.Globalization;
using GrokPipeline.Stages.Running;
using GrokPipeline.Stages.Sweeps;

namespace GrokPipeline.Cli.Display;

/// <summary>One line for each change, and one every 30 seconds of a stage; ISO time first, no escape codes.</summary>
internal sealed class PlainDisplay(Terminal terminal, TimeProvider clock, PlainDisplay.Amount amount) : RunDisplay
{
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(30);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _told = new(StringComparer.Ordinal);

    /// <summary>How much is told.</summary>
    public enum Amount
    {
        /// <summary>Errors alone.</summary>
        Errors,

        /// <summary>What changes.</summary>
        Changes,

        /// <summary>Also what does not.</summary>
        All,
    }

    /// <inheritdoc/>
    public override void Begin(string heading)
    {
        if (amount != Amount.Errors) { terminal.Error.WriteLine(heading); }
    }

    /// <inheritdoc/>
    public override void Tell(RunEvent told)
    {
        lock (_gate)
        {
            if (Text(told) is { } text && amount != Amount.Errors) { Write(told.Target, text); }
            else if (told is StageFailed failed)
            {
                var word = failed.Error.Kind == ProblemKind.Stopped ? "" : "failed: ";
                Write(failed.Target, $"{word}{Messages.Text(failed.Error)}");
            }
        }
    }

    /// <inheritdoc/>
    public override void End(RunOutcome outcome, RunRequest request)
    {
        if (amount != Amount.Errors)
        {
            foreach (var line in outcome.Ran.Length > 0 ? outcome.Summaries.SelectMany(Lines) : []) { terminal.Error.WriteLine(line); }
        }
        var told = outcome.Failures.Where(failure => failure.Error.Kind == ProblemKind.Stopped)
            .Select(failure => Messages.Text(failure.Error)).ToHashSet(StringComparer.Ordinal);
        foreach (var line in Closing(outcome, request).Where(line => !told.Contains(line)))
        {
            if (amount != Amount.Errors || line.StartsWith('✗')) { terminal.Error.WriteLine(line); }
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        // Nothing is held.
    }

    private string? Text(RunEvent told) => told switch
    {
        StageStarted started => $"begins: {started.Reason}",
        StagePlanned planned => $"would run: {planned.Reason}",
        StageFinished finished => string.Create(CultureInfo.InvariantCulture, $"done  {finished.Summary}  {finished.Seconds:F1} s"),
        StageUpToDate when amount == Amount.All => "up to date",
        RunWarning warning => warning.Text,
        MemberEnded member when amount == Amount.All => string.Create(
            CultureInfo.InvariantCulture,
            $"member {member.Index} ({member.Settings}): {member.Ending} at step {member.Steps:N0}  {member.Seconds:F1} s"),
        StageProgress progress when Due(progress.Target) =>
            string.Create(CultureInfo.InvariantCulture, $"{progress.Done:N0}/{progress.Total:N0}  {progress.Text}"),
        _ => null,
    };

    private bool Due(string target)
    {
        var now = clock.GetTimestamp();
        if (!_told.TryGetValue(target, out var last))
        {
            _told[target] = now;                             // the stage began just now, which was told
            return false;
        }
        if (clock.GetElapsedTime(last, now) < Between) { return false; }
        _told[target] = now;
        return true;
    }

    private void Write(string target, string text)
    {
        var time = clock.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        terminal.Error.WriteLine($"{time}  {target,-26}  {text}");
    }
}
