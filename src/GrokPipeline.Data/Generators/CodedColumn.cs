using System.Collections.Immutable;
using GrokPipeline.Tables;

namespace GrokPipeline.Data.Generators;

/// <summary>A column of classes or subclasses as numbers from 0: whole numbers as they are, truth values, or text by its ordinal order.</summary>
internal sealed class CodedColumn
{
    private const int MostValues = 100_000;
    private const int MostTold = 50;

    private CodedColumn(long[] codes, int values, ImmutableArray<string> texts) => (Codes, Values, Texts) = (codes, values, texts);

    /// <summary>The number of each row.</summary>
    internal long[] Codes { get; }

    /// <summary>How many values there may be: the largest number and one more.</summary>
    internal int Values { get; }

    /// <summary>The text of each number; empty when the column holds numbers.</summary>
    internal ImmutableArray<string> Texts { get; }

    /// <summary>Reads a column.</summary>
    /// <param name="table">The table.</param>
    /// <param name="name">The column.</param>
    /// <param name="what">What it holds, for messages: <c>class</c>.</param>
    /// <exception cref="GrokException">It is of another kind, a cell is missing or negative, or there are too many values.</exception>
    internal static CodedColumn Of(Table table, string name, string what)
    {
        switch (table.Schema[name].Kind)
        {
            case ColumnKind.Int64:
                var codes = table.Int64(name).ToArray();
                if (Array.FindIndex(codes, code => code is < 0 or >= MostValues) is var row and >= 0)
                {
                    throw new GrokException(
                        $"Column '{name}' holds {codes[row]} in row {row}; a {what} is a number from 0 to {MostValues - 1}.",
                        "Number them from 0, or store them as text.");
                }
                return new(codes, (int)codes.Max() + 1, []);
            case ColumnKind.Bool:
                return new(Array.ConvertAll(table.Bool(name).ToArray(), truth => truth ? 1L : 0L), 2, ["false", "true"]);
            case ColumnKind.Text:
                return OfTexts(name, table.Text(name));
            default:
                throw new GrokException(
                    $"Column {table.Schema[name]} was to hold the {what}.", "Give a column of whole numbers, truth values or text.");
        }
    }

    /// <summary>Which text has which number; null when the column holds numbers.</summary>
    internal string? Note(string name) => Texts.IsEmpty ? null : $"Values of column {name}: "
        + string.Join(", ", Texts.Take(MostTold).Select((text, code) => $"{code} = {text}"))
        + (Texts.Length > MostTold ? $", and {Texts.Length - MostTold} more, in ordinal order." : ".");

    private static CodedColumn OfTexts(string name, IReadOnlyList<string?> cells)
    {
        var texts = cells.Distinct().Order(StringComparer.Ordinal).ToArray();
        if (texts[0] is null)
        {
            throw new GrokException($"Column '{name}' has no value in row {cells.ToList().IndexOf(null)}.", "Leave out or fill such rows.");
        }
        if (texts.Length > MostValues)
        {
            throw new GrokException($"Column '{name}' has {texts.Length} different texts.", $"At most {MostValues} are numbered.");
        }
        var codes = texts.Select((text, code) => (Text: text ?? "", Code: (long)code)).ToDictionary(pair => pair.Text, pair => pair.Code);
        return new([.. cells.Select(cell => codes[cell ?? ""])], texts.Length, [.. texts.Select(text => text ?? "")]);
    }
}
