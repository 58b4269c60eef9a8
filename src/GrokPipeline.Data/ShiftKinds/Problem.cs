namespace GrokPipeline.Data.ShiftKinds;

/// <summary>Turns what is thrown for a user's mistake into the text of a problem.</summary>
internal static class Problem
{
    /// <summary>The problem that making a value has; null, and the value, when it has none.</summary>
    internal static string? Of<T>(Func<T> make, out T? made)
    {
        try
        {
            made = make();
            return null;
        }
        catch (GrokException e)
        {
            made = default;
            return $"{e.Problem} {e.Remedy}";
        }
    }

    /// <summary>The problem of a kind that works on classes, for a dataset without them.</summary>
    internal static IEnumerable<OptionProblem> OfClasses(string kind, Dataset dataset)
    {
        if (dataset.Facts.IsReal) { yield return new("kind", $"{kind} works on classes; this dataset has real targets."); }
    }

    /// <summary>The problem of an option that must name one of the split's parts.</summary>
    internal static IEnumerable<OptionProblem> OfPart(string option, string part, SplitSpec split)
    {
        var names = split.Parts().Select(known => known.Name).ToArray();
        if (!names.Contains(part))
        {
            yield return new(option,
                $"there is no split '{part}'; this dataset has {string.Join(", ", names)}.{Spelling.Suggestion(part, names)}");
        }
    }
}
