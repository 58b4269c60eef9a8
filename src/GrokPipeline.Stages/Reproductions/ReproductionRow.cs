using System.Collections.Immutable;
using GrokPipeline.Stages.Configuration;
using GrokPipeline.Stages.Options;

namespace GrokPipeline.Stages.Reproductions;

/// <summary>A published result that this program knows of: a pipeline file with a section <c>reproduction</c>, or why there is none.</summary>
public sealed class ReproductionRow
{
    private readonly ReadOnlyMemory<byte> _text;

    private ReproductionRow(string fileName, ReadOnlyMemory<byte> text, ReproductionOptions options, string missing)
    {
        FileName = fileName;
        _text = text;
        Options = options;
        Missing = missing;
    }

    /// <summary>What messages call its file: <c>pipelines/reproduce/C1f.yaml</c>.</summary>
    public string FileName { get; }

    /// <summary>What it repeats; without statements where there is no file.</summary>
    public ReproductionOptions Options { get; }

    /// <summary>Why this build cannot run it; empty where it can.</summary>
    public string Missing { get; }

    /// <summary>The pipeline file; empty where there is none.</summary>
    public ReadOnlySpan<byte> Text => _text.Span;

    /// <summary>Reads a row.</summary>
    /// <param name="fileName">What messages call the file.</param>
    /// <param name="text">The file. A file that cannot be read still is a row, with the reason, as long as its section can.</param>
    /// <exception cref="GrokException">It has no section <c>reproduction</c>, or that is wrong.</exception>
    public static ReproductionRow Of(string fileName, ReadOnlyMemory<byte> text)
    {
        try
        {
            var file = PipelineFile.Parse(fileName, text.Span, ".", []);
            return new(fileName, text, file.Reproduction ?? throw Absent(fileName), "");
        }
        catch (GrokException error) when (SectionOf(fileName, text.Span) is { } options)
        {
            return new(fileName, text, options, $"{error.Problem} {error.Remedy}".Trim());
        }
    }

    /// <summary>A row without a file.</summary>
    internal static ReproductionRow Without(MissingRow row) => new(
        ReproductionCatalogue.MissingName, default,
        new() { Id = row.Id, Title = row.Title, Source = row.Source, Class = row.Class, Cost = row.Cost }, row.Reason);

    /// <summary>The pipeline, to be run in a folder.</summary>
    /// <param name="workspace">The folder of <c>data/</c> and <c>models/</c>.</param>
    /// <param name="overrides">Texts <c>path=value</c>.</param>
    /// <exception cref="GrokException">This build cannot run it.</exception>
    public PipelineFile Read(string workspace, IEnumerable<string> overrides) => Missing.Length == 0
        ? PipelineFile.Parse(FileName, Text, workspace, overrides)
        : throw new GrokException($"{Options.Id} cannot run in this build: {Missing}", "See grokpipe reproduce --list.");

    private static ReproductionOptions? SectionOf(string fileName, ReadOnlySpan<byte> text)
    {
        var problems = new ProblemList();
        var section = (YamlReader.Read(fileName, text) as YamlMap)?["reproduction"];
        var options = new Binder(PipelineReader.Catalogues, problems).Record<ReproductionOptions>(section, "reproduction");
        return section is null || problems.Count > 0 ? null : options;
    }

    private static GrokException Absent(string fileName) => new(
        "has no section 'reproduction'.", "Say there which result it repeats and what must come out, or run it with grokpipe run.", fileName);
}

/// <summary>A row of the catalogue that cannot be run yet.</summary>
internal sealed record MissingRow : IOptions
{
    /// <summary>Its short name.</summary>
    public string Id { get; init; } = "";

    /// <summary>What it shows.</summary>
    public string Title { get; init; } = "";

    /// <summary>Paper and figure.</summary>
    public string Source { get; init; } = "";

    /// <summary>A, B or C.</summary>
    public string Class { get; init; } = "";

    /// <summary>Updates and operations.</summary>
    public string Cost { get; init; } = "";

    /// <summary>What is lacking.</summary>
    public string Reason { get; init; } = "";

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (Reason.Length == 0) { yield return new("reason", "reason is missing."); }
    }
}

/// <summary>The file of the rows that cannot be run yet.</summary>
internal sealed record MissingRows
{
    /// <summary>The rows.</summary>
    public ImmutableArray<MissingRow> Rows { get; init; } = [];
}
