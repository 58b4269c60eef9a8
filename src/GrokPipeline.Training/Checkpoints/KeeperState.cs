using System.Collections.Immutable;
using System.Globalization;

namespace GrokPipeline.Training.Checkpoints;

/// <summary>What a <see cref="CheckpointKeeper"/> remembers.</summary>
/// <param name="Ring">The last evaluated states, oldest first, without the optimizer's part.</param>
/// <param name="Stored">Steps given out so far, ascending.</param>
/// <param name="Held">For how many evaluations the accuracy has been reached.</param>
/// <param name="Known">True when the transition is over, and the ring empty.</param>
public sealed record KeeperState(ImmutableArray<TrainingState> Ring, ImmutableArray<long> Stored, int Held, bool Known)
{
    private const string Format = "grokpipeline.checkpoint_keeper.v1";

    /// <summary>Writes it as one safetensors file; the same state gives the same bytes.</summary>
    public void Write(Stream destination) => Safetensors.Write(
        destination,
        Ring.SelectMany(state => state.Parameters.Select(pair => KeyValuePair.Create($"{Text(state.Step)}/{pair.Key}", pair.Value))),
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["format"] = Format,
            ["held"] = Text(Held),
            ["known"] = Known ? "true" : "false",
            ["ring"] = string.Join(',', Ring.Select(state => Text(state.Step))),
            ["stored"] = string.Join(',', Stored.Select(Text)),
        });

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <param name="source">The file; its length is known.</param>
    /// <param name="where">What messages call it, usually its path.</param>
    /// <exception cref="GrokException">Of kind <see cref="ProblemKind.Integrity"/>: the file is broken or is something else.</exception>
    public static KeeperState Read(Stream source, string where)
    {
        var content = Safetensors.Read(source, where);
        if (content.Metadata.GetValueOrDefault("format") == Format
            && Numbers(content, "ring") is { } ring && Numbers(content, "stored") is { } stored
            && Numbers(content, "held") is [>= 0 and <= int.MaxValue] and [var held])
        {
            var known = content.Metadata.GetValueOrDefault("known") == "true";
            return new([.. ring.Select(step => State(content, step))], [.. stored], (int)held, known);
        }
        throw new GrokException(
            "This safetensors file holds no recent states.", "Give a file that training wrote to resume from.", where,
            ProblemKind.Integrity);
    }

    private static TrainingState State(SafetensorsContent content, long step)
    {
        var prefix = $"{Text(step)}/";
        var parameters = content.Tensors.Where(pair => pair.Key.StartsWith(prefix, StringComparison.Ordinal))
            .ToImmutableSortedDictionary(pair => pair.Key[prefix.Length..], pair => pair.Value, StringComparer.Ordinal);
        return new(step, parameters, ImmutableSortedDictionary<string, Tensor>.Empty.WithComparers(StringComparer.Ordinal));
    }

    private static List<long>? Numbers(SafetensorsContent content, string key)
    {
        if (!content.Metadata.TryGetValue(key, out var text)) { return null; }
        var numbers = new List<long>();
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!long.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) { return null; }
            numbers.Add(number);
        }
        return numbers;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
