using System.Collections.Immutable;
using System.Globalization;
using GrokPipeline.Evaluation;
using GrokPipeline.Evaluation.Sweeps;
using GrokPipeline.Stages.Configuration;
using GrokPipeline.Stages.Options;

namespace GrokPipeline.Stages.Sweeps;

/// <summary>
/// Looks where the outcome changes between neighbours on a grid of numbers, and puts a setting midway: on a log scale the geometric mean.
/// A plan never changes, so that this gives another plan: the old members, then the new ones.
/// </summary>
internal static class Refinement
{
    /// <summary>A finer plan; null when no two neighbours differ.</summary>
    /// <param name="file">The pipeline.</param>
    /// <param name="sweep">The sweep.</param>
    /// <param name="plan">A plan with a result for every member.</param>
    /// <param name="folder">Where the results are.</param>
    /// <param name="tell">Hears what is added, and why.</param>
    /// <exception cref="GrokException">The sweep is no grid with numbers in it.</exception>
    public static SweepPlan? Of(PipelineFile file, Sweep sweep, SweepPlan plan, SweepFolder folder, Action<string> tell)
    {
        var axes = WholeNumbers.Of(file, sweep).Axes.Where(IsNumeric).ToArray();
        if (sweep.Options.Method.Kind != "grid" || axes.Length == 0)
        {
            throw new GrokException(
                $"sweep {sweep.Name} cannot be refined: it is no grid with numbers on an axis.", "Use method grid, or leave --refine out.",
                sweep.Place.ToString());
        }
        var cells = Cells(plan, folder);
        var (added, seen) = (new List<ImmutableArray<SweepValue>>(), cells.Keys.ToHashSet(StringComparer.Ordinal));
        foreach (var axis in axes)
        {
            foreach (var line in Lines(cells.Values, axis.Option))
            {
                for (var i = 1; i < line.Length; i++)
                {
                    var (low, high) = (line[i - 1], line[i]);
                    if (low.Outcome == high.Outcome || Midway(low, high, axis) is not { } point || !seen.Add(Key(point))) { continue; }
                    added.Add([.. point.Select(pair => Value(pair.Option, pair.Value, sweep))]);
                    tell($"adds {axis.Option}={point.First(pair => pair.Option == axis.Option).Value}, between "
                        + $"{Name(low.Outcome)} at {low.Of(axis.Option)} and {Name(high.Outcome)} at {high.Of(axis.Option)}"
                        + Elsewhere(low, axis.Option));
                }
            }
        }
        return added.Count == 0 ? null : new SweepPlanner(file, sweep).Plan(plan, added);
    }

    private static bool IsNumeric(SweepAxis axis) => axis.Values.Length > 1
        && axis.Values.All(value => value is YamlScalar scalar && RangeValues.Number(scalar.Text) is not null);

    // What most seeds came to, by setting, as the report says it.
    private static Dictionary<string, Cell> Cells(SweepPlan plan, SweepFolder folder)
    {
        var cells = new Dictionary<string, Cell>(StringComparer.Ordinal);
        foreach (var group in plan.Members.GroupBy(member => Key([.. member.Settings.Select(s => (s.Option, s.Value))])))
        {
            var verdicts = group.Select(member =>
            {
                var path = Path.Combine(folder.Member(member.Id), MemberResult.FileName);
                var result = MemberResult.Read(path, member.Id, folder.Workspace.Display(path));
                return MemberVerdict.Of(SweepResults.Ended(plan, member, result), SweepCriterion.Configured);
            });
            if (PhaseCounts.Of(verdicts).Majority is not { } most) { continue; }
            cells.Add(group.Key, new Cell([.. group.First().Settings.Select(s => (s.Option, s.Value))], most));
        }
        return cells;
    }

    // Cells that differ in one option alone, along that option.
    private static IEnumerable<Cell[]> Lines(IEnumerable<Cell> cells, string option) =>
        cells.GroupBy(cell => Key([.. cell.Settings.Where(pair => pair.Option != option)]), StringComparer.Ordinal)
            .Select(line => line.OrderBy(cell => RangeValues.Number(cell.Of(option)) ?? 0).ToArray());

    private static ImmutableArray<(string Option, string Value)>? Midway(Cell low, Cell high, SweepAxis axis)
    {
        if (RangeValues.Number(low.Of(axis.Option)) is not { } a || RangeValues.Number(high.Of(axis.Option)) is not { } b) { return null; }
        var scale = axis.Range?.Scale ?? RangeScale.Linear;
        var middle = RangeValues.Between(a, b, scale, axis.Whole);
        var number = RangeValues.Number(middle);
        if (number <= a || number >= b) { return null; }                        // too near for six digits, or whole neighbours
        return [.. low.Settings.Select(pair => pair.Option == axis.Option ? (pair.Option, middle) : pair)];
    }

    private static SweepValue Value(string option, string text, Sweep sweep) =>
        PointsFile.Value(option, text, sweep.Axes.First(axis => axis.Option == option).Place);

    private static string Elsewhere(Cell cell, string option)
    {
        var others = cell.Settings.Where(pair => pair.Option != option).Select(pair => $"{pair.Option}={pair.Value}").ToArray();
        return others.Length == 0 ? "" : $", with {string.Join(", ", others)}";
    }

    private static string Name(GrokkingOutcome outcome) => Trainings.GrokkingCurve.Name(outcome);

    private static string Key(ImmutableArray<(string Option, string Value)> settings) =>
        string.Join('\n', settings.Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Option}={pair.Value}")));

    private sealed record Cell(ImmutableArray<(string Option, string Value)> Settings, GrokkingOutcome Outcome)
    {
        public string Of(string option) => Settings.First(pair => pair.Option == option).Value;
    }
}
