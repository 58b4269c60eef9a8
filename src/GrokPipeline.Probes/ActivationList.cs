using System.Collections;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace GrokPipeline.Probes;

/// <summary>
/// Activations that a probe reads: one, several, or <c>*</c> for all that suit it. Written as a text or a list; equal when the names are,
/// in
/// the same order. The default is the empty list.
/// </summary>
[CollectionBuilder(typeof(ActivationList), nameof(Create))]
public readonly struct ActivationList : IEquatable<ActivationList>, IEnumerable<string>
{
    private readonly ImmutableArray<string> _items;

    private ActivationList(ImmutableArray<string> items) => _items = items;

    /// <summary>All that suit the probe.</summary>
    public static ActivationList All { get; } = ["*"];

    /// <summary>The names as they were given.</summary>
    public ImmutableArray<string> Items => _items.IsDefault ? [] : _items;

    /// <summary>True for <c>*</c>.</summary>
    public bool IsAll => Items is ["*"];

    /// <summary>The names; none when all are meant.</summary>
    public ImmutableArray<string> Named => IsAll ? [] : Items;

    /// <summary>Makes a list.</summary>
    public static ActivationList Create(ReadOnlySpan<string> names) => new([.. names]);

    /// <summary>Reads a name, or several with commas between them.</summary>
    public static ActivationList FromText(string text) =>
        new([.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)]);

    /// <summary>The names, or all of a model's activations that suit.</summary>
    /// <param name="known">The model's activations in the order of computation.</param>
    /// <param name="suits">Which of them <c>*</c> means.</param>
    public IReadOnlyList<string> Among(IEnumerable<string> known, Func<string, bool> suits) => IsAll ? [.. known.Where(suits)] : Items;

    /// <summary>What is wrong with the option <c>at</c>.</summary>
    /// <param name="example">A name that would do.</param>
    public IEnumerable<OptionProblem> Problems(string example)
    {
        if (Items.IsEmpty || Items.Any(string.IsNullOrWhiteSpace))
        {
            yield return new("at", $"at is empty; name activations such as {example}, or '*' for all.");
        }
        else if (Items.Length > 1 && Items.Contains("*")) { yield return new("at", "at holds '*' beside names; give one or the other."); }
        else if (Items.Distinct(StringComparer.Ordinal).Count() < Items.Length)
        {
            yield return new("at", "at names an activation twice; name each once.");
        }
    }

    /// <inheritdoc/>
    public bool Equals(ActivationList other) => Items.AsSpan().SequenceEqual(other.Items.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is ActivationList other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(ToString());

    /// <summary>Equal contents.</summary>
    public static bool operator ==(ActivationList left, ActivationList right) => left.Equals(right);

    /// <summary>Different contents.</summary>
    public static bool operator !=(ActivationList left, ActivationList right) => !left.Equals(right);

    /// <summary><c>hidden.0, hidden.1</c>.</summary>
    public override string ToString() => string.Join(", ", Items);

    /// <summary>The names in order.</summary>
    public IEnumerator<string> GetEnumerator() => ((IEnumerable<string>)Items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
