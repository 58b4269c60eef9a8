using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace GrokPipeline;

/// <summary>
/// A short list of integers that compares by its contents (axes, permutations), so that records which hold one are equal to their
/// twins. The default is the empty list.
/// </summary>
[CollectionBuilder(typeof(IntegerList), nameof(Create))]
public readonly struct IntegerList : IEquatable<IntegerList>, IEnumerable<int>
{
    private readonly ImmutableArray<int> _items;

    private IntegerList(ImmutableArray<int> items) => _items = items;

    /// <summary>The integers in order.</summary>
    public ImmutableArray<int> Items => _items.IsDefault ? [] : _items;

    /// <summary>How many there are.</summary>
    public int Count => Items.Length;

    /// <summary>The integer at an index from 0.</summary>
    public int this[int index] => Items[index];

    /// <summary>Makes a list.</summary>
    public static IntegerList Create(ReadOnlySpan<int> items) => new([.. items]);

    /// <inheritdoc/>
    public bool Equals(IntegerList other) => Items.AsSpan().SequenceEqual(other.Items.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is IntegerList other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var item in Items) { hash.Add(item); }
        return hash.ToHashCode();
    }

    /// <summary>Equal contents.</summary>
    public static bool operator ==(IntegerList left, IntegerList right) => left.Equals(right);

    /// <summary>Different contents.</summary>
    public static bool operator !=(IntegerList left, IntegerList right) => !left.Equals(right);

    /// <summary><c>[0, 2, 1]</c>.</summary>
    public override string ToString() => $"[{string.Join(", ", Items)}]";

    /// <summary>The integers in order.</summary>
    public IEnumerator<int> GetEnumerator() => ((IEnumerable<int>)Items).GetEnumerator();

    System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
}
