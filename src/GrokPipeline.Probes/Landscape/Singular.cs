namespace GrokPipeline.Probes.Landscape;

/// <summary>
/// A matrix by its singular vectors, from the eigenvectors of the smaller of A·Aᵀ and Aᵀ·A. Singular values below 1e-8 of the largest are
/// lost in that product; for dropping the small ones they do not count.
/// </summary>
internal sealed class Singular
{
    private readonly double[] _matrix;
    private readonly double[][] _vectors;
    private readonly bool _wide;
    private readonly int _rows;
    private readonly int _columns;

    private Singular(double[] matrix, int rows, int columns)
    {
        (_matrix, _rows, _columns, _wide) = (matrix, rows, columns, rows <= columns);
        var features = new Features(matrix, rows, columns);
        var (values, vectors) = SymmetricEigen.Of(_wide ? features.Gram() : features.Scatter(), Math.Min(rows, columns));
        Values = [.. values.Select(value => Math.Sqrt(Math.Max(0, value)))];
        _vectors = vectors;
    }

    /// <summary>The singular values, largest first.</summary>
    public double[] Values { get; }

    /// <summary>Takes a matrix of shape [rows, columns] apart.</summary>
    public static Singular Of(Tensor tensor)
    {
        var values = new double[tensor.Shape.Count];
        for (var i = 0; i < values.Length; i++) { values[i] = tensor.AsSpan<float>()[i]; }
        return new(values, tensor.Shape[0], tensor.Shape[1]);
    }

    /// <summary>How many singular values hold a share of their sum.</summary>
    public int RankOf(double share)
    {
        var (wanted, sum) = (share * Values.Sum(), 0.0);
        for (var rank = 0; rank < Values.Length; rank++)
        {
            sum += Values[rank];
            if (sum >= wanted) { return rank + 1; }
        }
        return Values.Length;
    }

    /// <summary>The best product of two factors of a rank; each has the root of σ, so that one step suits both.</summary>
    public Factors Cut(int rank)
    {
        var (left, right) = (new double[_rows * rank], new double[rank * _columns]);
        for (var k = 0; k < rank; k++)
        {
            var root = Math.Sqrt(Values[k]);
            if (root == 0) { continue; }
            var other = Other(_vectors[k]);                    // σ times the singular vector of the other side
            for (var i = 0; i < _rows; i++) { left[(i * rank) + k] = _wide ? _vectors[k][i] * root : other[i] / root; }
            for (var j = 0; j < _columns; j++) { right[(k * _columns) + j] = _wide ? other[j] / root : _vectors[k][j] * root; }
        }
        return new(left, right, rank, _columns);
    }

    private double[] Other(double[] vector)
    {
        var other = new double[_wide ? _columns : _rows];
        for (var i = 0; i < _rows; i++)
        {
            var row = _matrix.AsSpan(i * _columns, _columns);
            if (_wide) { Dots.Add(other, vector[i], row); }
            else { other[i] = Dots.Of(row, vector); }
        }
        return other;
    }
}
