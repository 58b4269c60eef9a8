using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace GrokPipeline;

/// <summary>The extents of a tensor, outermost axis first; <c>[]</c>, also the default, is a scalar.</summary>
[CollectionBuilder(typeof(TensorShape), nameof(Create))]
public readonly struct TensorShape : IEquatable<TensorShape>, IEnumerable<int>
{
    private readonly ImmutableArray<int> _extents;

    private TensorShape(ImmutableArray<int> extents) => _extents = extents;

    /// <summary>The extents, outermost first; each is at least 1.</summary>
    public ImmutableArray<int> Extents => _extents.IsDefault ? [] : _extents;

    /// <summary>How many axes; 0 for a scalar.</summary>
    public int Rank => Extents.Length;

    /// <summary>
    /// The rank, under the name by which the compiler asks a list for its length: without it, <c>[.. shape, 2]</c> would make room for
    /// <see cref="Count"/> extents.
    /// </summary>
    public int Length => Rank;

    /// <summary>How many elements: the product of the extents, 1 for a scalar.</summary>
    public int Count
    {
        get
        {
            var count = 1;
            foreach (var extent in Extents) { count = checked(count * extent); }
            return count;
        }
    }

    /// <summary>The extent along an axis; negative axes count from the end, as in ONNX.</summary>
    public int this[int axis] => Extents[axis < 0 ? axis + Rank : axis];

    /// <summary>Makes a shape; every extent must be at least 1.</summary>
    /// <exception cref="GrokException">An extent is zero or negative.</exception>
    public static TensorShape Create(ReadOnlySpan<int> extents)
    {
        foreach (var extent in extents)
        {
            if (extent <= 0)
            {
                throw new GrokException(
                    $"A shape [{string.Join(", ", extents.ToArray())}] has the extent {extent.ToString(CultureInfo.InvariantCulture)}.",
                    "Every extent is at least 1; a scalar is [].");
            }
        }
        return new([.. extents]);
    }

    /// <summary>The axis as a number from 0, from one that may count from the end.</summary>
    public int Axis(int axis) => axis >= -Rank && axis < Rank
        ? (axis < 0 ? axis + Rank : axis)
        : throw new GrokException($"Shape {this} has no axis {axis}.", $"Use an axis from {-Rank} to {Rank - 1}.");

    /// <summary>The same shape with another extent along one axis.</summary>
    public TensorShape With(int axis, int extent) => Create(Extents.SetItem(Axis(axis), extent).AsSpan());

    /// <summary>The shape without one axis.</summary>
    public TensorShape Without(int axis) => Create(Extents.RemoveAt(Axis(axis)).AsSpan());

    /// <summary>
    /// The shape that both broadcast to by NumPy's rule: aligned at the last axis, an extent of 1 stretches.
    /// </summary>
    /// <exception cref="GrokException">Two extents differ and neither is 1.</exception>
    public static TensorShape Broadcast(TensorShape a, TensorShape b)
    {
        var rank = Math.Max(a.Rank, b.Rank);
        var extents = new int[rank];
        for (var i = 1; i <= rank; i++)
        {
            var (x, y) = (i <= a.Rank ? a[-i] : 1, i <= b.Rank ? b[-i] : 1);
            if (x != y && x != 1 && y != 1)
            {
                throw new GrokException(
                    $"Shapes {a} and {b} do not broadcast: extents {x} and {y} meet.",
                    "Aligned at the last axis, extents must be equal or 1.");
            }
            extents[rank - i] = Math.Max(x, y);
        }
        return Create(extents);
    }

    /// <inheritdoc/>
    public bool Equals(TensorShape other) => Extents.AsSpan().SequenceEqual(other.Extents.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is TensorShape other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var extent in Extents) { hash.Add(extent); }
        return hash.ToHashCode();
    }

    /// <summary>Equal extents.</summary>
    public static bool operator ==(TensorShape left, TensorShape right) => left.Equals(right);

    /// <summary>Different extents.</summary>
    public static bool operator !=(TensorShape left, TensorShape right) => !left.Equals(right);

    /// <summary><c>[97, 128]</c>.</summary>
    public override string ToString() => $"[{string.Join(", ", Extents)}]";

    /// <summary>The extents in order.</summary>
    public IEnumerator<int> GetEnumerator() => ((IEnumerable<int>)Extents).GetEnumerator();

    System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
}
