using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using GrokPipeline.Data;

namespace GrokPipeline.Evaluation;

/// <summary>Refuses rows with features that are not finite.</summary>
internal static class FiniteFeatures
{
    /// <summary>Looks at the features of some rows.</summary>
    /// <param name="features">Shape [rows, features].</param>
    /// <param name="firstRow">The number of the first row in its file, for the message.</param>
    /// <param name="facts">What the columns mean.</param>
    /// <param name="parts">Columns that were put together as the features; empty for a vector column.</param>
    /// <exception cref="GrokException">One is not finite; names column and row.</exception>
    public static void Check(ReadOnlySpan<float> features, long firstRow, DatasetFacts facts, IReadOnlyList<string> parts)
    {
        const int ExponentBits = 0x7F800000;                              // all set: infinity or NaN
        var bits = MemoryMarshal.Cast<float, int>(features);
        var mask = new Vector<int>(ExponentBits);
        var lanes = Vector<int>.Zero;
        foreach (var vector in MemoryMarshal.Cast<int, Vector<int>>(bits)) { lanes |= Vector.Equals(vector & mask, mask); }
        var found = lanes != Vector<int>.Zero;
        var whole = bits.Length / Vector<int>.Count * Vector<int>.Count;
        foreach (var value in bits[whole..]) { found |= (value & ExponentBits) == ExponentBits; }
        if (!found) { return; }
        var at = 0;
        while (float.IsFinite(features[at])) { at++; }
        var column = parts.Count > 0 ? parts[at % facts.FeatureCount] : facts.Features;
        throw new GrokException(
            string.Create(
                CultureInfo.InvariantCulture,
                $"column '{column}' holds {features[at]} in row {firstRow + (at / facts.FeatureCount)}; finite numbers "
                + $"are needed."),
            "Leave out or fill such rows; a model's answer to them means nothing.", kind: ProblemKind.Integrity);
    }
}
