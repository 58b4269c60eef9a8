using System.Collections.Immutable;
using GrokPipeline.Tables;

namespace GrokPipeline.Data.ShiftKinds;

/// <summary>Options of <see cref="OperandOrder"/>.</summary>
public sealed record OperandOrderOptions : IOptions
{
    /// <summary>The split whose rows are reordered. Default <c>train</c>.</summary>
    public string Of { get; init; } = "train";

    /// <summary>The operands in their new order. Default <c>[b, a]</c>: swapped.</summary>
    public ImmutableArray<string> Order { get; init; } = ["b", "a"];

    /// <summary>
    /// A split whose rows are left out of the reordered ones, empty (the default) for none; with <c>train</c> no row was trained on.
    /// </summary>
    public string Minus { get; init; } = "";

    /// <summary>Share of the rows that are reordered, in [0, 1]; 0 leaves all as they are. Default 1.</summary>
    public double Rate { get; init; } = 1;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (!(Rate is >= 0 and <= 1)) { yield return new("rate", $"rate is {Rate}; give a number from 0 (none) to 1 (all)."); }
    }
}

/// <summary>
/// Rows with their operands in another order, each with its own true result. Round(rate × rows) of them, chosen at random, are reordered;
/// more with a higher rate, never others.
/// </summary>
public sealed class OperandOrder(OperandOrderOptions options) : RowShift
{
    /// <inheritdoc/>
    public override ShiftType Type => ShiftType.Covariate;

    /// <inheritdoc/>
    public override string Of => options.Of;

    /// <inheritdoc/>
    public override string Action => (options.Rate == 1 ? " with" : $", a share of {options.Rate} with")
        + $" operands in the order {string.Join(", ", options.Order)}"
        + (options.Minus == "" ? "" : $", without those of {options.Minus}");

    /// <inheritdoc/>
    public override IEnumerable<OptionProblem> StepProblems(Dataset dataset, SplitSpec split)
    {
        if (dataset is not ListedDataset || dataset.Facts.Operands.Length < 2)
        {
            yield return new("kind", "operand_order needs a dataset of operands, such as modular_arithmetic.");
            yield break;
        }
        if (dataset is Generators.SequenceDataset)
        {
            yield return new("kind", "operand_order is for operands of one token; lists have sequence_order and sequence_format.");
            yield break;
        }
        var operands = dataset.Facts.Operands;
        if (options.Order.IsDefault || !options.Order.Order(StringComparer.Ordinal).SequenceEqual(operands.Order(StringComparer.Ordinal)))
        {
            var (names, swapped) = (string.Join(", ", operands), string.Join(", ", operands.Reverse()));
            yield return new("order", $"order is not an order of the operands {names}; give for instance [{swapped}].");
        }
        if (options.Minus == "") { yield break; }
        foreach (var problem in Problem.OfPart("minus", options.Minus, split)) { yield return problem; }
    }

    /// <inheritdoc/>
    protected override Table Change(Table rows, ShiftInput input)
    {
        var (all, facts) = (((ListedDataset)input.Dataset).All, input.Dataset.Facts);
        var rowOf = new Dictionary<long, int>();
        var keys = Keys(all, facts.Operands, facts.OperandValues);
        for (var row = 0; row < keys.Length; row++) { rowOf.TryAdd(keys[row], row); }
        var left = options.Minus == "" ? [] : input.Splits[options.Minus].Int64("row").ToArray().ToHashSet();
        var (reordered, chosen) = (Keys(rows, options.Order, facts.OperandValues), Chosen(rows.Rows, input.Seed));
        // Where each row comes from: −1 for one that stays. An order without a result (0 as divisor) is no row.
        var (kept, from) = (new List<int>(), new List<int>());
        for (var row = 0; row < rows.Rows; row++)
        {
            var other = -1;
            if (chosen[row] && (!rowOf.TryGetValue(reordered[row], out other) || left.Contains(other))) { continue; }
            kept.Add(row);
            from.Add(other);
        }
        return kept.Count > 0
            ? Taken(rows.Select([.. kept]), all, facts.Target, from)
            : throw new GrokException($"No row of {options.Of} is left in the other order.", "Use another order, or leave `minus` out.");
    }

    // Every column of the whole list is taken from the other row, label included: a changed label is not carried along.
    private static Table Taken(Table rows, Table all, string target, List<int> from)
    {
        var columns = new List<ColumnValues>();
        foreach (var column in rows.Schema)
        {
            var source = column.Name == Relabelled.Clean ? target : column.Name;
            if (column.Kind == ColumnKind.Int64 && all.Schema.Contains(source))
            {
                var cells = rows.Int64(column.Name).ToArray();
                for (var row = 0; row < cells.Length; row++) { cells[row] = from[row] < 0 ? cells[row] : all.Int64(source)[from[row]]; }
                columns.Add(ColumnValues.Of(column.Name, cells, column.Description));
            }
            else if (column.Name == Relabelled.Noisy)
            {
                var noisy = rows.Bool(column.Name).ToArray();
                for (var row = 0; row < noisy.Length; row++) { noisy[row] &= from[row] < 0; }
                columns.Add(ColumnValues.Of(column.Name, noisy, column.Description));
            }
        }
        return rows.With([.. columns]);
    }

    private bool[] Chosen(int rows, Seed seed)
    {
        var (chosen, order) = (new bool[rows], Enumerable.Range(0, rows).ToArray());
        if (options.Rate < 1) { seed.Derive("rows").Stream().Shuffle(order.AsSpan()); }
        var count = (int)Math.Round((decimal)options.Rate * rows, MidpointRounding.AwayFromZero);
        foreach (var row in order.AsSpan(0, count)) { chosen[row] = true; }
        return chosen;
    }

    private static long[] Keys(Table table, ImmutableArray<string> operands, int values)
    {
        var keys = new long[table.Rows];
        foreach (var operand in operands)
        {
            var cells = table.Int64(operand);
            for (var row = 0; row < keys.Length; row++) { keys[row] = (keys[row] * values) + cells[row]; }
        }
        return keys;
    }
}
