using System.Collections;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using GrokPipeline.Tables;

namespace GrokPipeline.Data;

/// <summary>Counts what was generated, and writes where it comes from into each table's metadata.</summary>
internal sealed class CardMaker(DatasetSpec spec, Dataset dataset)
{
    private readonly DatasetFacts _facts = dataset.Facts;
    private readonly ImmutableArray<CardEntry> _options = OptionsOf(spec.With);

    internal DatasetTables Describe(
        IReadOnlyDictionary<string, Table> splits, IReadOnlyDictionary<string, Table> shifts, IReadOnlyDictionary<string, ShiftSteps> made)
    {
        var train = new DistributionCounts(_facts, null);
        train.Add(splits["train"]);
        train.AddOwnTwins([splits["train"]]);
        var inputs = train.Inputs;
        var cards = new List<DistributionCard>();
        foreach (var (name, table) in splits) { cards.Add(Card(name, "split", SplitText(name), Counted(name, table), ContentHash.Of(table))); }
        foreach (var (name, table) in shifts)
        {
            cards.Add(Card(name, made[name].Kind, made[name].Description, Counted(name, table), ContentHash.Of(table)));
        }
        return new(_facts, WithMetadata(splits, cards), WithMetadata(shifts, cards), CardOf(cards));

        DistributionCounts Counted(string name, Table table)
        {
            if (name == "train") { return train; }
            var counts = new DistributionCounts(_facts, inputs);
            counts.Add(table);
            return counts;
        }

        DistributionCard Card(string name, string kind, string description, DistributionCounts counts, string hash) =>
            CardOf(name, kind, description, counts, train, hash);
    }

    internal DataCard CardOf(IEnumerable<DistributionCard> distributions) => new()
    {
        Generator = spec.Use,
        Options = _options,
        Seed = spec.Seed,
        Notes = dataset.Notes,
        Facts = _facts,
        Distributions = [.. distributions],
    };

    internal static DistributionCard CardOf(
        string name, string kind, string description, DistributionCounts counts, DistributionCounts train, string hash) => new()
        {
            Name = name,
            Kind = kind,
            Description = description,
            Rows = counts.Rows,
            RowsPerClass = [.. counts.Classes],
            RowsPerGroup = [.. counts.Groups],
            InTrain = counts.InTrain,
            TwinsInTrain = counts.TwinsInTrain,
            WrongLabels = counts.WrongLabels,
            ClassShift = TotalVariation(counts.Classes, train.Classes),
            GroupShift = TotalVariation(counts.Groups, train.Groups),
            ContentHash = hash,
        };

    internal string SplitText(string name) => $"split {name}: {spec.Split.Parts().First(part => part.Name == name).Part}"
        + (name == "train" ? ShiftSteps.Words(spec.TrainShift) : "");

    /// <summary>What stands in the metadata of a table, without its content hash, which is known last.</summary>
    internal IEnumerable<KeyValuePair<string, string>> Metadata(string name, string description) =>
    [
        new(DatasetFacts.MetadataKey, _facts.ToJson()),
        new("grokpipeline.generator", spec.Use),
        new("grokpipeline.options", string.Join(", ", _options.Select(option => $"{option.Name}: {option.Value}"))),
        new("grokpipeline.seed", spec.Seed.ToString(CultureInfo.InvariantCulture)),
        new("grokpipeline.distribution", name),
        new("grokpipeline.description", description),
    ];

    /// <summary>A table with its metadata.</summary>
    internal Table WithMetadata(Table table, DistributionCard card) =>
        table.WithMetadata([.. Metadata(card.Name, card.Description), new("grokpipeline.content", card.ContentHash)]);

    private OrderedDictionary<string, Table> WithMetadata(IReadOnlyDictionary<string, Table> tables, List<DistributionCard> cards)
    {
        var made = new OrderedDictionary<string, Table>(StringComparer.Ordinal);
        foreach (var (name, table) in tables) { made.Add(name, WithMetadata(table, cards.First(card => card.Name == name))); }
        return made;
    }

    // Half the sum of the differences of shares.
    private static double TotalVariation(int[] counts, int[] others)
    {
        var (total, otherTotal, sum) = (Math.Max(1, counts.Sum()), Math.Max(1, others.Sum()), 0.0);
        for (var i = 0; i < counts.Length; i++) { sum += Math.Abs(((double)counts[i] / total) - ((double)others[i] / otherTotal)); }
        return sum / 2;
    }

    private static ImmutableArray<CardEntry> OptionsOf(IOptions options) =>
    [
        // What is null was not asked for.
        .. options.GetType().GetProperties().Where(property => property.GetMethod is { IsStatic: false } && property.CanWrite)
            .Select(property => (property.Name, Value: property.GetValue(options))).Where(option => option.Value is not null)
            .Select(option => new CardEntry(JsonNamingPolicy.SnakeCaseLower.ConvertName(option.Name), Text(option.Value))),
    ];

    private static string Text(object? value) => value switch
    {
        null => "",
        bool truth => truth ? "true" : "false",
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        Enum name => JsonNamingPolicy.SnakeCaseLower.ConvertName(name.ToString()),
        string text => text,
        IEnumerable items => string.Join(", ", items.Cast<object?>().Select(Text)),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}
