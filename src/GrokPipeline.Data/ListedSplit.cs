using GrokPipeline.Tables;

namespace GrokPipeline.Data;

/// <summary>
/// Splits a list of rows by shares. The list is shuffled once; train is its beginning, so that train at 0.25 is part of train at 0.3,
/// and what is asked of validation does not move train. Rows keep the order of the list.
/// </summary>
internal static class ListedSplit
{
    internal static IEnumerable<OptionProblem> Problems(ListedDataset dataset, SplitSpec split)
    {
        if (split.Twins is not (null or TwinRule.Free))
        {
            if (!Enum.IsDefined(split.Twins.Value)) { yield return new("twins", "give together, apart or free."); }
            else if (dataset.Facts.Operands.Length < 2) { yield return new("twins", "rows of this dataset have no twins; leave twins out."); }
            else if (split.Twins == TwinRule.Apart && split.Train is { Rest: true })
            {
                yield return new("twins", "train is the rest, which cannot be kept apart from its twins; give train a share such as 0.3.");
            }
        }
        var (sum, rests) = (0m, 0);
        foreach (var (name, part) in split.Parts())
        {
            if (part.IsShifted)
            {
                yield return new(name, "this dataset has no subclasses; give a share such as 0.3, rest, or { rows: 400 }.");
            }
            if ((part.Fraction is null ? 0 : 1) + (part.Rest ? 1 : 0) + (part.Rows is null ? 0 : 1) != 1)
            {
                yield return new(name, $"{part} is not one of: a share such as 0.3, rest, {{ rows: 400 }}. Give exactly one.");
            }
            if (part.Fraction is { } fraction && fraction is not (> 0 and < 1))
            {
                yield return new(name, $"the share is {fraction}; give a number above 0 and below 1, for instance 0.3.");
            }
            if (part.Rows is < 1) { yield return new(name, $"rows is {part.Rows}; give at least 1."); }
            sum += part.Fraction is > 0 and < 1 ? (decimal)part.Fraction.Value : 0;
            rests += part.Rest ? 1 : 0;
        }
        if (split.Train is null) { yield return new("train", "no train is asked for; give one, for instance train: 0.3."); }
        if (rests > 1) { yield return new("validation", "rest is asked for twice; only one part can be the rest."); }
        if (sum > 1 || (sum == 1 && rests > 0))
        {
            var limit = rests > 0 ? "with a rest they stay below 1" : "they are at most 1";
            yield return new("train", $"the shares add up to {sum}; {limit}.");
        }
    }

    internal static IReadOnlyList<(string Name, Table Rows)> Draw(
        ListedDataset dataset, SplitSpec split, ReadOnlySpan<bool> heldOut, Seed seed)
    {
        var (all, rows) = (dataset.All, Order(dataset, split, heldOut, seed));
        var twins = split.Twins is null or TwinRule.Free ? [] : Twins(dataset);
        var counts = split.Parts().ToDictionary(part => part.Name, part => CountOf(part.Part, rows.Length));
        var sharesAlone = split.Parts().All(part => part.Part.Rows is null);
        var (parts, at) = (new List<(string, Table)>(), 0);
        foreach (var (name, part) in split.Parts().OrderBy(part => part.Part.Rest))      // stable: the rest comes last
        {
            var count = part.Rest ? rows.Length - at : counts[name];
            if (sharesAlone) { count = Math.Min(count, rows.Length - at); }              // two halves of 9 rows are 5 and 4
            if (count < 1 || at + count > rows.Length)
            {
                throw new GrokException(
                    $"{name} asks for {Math.Max(count, 0)} rows; {rows.Length - at} of {all.Rows} are left"
                    + (heldOut.Contains(true) ? $" ({all.Rows - rows.Length} are held out)." : "."),
                    "Give every part at least one row, and all together no more than there are.", $"split.{name}");
            }
            if (split.Twins == TwinRule.Together && AreTwins(rows, at + count, twins)) { count += count > 1 ? -1 : 1; }
            if (split.Twins == TwinRule.Apart && name == "train") { CheckApart(rows.AsSpan(0, count), twins); }
            var taken = rows[at..(at + count)];
            Array.Sort(taken);
            parts.Add((name, all.Select(taken)));
            at += count;
        }
        return [.. split.Parts().Select(part => parts.Find(made => made.Item1 == part.Name))];
    }

    /// <summary>
    /// The rows in the order in which parts take them: those that are not held out, shuffled. Twins that stay together follow each other;
    /// those that stay apart come after all the first ones.
    /// </summary>
    internal static int[] Order(ListedDataset dataset, SplitSpec split, ReadOnlySpan<bool> heldOut, Seed seed)
    {
        var order = new List<int>(dataset.All.Rows);
        for (var row = 0; row < dataset.All.Rows; row++)
        {
            if (heldOut.IsEmpty || !heldOut[row]) { order.Add(row); }
        }
        var rows = order.ToArray();
        seed.Derive("split").Stream().Shuffle(rows.AsSpan());
        if (split.Twins is null or TwinRule.Free) { return rows; }
        var twins = Twins(dataset);
        var (there, placed, later) = (rows.ToHashSet(), new HashSet<int>(), new List<int>());
        order.Clear();
        foreach (var row in rows.Where(placed.Add))
        {
            order.Add(row);
            if (there.Contains(twins[row]) && placed.Add(twins[row])) { (split.Twins == TwinRule.Together ? order : later).Add(twins[row]); }
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
        for (var row = 0; row < keys.Length; row++) { rowOf.Add(keys[row], row); }
        return Array.ConvertAll(reverse, key => rowOf.GetValueOrDefault(key, -1));
    }

    // True where a cut would come between two twins.
    private static bool AreTwins(int[] rows, int cut, int[] twins) =>
        cut > 0 && cut < rows.Length && twins[rows[cut - 1]] == rows[cut];

    private static void CheckApart(ReadOnlySpan<int> train, int[] twins)
    {
        var seen = new HashSet<int>();
        for (var i = 0; i < train.Length; i++)
        {
            if (seen.Contains(twins[train[i]]))
            {
                throw new GrokException(
                    $"train asks for {train.Length} rows apart from their twins; there are {i}.",
                    $"Give train at most {i} rows, or twins: free.", "split.train");
            }
            seen.Add(train[i]);
        }
    }

    // In decimal, so that 0.3 of 10 rows is 3 and not 2.9999…; halves away from zero.
    private static int CountOf(SplitPart part, int rows) => part switch
    {
        { Rest: true } => 0,
        { Rows: { } count } => count,
        _ => (int)Math.Round((decimal)(part.Fraction ?? 0) * rows, MidpointRounding.AwayFromZero),
    };
}
