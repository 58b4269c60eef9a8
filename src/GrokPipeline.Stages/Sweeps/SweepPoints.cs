using System.Collections.Immutable;
using GrokPipeline.Stages.Configuration;
using GrokPipeline.Stages.Options;

namespace GrokPipeline.Stages.Sweeps;

/// <summary>The settings that a sweep trains, before they are repeated over seeds: a function of the sweep and its list file.</summary>
internal static class SweepPoints
{
    private const int DrawsPerPoint = 100;

    /// <summary>How many settings there will be; null when only the file of a list knows.</summary>
    public static long? Count(Sweep sweep) => Method(sweep) switch
    {
        RandomMethod random => random.Options.Count,
        ListMethod { Options.File.Length: > 0 } => null,
        ListMethod list => list.Options.Points.Length,
        _ => sweep.Axes.Aggregate(1L, (product, axis) => Math.Min(product * axis.Values.Length, int.MaxValue)),
    };

    /// <summary>The settings in order.</summary>
    /// <param name="sweep">The sweep.</param>
    /// <param name="folder">Where a list file is looked for.</param>
    /// <exception cref="GrokException">The list cannot be read, or fewer different settings than asked for can be drawn.</exception>
    public static IReadOnlyList<ImmutableArray<SweepValue>> Of(Sweep sweep, string folder) => Method(sweep) switch
    {
        RandomMethod random => Draws(sweep, random.Options),
        ListMethod { Options.File.Length: > 0 } list => PointsFile.Read(Path.Combine(folder, list.Options.File), list.Options.File),
        ListMethod list => [.. list.Options.Points.Select(point => Listed(point, sweep.Place))],
        _ => Grid(sweep.Axes),
    };

    private static SweepMethod Method(Sweep sweep) => SweepMethod.All.Find(sweep.Options.Method.Kind).Make(sweep.Options.Method.Options);

    // The first option changes most slowly.
    private static List<ImmutableArray<SweepValue>> Grid(ImmutableArray<SweepAxis> axes)
    {
        var points = new List<ImmutableArray<SweepValue>> { ImmutableArray<SweepValue>.Empty };
        foreach (var axis in axes)
        {
            points = [.. points.SelectMany(point => axis.Values.Select(value => point.Add(new(axis.Option, value, axis.Place))))];
        }
        return points;
    }

    // A stream for each option, so that one more option does not move the draws of the others. A setting that was drawn before is
    // drawn again: from lists it comes up soon.
    private static List<ImmutableArray<SweepValue>> Draws(Sweep sweep, RandomOptions options)
    {
        var streams = sweep.Axes.Select(axis => new Seed(options.Seed).Derive($"sweep/{axis.Option}").Stream()).ToArray();
        var (points, seen) = (new List<ImmutableArray<SweepValue>>(), new HashSet<string>(StringComparer.Ordinal));
        for (var left = (long)options.Count * DrawsPerPoint; points.Count < options.Count; left--)
        {
            if (left == 0)
            {
                throw new GrokException(
                    $"sweep {sweep.Name} draws {options.Count} settings, and its lists give {points.Count} different ones.",
                    $"Give count: {points.Count}, or use method grid.", sweep.Place.ToString());
            }
            ImmutableArray<SweepValue> point =
                [.. sweep.Axes.Select((axis, i) => new SweepValue(axis.Option, Draw(axis, streams[i]), axis.Place))];
            if (seen.Add(string.Join('\n', point.Select(value => ResolvedYaml.Text(value.Value))))) { points.Add(point); }
        }
        return points;
    }

    private static YamlNode Draw(SweepAxis axis, RandomStream stream) => axis.Range is { } range
        ? new YamlScalar(axis.Place, RangeValues.At(range, stream.NextUniform(), axis.Whole), false)
        : axis.Values[stream.NextBelow(axis.Values.Length)];

    private static ImmutableArray<SweepValue> Listed(ImmutableSortedDictionary<string, string> point, Place place) =>
        [.. point.Select(pair => PointsFile.Value(pair.Key, pair.Value, place))];
}
