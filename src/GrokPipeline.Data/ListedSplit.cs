using GrokPipeline.Tables;

namespace GrokPipeline.Data;

/// <summary>
/// Splits a list of rows by shares. The list is shuffled once; train is its beginning, so that train at 0.25 is part of train at 0.3,
/// and what is asked of validation does not move train. Rows keep the order of the list.
/// </summary>
internal static class ListedSplit
{
    internal static IEnumerable<OptionProblem> Problems(SplitSpec split)
    {
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

    internal static IReadOnlyList<(string Name, Table Rows)> Draw(Table all, SplitSpec split, ReadOnlySpan<bool> heldOut, Seed seed)
    {
        var order = new List<int>(all.Rows);
        for (var row = 0; row < all.Rows; row++)
        {
            if (heldOut.IsEmpty || !heldOut[row]) { order.Add(row); }
        }
        var rows = order.ToArray();
        seed.Derive("split").Stream().Shuffle(rows.AsSpan());
        var counts = split.Parts().ToDictionary(part => part.Name, part => CountOf(part.Part, rows.Length));
        var rest = rows.Length - counts.Values.Sum();
        var sharesAlone = split.Parts().All(part => part.Part.Rows is null);
        var (parts, at) = (new List<(string, Table)>(), 0);
        foreach (var (name, part) in split.Parts().OrderBy(part => part.Part.Rest))      // stable: the rest comes last
        {
            var count = part.Rest ? rest : counts[name];
            if (sharesAlone) { count = Math.Min(count, rows.Length - at); }              // two halves of 9 rows are 5 and 4
            if (count < 1 || at + count > rows.Length)
            {
                throw new GrokException(
                    $"{name} asks for {Math.Max(count, 0)} rows; {rows.Length - at} of {all.Rows} are left"
                    + (heldOut.Contains(true) ? $" ({all.Rows - rows.Length} are held out)." : "."),
                    "Give every part at least one row, and all together no more than there are.", $"split.{name}");
            }
            var taken = rows[at..(at + count)];
            Array.Sort(taken);
            parts.Add((name, all.Select(taken)));
            at += count;
        }
        return [.. split.Parts().Select(part => parts.Find(made => made.Item1 == part.Name))];
    }

    // In decimal, so that 0.3 of 10 rows is 3 and not 2.9999…; halves away from zero.
    private static int CountOf(SplitPart part, int rows) => part switch
    {
        { Rest: true } => 0,
        { Rows: { } count } => count,
        _ => (int)Math.Round((decimal)(part.Fraction ?? 0) * rows, MidpointRounding.AwayFromZero),
    };
}
