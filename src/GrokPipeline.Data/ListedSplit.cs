using GrokPipeline.Tables;

namespace GrokPipeline.Data;

/// <summary>
/// Splits a list of rows by shares. The list is shuffled once; train is its beginning, so that train at 0.25 is part of train at 0.3,
/// and what is asked of validation does not move train. Rows keep the order of the list. A list that comes in parts is shuffled part by
/// part; a train with rare subclasses takes, of each, the first rows of the shuffled list.
/// </summary>
internal sealed class ListedSplit(ListedDataset dataset)
{
    private readonly RowParts? _parts = dataset.Parts;

    internal IEnumerable<OptionProblem> Problems(SplitSpec split)
    {
        foreach (var problem in TwinOrder.Problems(dataset, split)) { yield return problem; }
        foreach (var (name, part) in split.Parts())
        {
            if (SubclassProblem(name, part) is { } subclasses) { yield return subclasses; }
            foreach (var problem in PartProblems(name, part)) { yield return problem; }
        }
        if (split.Train is null) { yield return new("train", "no train is asked for; give one, for instance train: 0.3."); }
        else if (split.Train.IsShifted && split.Train.Rows is > 0 && dataset.Subclasses is { } known)
        {
            foreach (var problem in known.Problems(split.Train)) { yield return problem; }
        }
        foreach (var pool in split.Parts().GroupBy(part => PoolOf(part.Name)))
        {
            var sum = pool.Sum(part => part.Part.Fraction is > 0 and < 1 ? (decimal)part.Part.Fraction.Value : 0);
            var rests = pool.Count(part => part.Part.Rest || part.Part.Given);
            if (rests > 1) { yield return new("validation", "rest is asked for twice; only one part can be the rest."); }
            if (sum > 1 || (sum == 1 && rests > 0))
            {
                var limit = rests > 0 ? "with a rest they stay below 1" : "they are at most 1";
                yield return new("train", $"the shares add up to {sum}; {limit}.");
            }
        }
    }

    internal IReadOnlyList<(string Name, Table Rows)> Draw(SplitSpec split, ReadOnlySpan<bool> heldOut, Seed seed)
    {
        var (made, twins) = (new Dictionary<string, Table>(StringComparer.Ordinal), new TwinOrder(dataset, split.Twins));
        foreach (var pool in split.Parts().GroupBy(part => PoolOf(part.Name)))
        {
            DrawPool([.. pool], twins, Order(pool.Key, twins, heldOut, seed), heldOut, made);
        }
        return [.. split.Parts().Select(part => (part.Name, made[part.Name]))];
    }

    /// <summary>The rows in the order in which train, and parts drawn from the same rows, take them.</summary>
    internal int[] Order(SplitSpec split, ReadOnlySpan<bool> heldOut, Seed seed) =>
        Order(PoolOf("train"), new TwinOrder(dataset, split.Twins), heldOut, seed);

    // The rows of a pool that are not held out, shuffled.
    private int[] Order(string pool, TwinOrder twins, ReadOnlySpan<bool> heldOut, Seed seed)
    {
        var order = new List<int>(dataset.All.Rows);
        for (var row = 0; row < dataset.All.Rows; row++)
        {
            if ((heldOut.IsEmpty || !heldOut[row]) && _parts?.Has(row, pool) != false) { order.Add(row); }
        }
        var rows = order.ToArray();
        seed.Derive(_parts is null ? "split" : $"split/{pool}").Stream().Shuffle(rows.AsSpan());
        return twins.Order(rows);
    }

    private void DrawPool(
        (string Name, SplitPart Part)[] parts, TwinOrder twins, int[] rows, ReadOnlySpan<bool> heldOut, Dictionary<string, Table> made)
    {
        var counts = parts.ToDictionary(part => part.Name, part => CountOf(part.Part, rows.Length));
        var (left, sharesAlone) = (rows.ToList(), parts.All(part => part.Part.Rows is null));
        var inOrder = parts.OrderBy(part => IsRest(part.Part)).ToArray();           // stable: the rest comes last
        foreach (var (at, (name, part)) in inOrder.Index())
        {
            if (part.IsShifted)
            {
                var rare = Rare(part, left);
                left = [.. left.Except(rare)];
                made[name] = Taken(rare);
                continue;
            }
            var count = IsRest(part) ? left.Count : counts[name];
            if (sharesAlone) { count = Math.Min(count, left.Count); }               // two halves of 9 rows are 5 and 4
            if (count < 1 || count > left.Count)
            {
                throw new GrokException(
                    $"{name} asks for {Math.Max(count, 0)} rows; {left.Count} of {dataset.All.Rows} are left"
                    + (heldOut.Contains(true) ? $" ({dataset.All.Rows - rows.Length} are held out)." : "."),
                    left.Count - inOrder[(at + 1)..].Sum(other => Math.Max(1, counts[other.Name])) is > 0 and var most && count > most
                        ? $"Give {name} at most {most} rows."
                        : "Give every part at least one row, and all together no more than there are.", $"split.{name}");
            }
            count = twins.Cut(left, count);
            int[] taken = [.. left.Take(count)];
            if (name == "train") { twins.CheckTrain(taken); }
            made[name] = Taken(taken);
            left.RemoveRange(0, count);
        }
    }

    // Of each subclass its first rows in the shuffled list, as many as Eq. 1 gives it.
    private int[] Rare(SplitPart train, List<int> order)
    {
        // not null: checked before
        var (subclasses, groups) = (dataset.Subclasses!, dataset.All.Int64(dataset.Facts.Group!).ToArray());
        var (there, taken, rows) = (new int[subclasses.Count], new int[subclasses.Count], new List<int>());
        foreach (var row in order) { there[groups[row]]++; }
        var counts = subclasses.Counts(train);
        if (Array.FindIndex(counts.Zip(there).ToArray(), pair => pair.First > pair.Second) is var few and >= 0)
        {
            var most = Most(train, subclasses, there);
            throw new GrokException(
                $"train asks for {counts[few]} rows of subclass {few}; there are {there[few]}.",
                most > 0 ? $"Give train at most rows: {most}, or this subclass a smaller rate." : "Give this subclass the rate 0.",
                "split.train.rows");
        }
        foreach (var row in order)
        {
            if (taken[groups[row]] == counts[groups[row]]) { continue; }
            taken[groups[row]]++;
            rows.Add(row);
        }
        return [.. rows];
    }

    // Counts grow with the rows asked for, so that the largest number that there are rows for is found by halving.
    private static int Most(SplitPart train, Subclasses subclasses, int[] there)
    {
        var (low, high) = (0, train.Rows ?? 0);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (subclasses.Counts(train with { Rows = middle }).Zip(there).All(pair => pair.First <= pair.Second)) { low = middle; }
            else { high = middle - 1; }
        }
        return low;
    }

    private OptionProblem? SubclassProblem(string name, SplitPart part) =>
        !part.IsShifted ? null
        : dataset.Subclasses is null
            ? new(name, "this dataset has no subclasses; give a share such as 0.3, rest, or { rows: 400 }.")
        : name != "train" ? new(name, $"{name} keeps the shares of subclasses; only train may have rare ones.")
        : part.Rows is null ? new(name, "rare subclasses need a number of rows; give for instance { rows: 400, shifted_per_class: 1 }.")
        : null;

    private IEnumerable<OptionProblem> PartProblems(string name, SplitPart part)
    {
        if ((part.Fraction is null ? 0 : 1) + (part.Rest ? 1 : 0) + (part.Rows is null ? 0 : 1) + (part.Given ? 1 : 0) != 1)
        {
            var given = _parts is null ? "" : " given,";
            yield return new(name, $"{part} is not one of: a share such as 0.3, rest,{given} {{ rows: 400 }}. Give exactly one.");
        }
        if (part.Given && _parts?.Given.Contains(name) != true)
        {
            yield return new(name, _parts is null
                ? "the rows of this dataset belong to no split yet; give a share such as 0.3, rest, or { rows: 400 }."
                : $"the dataset gives rows to {string.Join(", ", _parts.Given)} and none to {name}; give {{ rows: 400 }} of train's.");
        }
        if (part.Fraction is { } fraction && fraction is not (> 0 and < 1))
        {
            yield return new(name, $"the share is {fraction}; give a number above 0 and below 1, for instance 0.3.");
        }
        if (part.Rows is < 1) { yield return new(name, $"rows is {part.Rows}; give at least 1."); }
    }

    private string PoolOf(string part) => _parts?.PoolOf(part) ?? "all";

    private Table Taken(int[] rows)
    {
        Array.Sort(rows);
        return dataset.All.Select(rows);
    }

    private static bool IsRest(SplitPart part) => part.Rest || part.Given;

    // In decimal, so that 0.3 of 10 rows is 3 and not 2.9999…; halves away from zero.
    private static int CountOf(SplitPart part, int rows) => part switch
    {
        { Rest: true } or { Given: true } => 0,
        { Rows: { } count } => count,
        _ => (int)Math.Round((decimal)(part.Fraction ?? 0) * rows, MidpointRounding.AwayFromZero),
    };
}
