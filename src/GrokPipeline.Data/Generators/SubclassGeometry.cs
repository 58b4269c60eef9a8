using System.Collections.Immutable;
using System.Numerics;

namespace GrokPipeline.Data.Generators;

/// <summary>How the subclasses of <see cref="GaussianSubclasses"/> lie to each other.</summary>
public enum Geometry
{
    /// <summary>4 classes × 2 subclasses; any two subclasses differ in 2 positions: nothing says which two belong together.</summary>
    Equidistant,

    /// <summary>4 classes, each a centre and its neighbours that differ in 1 position; centres differ in 6, classes in 4 or more.</summary>
    Equivariant,
}

/// <summary>
/// The words of the subclasses: word j stands for the base distribution that takes, in position i, the member bit_i(j) of the pair i
/// (Carvalho et al. 2025, appendix A; the lowest bit is position 0).
/// </summary>
public sealed class SubclassGeometry
{
    /// <summary>How many classes there are, in both geometries.</summary>
    public const int Classes = 4;

    // A clique of the graph of words at Hamming distance 6, as published.
    private static readonly ImmutableArray<int> s_centres = [63, 240, 323, 396];

    /// <summary>Lays out the words and checks the distances that the geometry promises.</summary>
    /// <param name="geometry">Which one.</param>
    /// <param name="positions">Bits of a word: 8 to 16 for equidistant, 9 to 16 for equivariant; 9 in the paper.</param>
    /// <exception cref="ArgumentOutOfRangeException">Too few or too many positions.</exception>
    public SubclassGeometry(Geometry geometry, int positions)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(positions, LeastPositions(geometry));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(positions, 16);
        Words = geometry == Geometry.Equidistant
            // Words of weight 1 are a clique at distance 2. Which of them, and how they pair up, is OUR CHOICE: {1, 2}, {4, 8}, ….
            ? [.. Enumerable.Range(0, 2 * Classes).Select(bit => 1 << bit)]
            : [.. s_centres.SelectMany(centre => Enumerable.Range(0, positions).Select(bit => centre ^ (1 << bit)).Prepend(centre))];
        if (!Holds(geometry)) { throw new InvalidOperationException($"The words of {geometry} do not lie as they should."); }
    }

    /// <summary>The word of each subclass; the subclasses of class 0 come first, in an equivariant class the centre comes first.</summary>
    public ImmutableArray<int> Words { get; }

    /// <summary>Subclasses of one class.</summary>
    public int PerClass => Words.Length / Classes;

    /// <summary>The fewest positions that a geometry needs.</summary>
    public static int LeastPositions(Geometry geometry) => geometry == Geometry.Equidistant ? 2 * Classes : 9;

    /// <summary>In how many positions two words differ.</summary>
    public static int Distance(int word, int other) => BitOperations.PopCount((uint)(word ^ other));

    private bool Holds(Geometry geometry)
    {
        for (var i = 0; i < Words.Length; i++)
        {
            for (var j = 0; j < i; j++)
            {
                var (distance, sameClass) = (Distance(Words[i], Words[j]), i / PerClass == j / PerClass);
                var (centres, centre) = (i % PerClass == 0 && j % PerClass == 0, i % PerClass == 0 || j % PerClass == 0);
                var holds = geometry == Geometry.Equidistant
                    ? distance == 2
                    : sameClass ? distance == (centre ? 1 : 2) : (centres ? distance == 6 : distance >= 4);
                if (!holds) { return false; }
            }
        }
        return true;
    }
}
