using GrokPipeline.Tables;

namespace GrokPipeline.Data;

/// <summary>
/// A dataset of features whose rows are drawn, subclass by subclass, and not taken from a list. A row is a function of the dataset's
/// seed, the part's name, its subclass and its number in it: asking for more rows of one subclass or part changes no other.
/// </summary>
public abstract class DrawnDataset : Dataset, IPiecewise
{
    /// <summary>Most rows of a part.</summary>
    internal const int MostRows = 10_000_000;

    // Facts of a drawn dataset always name groups.
    private Subclasses Groups => Subclasses ?? throw new InvalidOperationException($"{GetType().Name} has no subclasses.");

    /// <inheritdoc/>
    public sealed override IEnumerable<OptionProblem> Problems(SplitSpec split)
    {
        if (split.Train is null) { yield return new("train", "no train is asked for; give one, for instance train: { rows: 400 }."); }
        foreach (var (name, part) in split.Parts())
        {
            if (part.Fraction is not null || part.Rest || part.Given)
            {
                yield return new(name, $"these rows are drawn, not listed, so that {part} says nothing; give {{ rows: 400 }}.");
            }
            else if (RowsProblem(part.Rows) is { } problem) { yield return new($"{name}.rows", problem); }
            if (name != "train" && part.IsShifted)
            {
                yield return new(name, $"{name} is uniform over the subclasses; only train may have rare ones.");
            }
        }
        if (split.Train is { } train)
        {
            var rowsAreSound = RowsProblem(train.Rows) is null;
            foreach (var problem in Groups.Problems(rowsAreSound ? train : train with { Rows = null })) { yield return problem; }
        }
    }

    /// <inheritdoc/>
    public sealed override IReadOnlyList<(string Name, Table Rows)> Split(SplitSpec split, ReadOnlySpan<bool> heldOut, Seed seed) =>
        [.. Sources(split, seed).Select(part => (part.Name, part.Rows.ToTable()))];

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, RowSource Rows)> Sources(SplitSpec split, Seed seed)
    {
        var parts = new List<(string, RowSource)>();
        foreach (var (name, part) in split.Parts())
        {
            var counts = name == "train" ? Groups.Counts(part) : Uniform(part.Rows ?? 0, Enumerable.Range(0, Groups.Count));
            parts.Add((name, Part(name, counts, seed, seed.Derive($"rows/{name}"))));
        }
        return parts;
    }

    /// <summary>For each subclass whether a split makes it rare in train.</summary>
    public bool[] Shifted(SplitSpec split) => Groups.Shifted(split.Train);

    /// <summary>New rows of some subclasses, as those of validation and test are drawn.</summary>
    /// <param name="rows">How many, spread evenly.</param>
    /// <param name="subclasses">Which subclasses.</param>
    /// <param name="datasetSeed">The dataset's seed, from which its fixed geometry comes.</param>
    /// <param name="rowsSeed">Root of the rows' draws.</param>
    internal Table Draw(int rows, IEnumerable<int> subclasses, Seed datasetSeed, Seed rowsSeed) =>
        Part("", Uniform(rows, subclasses), datasetSeed, rowsSeed).ToTable();

    /// <summary>What is wrong with a number of rows to draw; null when nothing is.</summary>
    internal string? RowsProblem(int? rows)
    {
        var most = Math.Min(MostRows, Array.MaxLength / Facts.FeatureCount);
        return rows is null ? "give a number of rows, for instance rows: 400."
            : rows < 1 || rows > most ? $"rows is {rows}; give 1 to {most}." : null;
    }

    /// <summary>Spreads rows evenly over some subclasses; the first ones get one more when it does not divide.</summary>
    internal int[] Uniform(int rows, IEnumerable<int> subclasses)
    {
        var (counts, chosen) = (new int[Groups.Count], subclasses.ToArray());
        for (var i = 0; i < chosen.Length; i++) { counts[chosen[i]] = (rows / chosen.Length) + (i < rows % chosen.Length ? 1 : 0); }
        return counts;
    }

    /// <summary>The rows of a part, ordered by subclass.</summary>
    /// <param name="part">The part's name; empty for a shift.</param>
    /// <param name="counts">Rows of each subclass.</param>
    /// <param name="datasetSeed">The dataset's seed.</param>
    /// <param name="rowsSeed">Root of the rows' draws.</param>
    protected abstract RowSource Part(string part, int[] counts, Seed datasetSeed, Seed rowsSeed);
}
