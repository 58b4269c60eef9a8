using System.Collections.Immutable;
using System.Globalization;
using GrokPipeline.Tables;

namespace GrokPipeline.Data.Generators;

/// <summary>
/// A dataset whose inputs are one or more lists of tokens and whose answer is a list of tokens. Lists that are shorter than there are
/// columns are filled up with the end token. Columns <c>row</c>, <c>length</c> (elements of each list), a column for each position of
/// each list, <c>y0</c>, <c>y1</c>, … for the answer.
/// </summary>
public abstract class SequenceDataset : ListedDataset
{
    private const string Reversed = "reversed";

    /// <summary>Most rows of a table.</summary>
    internal const int MostRows = 200_000;

    /// <summary>The note on lists that are shorter than the answer's columns.</summary>
    private protected const string EndsCount =
        "OUR CHOICE: an answer that is shorter than its columns is filled up with the end token, which counts in loss and accuracy as any "
        + "other token.";

    /// <summary>The note on tables that hold only some of all rows.</summary>
    private protected const string RowsAreDrawn =
        "OUR CHOICE: which rows are in the table follows from the options alone, each equally likely, none twice; the dataset's seed splits "
        + "them.";

    /// <summary>The options that every such dataset has.</summary>
    private protected SequenceDataset(SequenceShape shape) => Shape = shape;

    /// <inheritdoc/>
    public sealed override Table All => field ??= TableOf([.. Drawn()]);

    /// <inheritdoc/>
    public sealed override DatasetFacts Facts => field ??= FactsOf(Shape);

    /// <summary>How many values, lists, elements.</summary>
    internal SequenceShape Shape { get; }

    /// <summary>The token that fills up: the first after the values.</summary>
    internal int End => Shape.Values;

    /// <summary>True when a longer list gets its new elements at its front (digits that begin with the most significant).</summary>
    internal abstract bool GrowsAtFront { get; }

    /// <summary>What the answer is, in words: <c>sort of 3 elements</c>.</summary>
    private protected abstract string Operation { get; }

    /// <summary>The stream from which rows are drawn, named after the generator.</summary>
    private protected abstract string StreamName { get; }

    /// <summary>The right answer.</summary>
    /// <param name="parts">The lists, as they are written, without end tokens.</param>
    internal abstract long[] AnswerOf(long[][] parts);

    /// <summary>The table of some rows, with their answers. Column <c>reversed</c> is there where a row is written backwards.</summary>
    /// <exception cref="GrokException">A list does not fit the columns.</exception>
    internal Table TableOf(IReadOnlyList<SequenceRow> rows)
    {
        var (facts, capacity) = (Facts, Shape.Capacity);
        var inputs = facts.Operands.Select(_ => Filled(rows.Count)).ToArray();
        var answers = facts.AnswerColumns.Select(_ => Filled(rows.Count)).ToArray();
        for (var i = 0; i < rows.Count; i++)
        {
            var row = rows[i];
            for (var part = 0; part < row.Parts.Length; part++)
            {
                var written = row.Written(row.Parts[part]);
                if (row.Offset + written.Length > capacity) { throw TooLong(row.Row, row.Offset + written.Length); }
                for (var at = 0; at < written.Length; at++) { inputs[(part * capacity) + row.Offset + at][i] = written[at]; }
            }
            var answer = row.Written(AnswerOf(row.Parts));
            for (var at = 0; at < answer.Length; at++) { answers[at][i] = answer[at]; }
        }
        var table = Table.Of(
        [
            ColumnValues.Of("row", [.. rows.Select(row => row.Row)], "Index in the whole table"),
            ColumnValues.Of("length", [.. rows.Select(row => (long)row.Parts[0].Length)], "Elements of each list"),
            .. facts.Operands.Select((name, at) => ColumnValues.Of(name, inputs[at], $"Token of the input, {End}: the end")),
            .. facts.AnswerColumns.Select((name, at) => ColumnValues.Of(name, answers[at], $"Token {at} of the answer, {End}: the end")),
        ]);
        return rows.Any(row => row.IsReversed)
            ? table.With(ColumnValues.Of(Reversed, [.. rows.Select(row => row.IsReversed)], "Whether it is written backwards")) : table;
    }

    /// <summary>The rows of a table of this dataset, as lists.</summary>
    internal IEnumerable<SequenceRow> RowsOf(Table table)
    {
        var columns = Facts.Operands.Select(name => table.Int64(name).ToArray()).ToArray();
        var reversed = table.Schema.Contains(Reversed) ? table.Bool(Reversed).ToArray() : new bool[table.Rows];
        for (var i = 0; i < table.Rows; i++)
        {
            var row = new SequenceRow(table.Int64("row")[i], [])
            {
                Offset = columns.Take(Shape.Capacity).TakeWhile(column => column[i] == End).Count(),
                IsReversed = reversed[i],
            };
            yield return row with
            {
                Parts = [.. columns.Chunk(Shape.Capacity)
                    .Select(part => row.Written([.. part.Select(column => column[i]).Where(token => token != End)]))],
            };
        }
    }

    private GrokException TooLong(long row, int length) => new(
        $"The list of row {row} ends at position {length}; a model has positions for {Shape.Capacity}.",
        "Raise with.capacity, or take a step out.");

    private long[] Filled(int rows)
    {
        var cells = new long[rows];
        Array.Fill(cells, End);
        return cells;
    }

    private DatasetFacts FactsOf(SequenceShape shape)
    {
        var names = shape.Parts.Select(part => Names(part, shape.Capacity)).ToArray();
        ImmutableArray<string> answer = [.. Names("y", shape.AnswerCapacity)];
        // Signs between the lists and after the last: the tokens after the end.
        var prompt = names.SelectMany((list, i) => list.Append(TokenLayout.Sign(End + (i == names.Length - 1 ? names.Length : i + 1))));
        return new DatasetFacts
        {
            Kind = InputKind.Operands,
            Classes = shape.Values + 1,
            Target = answer[0],
            Answer = answer.Length == 1 ? default : answer,
            Operands = [.. names.SelectMany(list => list)],
            OperandValues = shape.Values + 1,
            Prompt = [.. prompt],
            Operation = Operation,
        };
    }

    private static IEnumerable<string> Names(string part, int count) =>
        Enumerable.Range(0, count).Select(i => part + i.ToString(CultureInfo.InvariantCulture));

    private IEnumerable<SequenceRow> Drawn()
    {
        var lists = Shape.Rows == 0 ? Shape.Every() : Shape.Draw(new Seed(0).Derive(StreamName).Stream());
        return lists.Select((parts, row) => new SequenceRow(row, parts));
    }
}

/// <summary>One row as lists.</summary>
/// <param name="Row">Its number in the whole table.</param>
/// <param name="Parts">Its lists, without end tokens.</param>
internal sealed record SequenceRow(long Row, long[][] Parts)
{
    /// <summary>How many end tokens stand before each list.</summary>
    public int Offset { get; init; }

    /// <summary>True when lists and answer are written from their end to their beginning.</summary>
    public bool IsReversed { get; init; }

    /// <summary>A list as it is written.</summary>
    public long[] Written(long[] list) => IsReversed ? [.. list.AsEnumerable().Reverse()] : list;
}
