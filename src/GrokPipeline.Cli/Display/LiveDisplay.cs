using System.Globalization;
using GrokPipeline.Stages.Running;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace GrokPipeline.Cli.Display;

/// <summary>One line per stage that is drawn again while it runs, at most ten times a second.</summary>
internal sealed class LiveDisplay : RunDisplay
{
    private readonly Terminal _terminal;
    private readonly bool _verbose;
    private readonly IAnsiConsole _console;
    private readonly Lock _gate = new();
    private readonly List<Row> _rows = [];
    private readonly ManualResetEventSlim _over = new();
    private Thread? _drawing;

    /// <summary>Prepares to draw on a terminal.</summary>
    public LiveDisplay(Terminal terminal, bool verbose)
    {
        (_terminal, _verbose) = (terminal, verbose);
        _console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            ColorSystem = terminal.IsColoured ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.Yes,
            Out = new AnsiConsoleOutput(terminal.Error),
        });
        _console.Profile.Width = terminal.Width;
    }

    /// <inheritdoc/>
    public override void Begin(string heading)
    {
        _terminal.Error.WriteLine(heading);
        _drawing = new Thread(Draw) { IsBackground = true, Name = "display" };
        _drawing.Start();
    }

    /// <inheritdoc/>
    public override void Tell(RunEvent told)
    {
        lock (_gate)
        {
            var row = _rows.Find(row => row.Target == told.Target);
            switch (told)
            {
                case StageStarted or StageFailed when row is null:
                case StageUpToDate when row is null && _verbose:
                    _rows.Add(row = new Row(told.Target));
                    break;
            }
            row?.Hear(told);
        }
    }

    /// <inheritdoc/>
    public override void End(RunOutcome outcome, RunRequest request)
    {
        foreach (var line in outcome.Summaries.SelectMany(Lines)) { _terminal.Error.WriteLine(line); }
        foreach (var line in Closing(outcome, request)) { _terminal.Error.WriteLine(line); }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _over.Set();
        _drawing?.Join();
        _drawing = null;
    }

    private void Draw()
    {
        try
        {
            _console.Live(Rendered()).Overflow(VerticalOverflow.Crop).Cropping(VerticalOverflowCropping.Top).Start(context =>
            {
                do
                {
                    context.UpdateTarget(Rendered());
                    context.Refresh();
                }
                while (!_over.Wait(100));
                context.UpdateTarget(Rendered());
                context.Refresh();
            });
        }
        catch (Exception error) when (error is IOException or InvalidOperationException)
        {
            // A terminal that went away, or one that cannot be drawn on, is no reason to end a run.
        }
    }

    // Without a line there is nothing that the library could measure, so that there is always one.
    private Rows Rendered()
    {
        lock (_gate)
        {
            var lines = _rows.Select(row => row.Line(_terminal.Width)).DefaultIfEmpty(new Text(" "));
            return new Rows(lines.ToArray<IRenderable>());
        }
    }

    /// <summary>One stage's line.</summary>
    private sealed class Row(string target)
    {
        private string _text = "";
        private string _sign = "·";
        private double _share;
        private bool _runs;

        public string Target => target;

        public void Hear(RunEvent told)
        {
            switch (told)
            {
                case StageStarted started: (_sign, _text, _runs) = ("·", started.Reason, false); break;
                case StageProgress progress:
                    (_runs, _share) = (true, progress.Total > 0 ? (double)progress.Done / progress.Total : 0);
                    _text = string.Create(CultureInfo.InvariantCulture, $"{progress.Done:N0}/{progress.Total:N0}  {progress.Text}");
                    break;
                case StageFinished finished:
                    (_runs, _sign) = (false, "✓");
                    _text = string.Create(CultureInfo.InvariantCulture, $"{finished.Summary}  {finished.Seconds:F1} s");
                    break;
                case StageUpToDate: (_runs, _sign, _text) = (false, "✓", "up to date"); break;
                case StageFailed { Error.Kind: ProblemKind.Stopped }: (_runs, _sign, _text) = (false, "·", "stopped"); break;
                case StageFailed: (_runs, _sign, _text) = (false, "✗", "failed"); break;
                case RunWarning warning: _text = warning.Text; break;
            }
        }

        public Text Line(int width)
        {
            const int bar = 14;
            var filled = (int)Math.Round(_share * bar);
            var share = _share.ToString("P0", CultureInfo.InvariantCulture);
            var sign = _runs ? $"{new string('━', filled)}{new string('─', bar - filled)} {share,4}" : _sign;
            var line = $"  {target,-26} {sign}  {_text}";
            var style = _sign == "✗" ? new Style(Color.Red) : _sign == "✓" ? new Style(Color.Green) : Style.Plain;
            return new Text(line.Length < width ? line : line[..(width - 1)], style);
        }
    }
}
