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

    /// <summary>A split whose rows are left out, empty (the default) for none; with <c>train</c> no row was trained on.</summary>
    public string Minus { get; init; } = "";

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems() => [];
}

/// <summary>The rows of a split with their operands in another order, each with its own true result.</summary>
public sealed class OperandOrder(OperandOrderOptions options) : Shift
{
    /// <inheritdoc/>
    public override ShiftType Type => ShiftType.Covariate;

    /// <inheritdoc/>
    public override string Description =>
        $"rows of {options.Of} with operands in the order {string.Join(", ", options.Order)}"
        + (options.Minus == "" ? "" : $", without those of {options.Minus}");

    /// <inheritdoc/>
    public override bool TakesRowsBeforeSplit => false;

    /// <inheritdoc/>
    public override IEnumerable<OptionProblem> Problems(Dataset dataset, SplitSpec split)
    {
        if (dataset is not ListedDataset)
        {
            yield return new("kind", "operand_order needs a dataset of operands, such as modular_arithmetic.");
            yield break;
        }
        var operands = dataset.Facts.Operands;
        if (options.Order.IsDefault || !options.Order.Order(StringComparer.Ordinal).SequenceEqual(operands.Order(StringComparer.Ordinal)))
        {
            var (names, swapped) = (string.Join(", ", operands), string.Join(", ", operands.Reverse()));
            yield return new("order", $"order is not an order of the operands {names}; give for instance [{swapped}].");
        }
        foreach (var problem in Problem.OfPart("of", options.Of, split)) { yield return problem; }
        if (options.Minus == "") { yield break; }
        foreach (var problem in Problem.OfPart("minus", options.Minus, split)) { yield return problem; }
    }

    /// <inheritdoc/>
    public override Table Apply(ShiftInput input)
    {
        var (all, facts, of) = (((ListedDataset)input.Dataset).All, input.Dataset.Facts, input.Splits[options.Of]);
        var rowOf = new Dictionary<long, int>();
        var keys = Keys(all, facts.Operands, facts.OperandValues);
        for (var row = 0; row < keys.Length; row++) { rowOf.Add(keys[row], row); }
        var left = options.Minus == "" ? [] : input.Splits[options.Minus].Int64("row").ToArray().ToHashSet();
        // Column `row` is the index in the whole list. An order without a result (0 as divisor) is no row.
        var rows = Keys(of, options.Order, facts.OperandValues)
            .Where(rowOf.ContainsKey).Select(key => rowOf[key]).Where(row => !left.Contains(row)).ToArray();
        return rows.Length > 0
            ? all.Select(rows)
            : throw new GrokException($"No row of {options.Of} is left in the other order.", "Use another order, or leave `minus` out.");
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
