using GrokPipeline.Tables;

namespace GrokPipeline.Data.ShiftKinds;

/// <summary>What is made imbalanced.</summary>
public enum ImbalanceBy
{
    /// <summary>Classes.</summary>
    Class,

    /// <summary>Groups inside classes.</summary>
    Group,
}

/// <summary>Options of <see cref="Imbalance"/>.</summary>
public sealed record ImbalanceOptions : IOptions
{
    /// <summary>The split whose rows are taken. Default <c>validation</c>.</summary>
    public string Of { get; init; } = "validation";

    /// <summary>Classes or groups. Default class.</summary>
    public ImbalanceBy By { get; init; } = ImbalanceBy.Class;

    /// <summary>
    /// Share of the last one's rows that is left out, in [0, 1); 0 leaves all in. The first keeps all its rows, those between keep shares
    /// that fall by the same factor from each to the next. Default 0.9: a tenth of the last one's rows.
    /// </summary>
    public double Strength { get; init; } = 0.9;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (!Enum.IsDefined(By)) { yield return new("by", "give class or group."); }
        if (!(Strength is >= 0 and < 1))
        {
            yield return new("strength",
                $"strength is {Strength}; give a number from 0 (no imbalance) up to but not 1; to take a class out use thin_out.");
        }
    }
}

/// <summary>
/// Long-tailed shares of classes or groups (Cui et al. 2019): of V of them, the v-th keeps round((1 − strength)^(v/(V − 1)) × its rows), at
/// least one, chosen at random; fewer with a higher strength, never others.
/// </summary>
public sealed class Imbalance(ImbalanceOptions options) : RowShift
{
    /// <inheritdoc/>
    public override ShiftType Type => options.By == ImbalanceBy.Class ? ShiftType.Label : ShiftType.Subpopulation;

    /// <inheritdoc/>
    public override string Of => options.Of;

    /// <inheritdoc/>
    public override string Action => options.By == ImbalanceBy.Class
        ? $", class by class fewer, down to a share of {1 - options.Strength:0.####}"
        : $", group by group fewer, down to a share of {1 - options.Strength:0.####}";

    /// <inheritdoc/>
    public override IEnumerable<OptionProblem> StepProblems(Dataset dataset, SplitSpec split)
    {
        if (options.By == ImbalanceBy.Class)
        {
            foreach (var problem in Problem.OfClasses("imbalance", dataset)) { yield return problem; }
        }
        else if (dataset.Facts.Group is null)
        {
            yield return new("by", "this dataset has no groups; give by: class.");
        }
        if (options.By == ImbalanceBy.Class && dataset.Facts.IsReal)
        {
            yield return new("by", "this dataset has real targets and no classes; give by: group, where there are groups.");
        }
    }

    /// <inheritdoc/>
    protected override Table Change(Table rows, ShiftInput input)
    {
        var facts = input.Dataset.Facts;
        var (column, values) = options.By == ImbalanceBy.Class ? (facts.Target, facts.Classes) : (facts.Group ?? "", facts.Groups);
        var (kept, cells, logarithm) = (new bool[rows.Rows], rows.Int64(column).ToArray(), PortableMath.Log(1 - options.Strength));
        foreach (var members in Enumerable.Range(0, cells.Length).GroupBy(row => cells[row]))
        {
            var order = members.ToArray();
            input.Seed.Derive($"rows/{members.Key}").Stream().Shuffle(order.AsSpan());
            var share = values < 2 ? 1 : PortableMath.Exp(logarithm * members.Key / (values - 1));
            var count = Math.Max(1, (int)Math.Round(share * order.Length, MidpointRounding.AwayFromZero));
            foreach (var row in order.AsSpan(0, count)) { kept[row] = true; }
        }
        return rows.Select([.. Enumerable.Range(0, kept.Length).Where(row => kept[row])]);
    }
}
