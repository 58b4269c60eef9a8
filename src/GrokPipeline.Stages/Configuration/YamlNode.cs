using System.Collections.Immutable;

namespace GrokPipeline.Stages.Configuration;

/// <summary>A piece of configuration text that knows where it stands.</summary>
/// <param name="Place">Where it begins.</param>
internal abstract record YamlNode(Place Place)
{
    /// <summary>Nodes in this one, itself included; what an alias adds to the budget.</summary>
    public abstract int Size { get; }

    /// <summary>Levels in this one, itself included.</summary>
    public abstract int Height { get; }

    /// <summary>What it is, in words for messages.</summary>
    public abstract string Kind { get; }
}

/// <summary>Text. What type it has is decided by the option that it is for.</summary>
/// <param name="Place">Where it begins.</param>
/// <param name="Text">The text, without quotes.</param>
/// <param name="Quoted">Whether quotes or a block style surround it.</param>
internal sealed record YamlScalar(Place Place, string Text, bool Quoted) : YamlNode(Place)
{
    public override int Size => 1;

    public override int Height => 1;

    public override string Kind => $"'{(Text.Length > 40 ? Text[..40] + "…" : Text)}'";

    /// <summary>Nothing was given: an empty place, <c>null</c> or <c>~</c>.</summary>
    public bool IsNull => !Quoted && Text is "" or "~" or "null";
}

/// <summary>A list.</summary>
internal sealed record YamlList(Place Place, ImmutableArray<YamlNode> Items) : YamlNode(Place)
{
    public override int Size { get; } = 1 + Items.Sum(item => item.Size);

    public override int Height { get; } = 1 + Items.Select(item => item.Height).DefaultIfEmpty().Max();

    public override string Kind => "a list";
}

/// <summary>A map from names to nodes, in the order of the text.</summary>
internal sealed record YamlMap(Place Place, ImmutableArray<YamlEntry> Entries) : YamlNode(Place)
{
    public override int Size { get; } = 1 + Entries.Sum(entry => entry.Value.Size);

    public override int Height { get; } = 1 + Entries.Select(entry => entry.Value.Height).DefaultIfEmpty().Max();

    public override string Kind => "a map";

    /// <summary>The node of a name; null when there is none.</summary>
    public YamlNode? this[string key] => Find(key)?.Value;

    /// <summary>The entry of a name; null when there is none.</summary>
    public YamlEntry? Find(string key)
    {
        foreach (var entry in Entries) { if (entry.Key == key) { return entry; } }
        return null;
    }

    /// <summary>The same map with one entry set: in its old place, or at the end.</summary>
    public YamlMap With(YamlEntry entry)
    {
        for (var i = 0; i < Entries.Length; i++)
        {
            if (Entries[i].Key == entry.Key) { return new YamlMap(Place, Entries.SetItem(i, entry)); }
        }
        return new YamlMap(Place, Entries.Add(entry));
    }

    /// <summary>The same map without one name.</summary>
    public YamlMap Without(string key) => new(Place, [.. Entries.Where(entry => entry.Key != key)]);
}

/// <summary>A name in a map, and what it stands for.</summary>
internal sealed record YamlEntry(string Key, Place KeyPlace, YamlNode Value);
