using System.Collections.Immutable;
using System.Globalization;
using GrokPipeline.Tables;

namespace GrokPipeline.Data.ShiftKinds;

/// <summary>Options of <see cref="HeldOutValues"/>.</summary>
public sealed record HeldOutValuesOptions : IOptions
{
    /// <summary>The integer column: <c>a</c> or <c>b</c> for rows and columns of the table, <c>c</c> for residues. Default <c>c</c>.</summary>
    public string Column { get; init; } = "c";

    /// <summary>The values. Give these, or <see cref="Count"/>, or <see cref="From"/> and <see cref="To"/>.</summary>
    public ImmutableArray<long> Values { get; init; } = [];

    /// <summary>How many values, chosen at random.</summary>
    public int? Count { get; init; }

    /// <summary>The least value of a range.</summary>
    public long? From { get; init; }

    /// <summary>The largest value of a range.</summary>
    public long? To { get; init; }

    /// <summary>Share of these rows that is taken out of the dataset before the split, in [0, 1]; 0 takes none. Default 1.</summary>
    public double Rate { get; init; } = 1;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        var isRange = From is not null || To is not null;
        if ((Values.IsDefaultOrEmpty ? 0 : 1) + (Count is null ? 0 : 1) + (isRange ? 1 : 0) != 1)
        {
            yield return new("values", "give exactly one of: values: [1, 5], count: 3, from: 80 and to: 96.");
        }
        if (Count is < 1) { yield return new("count", $"count is {Count}; give at least 1."); }
        if (From > To) { yield return new("from", $"from is {From}, to is {To}; no value lies between."); }
        if (!(Rate is >= 0 and <= 1))
        {
            yield return new("rate", $"rate is {Rate}; give a number from 0 (none is taken out) to 1 (all).");
        }
    }
}

/// <summary>
/// All rows with some values in one column, taken out before the split: residues (column c), rows and columns of the table (a, b), or a
/// range of values. Values that are chosen at random are the first of one order: more keep those that were there.
/// </summary>
public sealed class HeldOutValues(HeldOutValuesOptions options) : HeldOutShift
{
    /// <inheritdoc/>
    protected override double Rate => options.Rate;

    /// <inheritdoc/>
    protected override string Region => $"all rows with {Which}";

    private string Which => options switch
    {
        { Count: { } count } => string.Create(CultureInfo.InvariantCulture, $"one of {count} values of {options.Column}, chosen at random"),
        { Values.IsDefaultOrEmpty: false } => $"{options.Column} in {string.Join(", ", options.Values)}",
        { From: { } from, To: { } to } => $"{options.Column} from {from} to {to}",
        { From: { } from } => $"{options.Column} from {from} on",
        _ => $"{options.Column} up to {options.To}",
    };

    /// <inheritdoc/>
    protected override IEnumerable<OptionProblem> RegionProblems(ListedDataset dataset)
    {
        var names = dataset.All.Schema.Where(column => column.Kind == ColumnKind.Int64).Select(column => column.Name).ToArray();
        if (!names.Contains(options.Column))
        {
            return [new("column",
                $"there is no column '{options.Column}' of integers; use one of: {string.Join(", ", names)}."
                + Spelling.Suggestion(options.Column, names))];
        }
        var known = dataset.All.Int64(options.Column).ToArray().Distinct().Order().ToArray();
        if (options.Count >= known.Length)
        {
            return [new("count", $"count is {options.Count}, {options.Column} takes {known.Length} values; give 1 to {known.Length - 1}.")];
        }
        if (!options.Values.IsDefaultOrEmpty && options.Values.Any(value => !known.Contains(value)))
        {
            var strange = options.Values.First(value => !known.Contains(value));
            return [new("values", $"no row has {options.Column} = {strange}; its values are from {known[0]} to {known[^1]}.")];
        }
        var option = options.Values.IsDefaultOrEmpty ? options.Count is null ? options.From is null ? "to" : "from" : "count" : "values";
        return SizeProblems(Inside(dataset, default), option, Which);
    }

    /// <inheritdoc/>
    protected override bool[] Inside(ListedDataset dataset, Seed seed)
    {
        var cells = dataset.All.Int64(options.Column).ToArray();
        if (options.Count is { } count)
        {
            var values = cells.Distinct().Order().ToArray();
            seed.Derive("values").Stream().Shuffle(values.AsSpan());
            var chosen = values.Take(count).ToHashSet();
            return Array.ConvertAll(cells, chosen.Contains);
        }
        return options.Values.IsDefaultOrEmpty
            ? Array.ConvertAll(cells, cell => cell >= (options.From ?? cell) && cell <= (options.To ?? cell))
            : Array.ConvertAll(cells, cell => options.Values.Contains(cell));
    }
}
