using GrokPipeline.Evaluation;

namespace GrokPipeline.Cli.Commands;

/// <summary>The data files of an evaluation, and what requirements and answers call them.</summary>
internal sealed class ScoredFiles
{
    private readonly string[] _written;

    /// <summary>Names files: by name without ending, or as they were written where two have one name.</summary>
    /// <param name="written">What the user wrote: paths, or DATASET.NAME.</param>
    /// <exception cref="GrokException">There is no such file, or one was given twice.</exception>
    public ScoredFiles(string[] written)
    {
        _written = written;
        Paths = [.. written.Select(DataPath.Of)];
        if (Paths.Select(Path.GetFullPath).CountBy(path => path).FirstOrDefault(pair => pair.Value > 1).Key is { } twice)
        {
            throw new GrokException($"{twice} was given twice.", "Give each file once.", "--data");
        }
        var names = Paths.Select(path => Path.GetFileNameWithoutExtension(path)).ToArray();
        Names = names.Distinct(StringComparer.Ordinal).Count() == names.Length ? names : written;
    }

    /// <summary>The files.</summary>
    public string[] Paths { get; }

    /// <summary>Their names, one each.</summary>
    public string[] Names { get; }

    /// <summary>The index of a file by its name or as it was written.</summary>
    /// <exception cref="GrokException">It is none of the files.</exception>
    public int IndexOf(string text, string option)
    {
        var at = Array.IndexOf(Names, text);
        if (at < 0) { at = Array.IndexOf(_written, text); }
        if (at >= 0) { return at; }
        throw new GrokException(
            $"'{text}' is no --data file.{Spelling.Suggestion(text, Names)}", $"Known: {string.Join(", ", Names)}.", option);
    }

    /// <summary>A requirement about files by name.</summary>
    /// <exception cref="GrokException">It is about a file that is not scored.</exception>
    public Requirement Named(Requirement requirement) => requirement.Renamed(
        requirement.Distributions.Distinct().ToDictionary(
            name => name, name => Names[IndexOf(name, "--require")], StringComparer.Ordinal));
}
