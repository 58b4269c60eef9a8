namespace GrokPipeline.Cli;

/// <summary>Where the program writes, and what may be drawn there. Decided by ourselves, before any library is asked.</summary>
internal sealed class Terminal(TextWriter output, TextWriter error, bool isLive, bool isColoured, int width)
{
    /// <summary>Results: text or JSON.</summary>
    public TextWriter Out => output;

    /// <summary>Progress and errors; never JSON.</summary>
    public TextWriter Error => error;

    /// <summary>True when lines on stderr may be drawn again.</summary>
    public bool IsLive => isLive;

    /// <summary>True when stderr may have colours.</summary>
    public bool IsColoured => isColoured;

    /// <summary>Columns of a line.</summary>
    public int Width => width;

    /// <summary>The process's own.</summary>
    public static Terminal System()
    {
        Func<string, string?> variable = Environment.GetEnvironmentVariable;
        var live = !Console.IsErrorRedirected && variable("TERM") is { Length: > 0 } and not "dumb";
        var coloured = live && string.IsNullOrEmpty(variable("NO_COLOR"));
        var width = 120;
        try { width = live && Console.WindowWidth > 0 ? Math.Max(40, Console.WindowWidth) : width; }
        catch (IOException)
        {
            // A terminal that does not tell its size.
        }
        return new Terminal(Console.Out, Console.Error, live, coloured, width);
    }

    /// <summary>The same with less.</summary>
    public Terminal With(bool live, bool coloured) => new(output, error, isLive && live, isColoured && coloured, width);
}
