using System.Collections.Immutable;
using System.Globalization;

namespace GrokPipeline.Onnx;

/// <summary>How far an exported file is from the graph that it was made from.</summary>
/// <param name="BatchSizes">The batch sizes compared; the last is that of all rows.</param>
/// <param name="Distributions">The distributions with the rows compared.</param>
/// <param name="Outputs">The file's outputs, for each distribution.</param>
/// <param name="Intermediates">Named values in between, in the order of computation, for each distribution.</param>
public sealed record ParityResult(
    ImmutableArray<int> BatchSizes, ImmutableArray<KeyValuePair<string, int>> Distributions,
    ImmutableArray<ParityDifference> Outputs, ImmutableArray<ParityDifference> Intermediates)
{
    /// <summary>The key under which files carry this.</summary>
    public const string Prefix = "grokpipe.verification";

    /// <summary>All comparisons.</summary>
    public ImmutableArray<ParityDifference> All => Outputs.AddRange(Intermediates);

    /// <summary>
    /// All comparisons in the order in which the values are computed, so that the first that is beyond a tolerance is where it begins.
    /// </summary>
    public ImmutableArray<ParityDifference> InOrder { get; init; } = [];

    /// <summary>The largest difference of any value.</summary>
    public double LargestAbsolute => All.Max(difference => difference.Absolute);

    /// <summary>The largest difference of any value against that value's largest magnitude.</summary>
    public double LargestRelative => All.Max(difference => difference.Relative);

    /// <summary>The comparison with the largest relative difference; the first of equal ones.</summary>
    public ParityDifference Worst => All.MaxBy(difference => difference.Relative)!;            // not null: there is an output

    /// <summary>
    /// The finding in short, as properties of a file: <c>grokpipe.verification.batch_sizes</c>, <c>….distributions</c>;
    /// <c>….absolute.logits</c>, <c>….relative.logits</c> and <c>….argmax.logits</c> over all distributions for each output;
    /// <c>….values</c>, the number of values compared, and <c>….worst</c>, the worst of them. See <see cref="OnnxEdit.WithMetadata"/>.
    /// </summary>
    public ImmutableSortedDictionary<string, string> ToProperties()
    {
        var properties = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        properties[$"{Prefix}.batch_sizes"] = string.Join(',', BatchSizes.Select(size => size.ToString(CultureInfo.InvariantCulture)));
        properties[$"{Prefix}.distributions"] = string.Join(
            ' ', Distributions.Select(rows => string.Create(CultureInfo.InvariantCulture, $"{rows.Key}:{rows.Value}")));
        properties[$"{Prefix}.values"] = All.Select(difference => difference.Name).Distinct(StringComparer.Ordinal).Count()
            .ToString(CultureInfo.InvariantCulture);
        properties[$"{Prefix}.worst"] = string.Create(
            CultureInfo.InvariantCulture,
            $"{Worst.Name} on {Worst.Distribution}, row {Worst.Worst.Row}: {Worst.Worst.Actual:R} for {Worst.Worst.Expected:R}");
        properties[$"{Prefix}.worst.relative"] = Text(Worst.Relative);
        foreach (var output in Outputs.GroupBy(difference => difference.Name, StringComparer.Ordinal))
        {
            var all = output.Aggregate((one, other) => one.And(other));
            properties[$"{Prefix}.absolute.{output.Key}"] = Text(all.Absolute);
            properties[$"{Prefix}.relative.{output.Key}"] = Text(all.Relative);
            properties[$"{Prefix}.argmax.{output.Key}"] = Text(all.ArgmaxAgreement);
        }
        return properties.ToImmutable();
    }

    private static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);
}
