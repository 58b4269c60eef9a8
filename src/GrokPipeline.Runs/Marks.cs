using System.Collections.Immutable;

namespace GrokPipeline.Runs;

/// <summary>A name for a checkpoint.</summary>
/// <param name="Name">One of <see cref="Marks.Names"/>.</param>
/// <param name="Step">The checkpoint's step; null when the mark never happened.</param>
/// <param name="Missing">Why there is none; null when there is one.</param>
public readonly record struct Mark(string Name, long? Step, string? Missing);

/// <summary>Which stored checkpoints stand for before, at and after the transition.</summary>
public static class Marks
{
    /// <summary>All names.</summary>
    public static ImmutableArray<string> Names { get; } = ["before_grok", "at_grok", "after_grok", "final"];

    /// <summary>Gives marks to checkpoints.</summary>
    /// <param name="memorization">First step at which train is learnt, or null.</param>
    /// <param name="generalization">First step of the lasting crossing, or null.</param>
    /// <param name="stored">Steps with a checkpoint.</param>
    /// <param name="wanted">Names, in the order of the answer.</param>
    /// <exception cref="GrokException">A name is unknown.</exception>
    /// <remarks>
    /// <c>before_grok</c> is the stored step nearest, as a ratio, to √(memorization · generalization), not before the one and before the
    /// other; <c>at_grok</c> the generalization step itself; <c>after_grok</c> the first stored one from 1.25 times it on; <c>final</c>
    /// the last stored one.
    /// </remarks>
    public static ImmutableArray<Mark> Assign(
        long? memorization, long? generalization, IReadOnlyCollection<long> stored, IEnumerable<string> wanted)
    {
        var steps = stored.Order().ToArray();
        return [.. wanted.Select(name => name switch
        {
            "before_grok" => Before(memorization, generalization, steps),
            "at_grok" => At(generalization, steps),
            "after_grok" => After(generalization, steps),
            "final" => steps.Length > 0 ? new Mark(name, steps[^1], null) : new Mark(name, null, "no checkpoint was stored"),
            _ => throw new GrokException(
                $"There is no mark named '{name}'.{Spelling.Suggestion(name, Names)}", $"Use one of: {string.Join(", ", Names)}."),
        })];
    }

    private static Mark Before(long? memorization, long? generalization, long[] steps)
    {
        const string name = "before_grok";
        if (generalization is not { } end) { return new(name, null, "it did not generalize within the budget"); }
        if (memorization is not { } begin) { return new(name, null, "train was never learnt"); }
        if (begin >= end) { return new(name, null, $"it generalized at step {end}, not after train was learnt at step {begin}"); }
        var squared = (double)Math.Max(begin, 1) * end;
        // |ln(s²/(m·g))| is least where the larger of both quotients is.
        var nearest = steps.Where(step => step >= Math.Max(begin, 1) && step < end)
            .Select(step => (long?)step).MinBy(step => Quotient((double)step!.Value * step.Value, squared));
        return nearest is null ? new(name, null, $"no checkpoint was stored from step {begin} to {end - 1}") : new(name, nearest, null);
    }

    private static double Quotient(double a, double b) => Math.Max(a / b, b / a);

    private static Mark At(long? generalization, long[] steps) => generalization switch
    {
        null => new("at_grok", null, "it did not generalize within the budget"),
        { } step when steps.Contains(step) => new("at_grok", step, null),
        { } step => new("at_grok", null, $"no checkpoint was stored at step {step}"),
    };

    private static Mark After(long? generalization, long[] steps)
    {
        const string name = "after_grok";
        if (generalization is not { } step) { return new(name, null, "it did not generalize within the budget"); }
        var from = 1.25 * step;
        return steps.FirstOrDefault(stored => stored >= from, -1) is >= 0 and var found
            ? new(name, found, null)
            : new(name, null, $"training ended before 1.25 times the generalization step {step}");
    }
}
