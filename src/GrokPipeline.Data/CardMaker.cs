using System.Collections;
using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using GrokPipeline.Data.ShiftKinds;
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
        var train = splits["train"];
        var cards = new List<DistributionCard>();
        var parts = spec.Split.Parts().ToDictionary(part => part.Name, part => part.Part);
        foreach (var (name, table) in splits)
        {
            var steps = name == "train" ? ShiftSteps.Words(spec.TrainShift) : "";
            cards.Add(Count(name, "split", $"split {name}: {parts[name]}{steps}", table, train));
        }
        foreach (var (name, table) in shifts) { cards.Add(Count(name, made[name].Kind, made[name].Description, table, train)); }
        var card = new DataCard
        {
            Generator = spec.Use,
            Options = _options,
            Seed = spec.Seed,
            Notes = dataset.Notes,
            Facts = _facts,
            Distributions = [.. cards],
        };
        return new(_facts, WithMetadata(splits, cards), WithMetadata(shifts, cards), card);
    }

    private OrderedDictionary<string, Table> WithMetadata(IReadOnlyDictionary<string, Table> tables, List<DistributionCard> cards)
    {
        var made = new OrderedDictionary<string, Table>(StringComparer.Ordinal);
        foreach (var (name, table) in tables)
        {
            var card = cards.First(card => card.Name == name);
            made.Add(name, table.WithMetadata(
            [
                new(DatasetFacts.MetadataKey, _facts.ToJson()),
                new("grokpipeline.generator", spec.Use),
                new("grokpipeline.options", string.Join(", ", _options.Select(option => $"{option.Name}: {option.Value}"))),
                new("grokpipeline.seed", spec.Seed.ToString(CultureInfo.InvariantCulture)),
                new("grokpipeline.distribution", name),
                new("grokpipeline.description", card.Description),
                new("grokpipeline.content", card.ContentHash),
            ]));
        }
        return made;
    }

    private DistributionCard Count(string name, string kind, string description, Table table, Table train)
    {
        var target = _facts.IsReal ? null : _facts.Target;          // real numbers are of no class
        var (classes, groups) = (Histogram(table, target, _facts.Classes), Histogram(table, _facts.Group, _facts.Groups));
        var inputs = Inputs(train, swapped: false).ToHashSet();
        return new DistributionCard
        {
            Name = name,
            Kind = kind,
            Description = description,
            Rows = table.Rows,
            RowsPerClass = [.. classes],
            RowsPerGroup = [.. groups],
            InTrain = Inputs(table, swapped: false).Count(inputs.Contains),
            TwinsInTrain = HasTwins ? Inputs(table, swapped: true).Count(inputs.Contains) : 0,
            WrongLabels = Relabelled.Count(table, _facts),
            ClassShift = TotalVariation(classes, Histogram(train, target, _facts.Classes)),
            GroupShift = TotalVariation(groups, Histogram(train, _facts.Group, _facts.Groups)),
            ContentHash = ContentHash.Of(table),
        };
    }

    // The tokens of a list, read backwards, are another list and no twin.
    private bool HasTwins => _facts.Kind == InputKind.Operands && (_facts.Prompt.IsDefaultOrEmpty || _facts.Operands.Length == 2);

    private static int[] Histogram(Table table, string? column, int values)
    {
        var counts = new int[values];
        if (column is null) { return counts; }
        foreach (var value in table.Int64(column)) { counts[value]++; }
        return counts;
    }

    // Half the sum of the differences of shares.
    private static double TotalVariation(int[] counts, int[] others)
    {
        var (total, otherTotal, sum) = (Math.Max(1, counts.Sum()), Math.Max(1, others.Sum()), 0.0);
        for (var i = 0; i < counts.Length; i++) { sum += Math.Abs(((double)counts[i] / total) - ((double)others[i] / otherTotal)); }
        return sum / 2;
    }

    // One number per row that stands for its input: the operands themselves, or 128 bits of a hash of the features.
    private IEnumerable<UInt128> Inputs(Table table, bool swapped)
    {
        if (_facts.Features is { } features)
        {
            for (var row = 0; row < table.Rows; row++)
            {
                var bytes = MemoryMarshal.AsBytes(table.Vector(features).Slice(row * _facts.FeatureCount, _facts.FeatureCount));
                yield return MemoryMarshal.Read<UInt128>(SHA256.HashData(bytes));
            }
            yield break;
        }
        var operands = swapped ? _facts.Operands.Reverse() : _facts.Operands;
        for (var row = 0; row < table.Rows; row++)
        {
            UInt128 key = 0;
            foreach (var operand in operands) { key = (key * (uint)_facts.OperandValues) + (UInt128)table.Int64(operand)[row]; }
            yield return key;
        }
    }

    private static ImmutableArray<CardEntry> OptionsOf(IOptions options) =>
    [
        .. options.GetType().GetProperties().Where(property => property.GetMethod is { IsStatic: false } && property.CanWrite)
            .Select(property =>
                new CardEntry(JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name), Text(property.GetValue(options)))),
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
