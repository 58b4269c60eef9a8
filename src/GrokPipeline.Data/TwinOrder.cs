namespace GrokPipeline.Data;

/// <summary>Keeps a row and its twin, the row with the operands in reverse order, together or apart in a split.</summary>
/// <param name="dataset">The rows.</param>
/// <param name="rule">Where twins go; null for wherever they fall.</param>
internal sealed class TwinOrder(ListedDataset dataset, TwinRule? rule)
{
    private readonly int[] _twins = rule is null or TwinRule.Free ? [] : Twins(dataset);

    private bool IsFree => rule is null or TwinRule.Free;

    /// <summary>What is wrong with the rule.</summary>
    internal static IEnumerable<OptionProblem> Problems(ListedDataset dataset, SplitSpec split)
    {
        if (split.Twins is null or TwinRule.Free) { yield break; }
        if (!Enum.IsDefined(split.Twins.Value)) { yield return new("twins", "give together, apart or free."); }
        else if (dataset.Facts.Operands.Length < 2) { yield return new("twins", "rows of this dataset have no twins; leave twins out."); }
        else if (split.Twins == TwinRule.Apart && split.Train is { Rest: true })
        {
            yield return new("twins", "train is the rest, which cannot be kept apart from its twins; give train a share such as 0.3.");
        }
    }

    /// <summary>
    /// Shuffled rows in the order in which parts take them. Twins that stay together follow each other; those that stay apart come after
    /// all the first ones.
    /// </summary>
    /// <param name="rows">The rows, shuffled.</param>
    internal int[] Order(int[] rows)
    {
        if (IsFree) { return rows; }
        var (order, there, placed, later) = (new List<int>(), rows.ToHashSet(), new HashSet<int>(), new List<int>());
        foreach (var row in rows.Where(placed.Add))
        {
            order.Add(row);
            if (there.Contains(_twins[row]) && placed.Add(_twins[row])) { (rule == TwinRule.Together ? order : later).Add(_twins[row]); }
        }
        return [.. order, .. later];
    }

    // For each row the one with its operands in reverse order, itself where they are the same, −1 where there is none.
    private static int[] Twins(ListedDataset dataset)
    {
        var (operands, values) = (dataset.Facts.Operands, dataset.Facts.OperandValues);
        var (keys, reverse) = (new UInt128[dataset.All.Rows], new UInt128[dataset.All.Rows]);
        for (var i = 0; i < operands.Length; i++)
        {
            var forth = dataset.All.Int64(operands[i]);
            var back = dataset.All.Int64(operands[^(i + 1)]);
            for (var row = 0; row < keys.Length; row++)
            {
                keys[row] = (keys[row] * (uint)values) + (UInt128)forth[row];
                reverse[row] = (reverse[row] * (uint)values) + (UInt128)back[row];
            }
        }
        var rowOf = new Dictionary<UInt128, int>();
        for (var row = 0; row < keys.Length; row++) { rowOf.TryAdd(keys[row], row); }
        return Array.ConvertAll(reverse, key => rowOf.GetValueOrDefault(key, -1));
    }

    /// <summary>A number of rows, changed by one where a part that ends there would part two twins that stay together.</summary>
    internal int Cut(List<int> rows, int count) =>
        rule == TwinRule.Together && count > 0 && count < rows.Count && _twins[rows[count - 1]] == rows[count]
            ? count + (count > 1 ? -1 : 1) : count;

    /// <summary>Refuses a train that has twins which stay apart.</summary>
    /// <exception cref="GrokException">It has more rows than can be kept apart.</exception>
    internal void CheckTrain(int[] train)
    {
        if (rule != TwinRule.Apart) { return; }
        var seen = new HashSet<int>();
        for (var i = 0; i < train.Length; i++)
        {
            if (seen.Contains(_twins[train[i]]))
            {
                throw new GrokException(
                    $"train asks for {train.Length} rows apart from their twins; there are {i}.",
                    $"Give train at most {i} rows, or twins: free.", "split.train");
            }
            seen.Add(train[i]);
        }
    }
}
