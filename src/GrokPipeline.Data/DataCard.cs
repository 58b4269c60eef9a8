using System.Collections.Immutable;
using System.Text.Json;

namespace GrokPipeline.Data;

/// <summary>Where a dataset's rows come from and what was counted. Written as <c>dataset.json</c> beside the tables.</summary>
public sealed record DataCard
{
    /// <summary>Version of this form; a reader refuses a newer one.</summary>
    public int Schema { get; init; } = 1;

    /// <summary>The generator's name in the catalogue.</summary>
    public required string Generator { get; init; }

    /// <summary>The generator's options, all of them, as text by their names in a pipeline file.</summary>
    public required ImmutableArray<CardEntry> Options { get; init; }

    /// <summary>The seed of all draws.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Choices that the sources leave open, each beginning with OUR CHOICE, and counts worth knowing.</summary>
    public required ImmutableArray<string> Notes { get; init; }

    /// <summary>What models and metrics must know.</summary>
    public required DatasetFacts Facts { get; init; }

    /// <summary>One entry per split, then one per shift.</summary>
    public required ImmutableArray<DistributionCard> Distributions { get; init; }

    /// <summary>Indented JSON, always the same bytes for the same card.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, DataJson.Readable.DataCard) + "\n";

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="GrokException">The text is no such JSON, or of a newer form.</exception>
    public static DataCard FromJson(string json, string? where = null)
    {
        try
        {
            if (JsonSerializer.Deserialize(json, DataJson.Readable.DataCard) is { Schema: 1 } card) { return card; }
        }
        catch (JsonException)
        {
            // Told below, together with cards of a newer form.
        }
        throw new GrokException(
            "The data card cannot be read, or is of a newer form.", "Generate the dataset again.", where, ProblemKind.Integrity);
    }
}

/// <summary>A name and a text.</summary>
/// <param name="Name">The name, as in a pipeline file.</param>
/// <param name="Value">The value as text.</param>
public sealed record CardEntry(string Name, string Value);

/// <summary>What was counted in one split or shift.</summary>
public sealed record DistributionCard
{
    /// <summary>The split's or shift's name.</summary>
    public required string Name { get; init; }

    /// <summary><c>split</c>, or the kind of the shift.</summary>
    public required string Kind { get; init; }

    /// <summary>What it is in words, WILDS' kind of shift included.</summary>
    public required string Description { get; init; }

    /// <summary>How many rows there are.</summary>
    public required int Rows { get; init; }

    /// <summary>Rows by class, from class 0; empty for real targets.</summary>
    public required ImmutableArray<int> RowsPerClass { get; init; }

    /// <summary>Rows by group, from group 0; empty when the dataset has no groups.</summary>
    public required ImmutableArray<int> RowsPerGroup { get; init; }

    /// <summary>Rows whose input is also one of train's.</summary>
    public required int InTrain { get; init; }

    /// <summary>Rows whose input with its two operands exchanged is one of train's; 0 without operands.</summary>
    public required int TwinsInTrain { get; init; }

    /// <summary>Rows whose label is not the one that they had before noise or outliers; 0 also in cards that do not count it.</summary>
    public int WrongLabels { get; init; }

    /// <summary>Total variation between its class histogram and train's, in [0, 1]; 0 for real targets.</summary>
    public required double ClassShift { get; init; }

    /// <summary>Total variation between its group histogram and train's, in [0, 1]; 0 without groups.</summary>
    public required double GroupShift { get; init; }

    /// <summary>The content hash of its table.</summary>
    public required string ContentHash { get; init; }
}
