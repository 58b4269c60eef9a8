using System.Globalization;

namespace GrokPipeline.Reports.Sections.Probes;

/// <summary>Findings that are elements of a vector: <c>share[12]</c>.</summary>
internal static class Vectors
{
    /// <summary>True for an element of the vector of that name.</summary>
    public static bool Has(string name, string vector) =>
        name.Length > vector.Length + 2 && name[vector.Length] == '[' && name.StartsWith(vector, StringComparison.Ordinal) && name[^1] == ']';

    /// <summary>12 of <c>share[12]</c>.</summary>
    public static int Index(string name) => int.Parse(
        name.AsSpan(name.IndexOf('[', StringComparison.Ordinal) + 1).TrimEnd(']'), NumberStyles.None, CultureInfo.InvariantCulture);
}
