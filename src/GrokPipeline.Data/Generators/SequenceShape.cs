using System.Globalization;

namespace GrokPipeline.Data.Generators;

/// <summary>Which lists are rows of a <see cref="SequenceDataset"/>.</summary>
/// <param name="Parts">The names of the lists of a row: x, or a and b. All lists of a row are equally long.</param>
/// <param name="Values">How many values an element takes.</param>
/// <param name="LeastLength">Elements of the shortest list.</param>
/// <param name="Length">Elements of the longest list.</param>
/// <param name="Capacity">Columns of a list.</param>
/// <param name="AnswerCapacity">Columns of the answer.</param>
/// <param name="Rows">How many rows are drawn; 0 for all there are.</param>
internal sealed record SequenceShape(
    string[] Parts, int Values, int LeastLength, int Length, int Capacity, int AnswerCapacity, int Rows)
{
    /// <summary>How many different rows there are; infinite when a double cannot hold the number.</summary>
    public double Count => Enumerable.Range(LeastLength, Length - LeastLength + 1).Sum(CountOf);

    /// <summary>What is wrong with the options that make it, under their own names.</summary>
    /// <param name="longest">The name of the option of <see cref="Length"/>.</param>
    /// <param name="capacity">Most columns of a list.</param>
    public IEnumerable<OptionProblem> Problems(string longest, int capacity)
    {
        if (Length < 1 || Length > capacity)
        {
            yield return new(longest, $"{longest} is {Length}; give 1 to {capacity}.");
            yield break;
        }
        if (LeastLength < 1 || LeastLength > Length)
        {
            yield return new("least_length", $"least_length is {LeastLength}; give 1 to {Length}, or 0 for lists of one length.");
            yield break;
        }
        if (Capacity < Length || Capacity > capacity)
        {
            yield return new("capacity", $"capacity is {Capacity}; lists have up to {Length} elements. Give {Length} to {capacity}, or 0.");
        }
        var most = Math.Min(Count, SequenceDataset.MostRows);
        if (Rows == 0 && Count > SequenceDataset.MostRows)
        {
            yield return new("rows", string.Create(
                CultureInfo.InvariantCulture,
                $"there are {Count:0} rows, more than {most:0}; give rows: 1 to {most:0}, for instance 5000."));
        }
        else if (Rows < 0 || Rows > most)
        {
            yield return new("rows", string.Create(
                CultureInfo.InvariantCulture, $"rows is {Rows}; there are {Count:0}. Give 1 to {most:0}, or 0 for all."));
        }
    }

    /// <summary>All rows: the shortest first, of equal length in the order of their elements.</summary>
    public IEnumerable<long[][]> Every()
    {
        for (var length = LeastLength; length <= Length; length++)
        {
            var tokens = new long[Parts.Length * length];
            do { yield return Cut(tokens, length); }
            while (Next(tokens));
        }
    }

    /// <summary>Some rows, each equally likely, none twice.</summary>
    public IEnumerable<long[][]> Draw(RandomStream stream)
    {
        var known = new HashSet<string>(StringComparer.Ordinal);
        while (known.Count < Rows)
        {
            var length = LengthAt(stream.NextUniform() * Count);
            var tokens = new long[Parts.Length * length];
            for (var i = 0; i < tokens.Length; i++) { tokens[i] = stream.NextBelow(Values); }
            if (known.Add(string.Join(' ', tokens))) { yield return Cut(tokens, length); }
        }
    }

    private double CountOf(int length)
    {
        var count = 1.0;
        for (var i = 0; i < Parts.Length * length; i++) { count *= Values; }
        return count;
    }

    private int LengthAt(double place)
    {
        for (var length = LeastLength; length < Length; length++)
        {
            if (place < CountOf(length)) { return length; }
            place -= CountOf(length);
        }
        return Length;
    }

    private long[][] Cut(long[] tokens, int length) =>
        [.. Enumerable.Range(0, Parts.Length).Select(part => tokens[(part * length)..((part + 1) * length)])];

    // The next in the order of elements; false after the last.
    private bool Next(long[] tokens)
    {
        for (var i = tokens.Length - 1; i >= 0; i--)
        {
            if (++tokens[i] < Values) { return true; }
            tokens[i] = 0;
        }
        return false;
    }
}
