using System.Collections.Immutable;
using GrokPipeline.Stages.Configuration;

namespace GrokPipeline.Stages.Reproductions;

/// <summary>The rows that are part of this program: the files below <c>pipelines/reproduce</c>, embedded.</summary>
public static class ReproductionCatalogue
{
    /// <summary>The file of the rows that cannot be run yet.</summary>
    internal const string MissingName = "missing.yaml";

    private const string Prefix = "reproduce/";

    private static readonly Lazy<ImmutableArray<ReproductionRow>> _all = new(Read);

    /// <summary>All rows: by letter, then by number.</summary>
    public static ImmutableArray<ReproductionRow> All => _all.Value;

    /// <summary>The row of an id.</summary>
    /// <exception cref="GrokException">There is none; the message suggests the nearest.</exception>
    public static ReproductionRow Find(string id) =>
        All.FirstOrDefault(row => string.Equals(row.Options.Id, id, StringComparison.OrdinalIgnoreCase)) ?? throw new GrokException(
            $"there is no reproduction named '{id}'.{Spelling.Suggestion(id, All.Select(row => row.Options.Id))}",
            "grokpipe reproduce --list shows all.");

    private static ImmutableArray<ReproductionRow> Read()
    {
        var assembly = typeof(ReproductionCatalogue).Assembly;
        var rows = new List<ReproductionRow>();
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(name)!;       // not null: the name was listed
            var text = new byte[stream.Length];
            stream.ReadExactly(text);
            if (name == Prefix + MissingName) { rows.AddRange(ReadMissing(text)); }
            else { rows.Add(ReproductionRow.Of($"pipelines/{name}", text)); }
        }
        return [.. rows.OrderBy(row => row.Options.Id, Comparer<string>.Create(Compare))];
    }

    private static IEnumerable<ReproductionRow> ReadMissing(byte[] text)
    {
        var problems = new ProblemList();
        var read = new Binder(PipelineReader.Catalogues, problems).Record<MissingRows>(
            YamlReader.Read($"pipelines/{Prefix}{MissingName}", text), "");
        problems.ThrowIfAny();
        return read.Rows.Select(ReproductionRow.Without);
    }

    // C2 before C10, C1 before C1c.
    private static int Compare(string? a, string? b)
    {
        var (x, y) = (Parts(a ?? ""), Parts(b ?? ""));
        var letters = string.CompareOrdinal(x.Letter, y.Letter);
        return letters != 0 ? letters : x.Number != y.Number ? x.Number.CompareTo(y.Number) : string.CompareOrdinal(x.Tail, y.Tail);
    }

    private static (string Letter, int Number, string Tail) Parts(string id)
    {
        var digits = id.SkipWhile(c => !char.IsAsciiDigit(c)).TakeWhile(char.IsAsciiDigit).Count();
        var begin = id.TakeWhile(c => !char.IsAsciiDigit(c)).Count();
        return (id[..begin], digits == 0 ? 0 : int.Parse(id.AsSpan(begin, digits), provider: null), id[(begin + digits)..]);
    }
}
