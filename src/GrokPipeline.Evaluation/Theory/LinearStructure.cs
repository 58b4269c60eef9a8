using System.Numerics;

namespace GrokPipeline.Evaluation.Theory;

/// <summary>
/// What the rows of train alone say about addition, without a training: Liu et al. (2022) ask whether embeddings E of the operands that
/// obey E(a) + E(b) = E(c) + E(d) for all pairs of train with equal sums must lie on a line, and which other sums then follow. Ranks are
/// exact.
/// </summary>
public sealed class LinearStructure
{
    private readonly int _values;
    private readonly SortedDictionary<int, BigInteger[]> _rows = [];      // echelon form: by the column of the first number that is not 0
    private readonly Dictionary<int, (int A, int B)> _first = [];         // by sum, a pair of train

    /// <summary>Reads the pairs of train.</summary>
    /// <param name="values">How many values an operand takes, p, at least 2: it is 0 to p − 1.</param>
    /// <param name="train">The pairs; the order of operands makes no difference.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer than two values, or an operand is none of them.</exception>
    public LinearStructure(int values, IEnumerable<(int A, int B)> train)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(values, 2);
        ArgumentNullException.ThrowIfNull(train);
        _values = values;
        foreach (var pair in train)
        {
            Check(pair);
            // Equations between a sum's first pair and its others span those between all of its pairs.
            if (_first.TryAdd(pair.A + pair.B, pair)) { continue; }
            if (Reduced(Equation(pair, _first[pair.A + pair.B])) is { } row) { _rows.Add(Array.FindIndex(row, x => !x.IsZero), row); }
        }
    }

    /// <summary>The dimension of the embeddings that obey train, at least 2: a line has a place and a step.</summary>
    public int Nullity => _values - _rows.Count;

    /// <summary>How many dimensions there are besides a line; at 0 train forces embeddings onto one.</summary>
    public int DegreesOfFreedom => Nullity - 2;

    /// <summary>
    /// True when the sum of a pair follows from train: some pair of train has the same sum, and that the two are equal in every embedding
    /// is implied.
    /// </summary>
    /// <param name="pair">The operands.</param>
    /// <exception cref="ArgumentOutOfRangeException">An operand is no value.</exception>
    public bool Predicts((int A, int B) pair)
    {
        Check(pair);
        return _first.TryGetValue(pair.A + pair.B, out var known) && Reduced(Equation(pair, known)) is null;
    }

    /// <summary>The best accuracy that rows can have that follow from train: the share of pairs that it predicts.</summary>
    /// <param name="pairs">At least one pair.</param>
    public double IdealAccuracy(IEnumerable<(int A, int B)> pairs) => pairs.Average(pair => Predicts(pair) ? 1.0 : 0.0);

    private void Check((int A, int B) pair)
    {
        if (pair.A < 0 || pair.B < 0 || pair.A >= _values || pair.B >= _values)
        {
            throw new ArgumentOutOfRangeException(nameof(pair), pair, $"Operands are 0 to {_values - 1}.");
        }
    }

    // E(a) + E(b) − E(c) − E(d), as its coefficients.
    private BigInteger[] Equation((int A, int B) one, (int A, int B) other)
    {
        var row = new BigInteger[_values];
        row[one.A] += 1;
        row[one.B] += 1;
        row[other.A] -= 1;
        row[other.B] -= 1;
        return row;
    }

    // What is left of an equation after those known were taken off, without fractions; null when nothing is.
    private BigInteger[]? Reduced(BigInteger[] row)
    {
        foreach (var (column, known) in _rows)
        {
            if (row[column].IsZero) { continue; }
            var (own, other) = (known[column], row[column]);
            var divisor = BigInteger.Zero;
            for (var i = 0; i < row.Length; i++)
            {
                row[i] = (row[i] * own) - (known[i] * other);
                divisor = BigInteger.GreatestCommonDivisor(divisor, row[i]);
            }
            if (divisor.IsZero) { return null; }
            for (var i = 0; i < row.Length; i++) { row[i] /= divisor; }                // numbers stay small
        }
        return Array.Exists(row, x => !x.IsZero) ? row : null;
    }
}
