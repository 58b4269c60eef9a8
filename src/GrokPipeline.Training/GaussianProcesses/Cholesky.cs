using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace GrokPipeline.Training.GaussianProcesses;

/// <summary>
/// The lower factor L of a symmetric positive definite matrix B = L·Lᵀ, in float64. Sums run over eight lanes that meet in a fixed order,
/// so that the bytes are the same on any machine.
/// </summary>
internal sealed class Cholesky
{
    private readonly double[] _lower;
    private readonly int _size;

    private Cholesky(double[] lower, int size) => (_lower, _size) = (lower, size);

    /// <summary>Half the logarithm of the determinant, Σ log Lᵢᵢ.</summary>
    public double HalfLogDeterminant
    {
        get
        {
            var sum = 0.0;
            for (var i = 0; i < _size; i++) { sum += PortableMath.Log(_lower[(i * _size) + i]); }
            return sum;
        }
    }

    /// <summary>Factorizes.</summary>
    /// <param name="matrix">Row-major; only what lies below and on the diagonal is read.</param>
    /// <param name="size">Rows and columns.</param>
    /// <returns>The factor; with NaN in it when the matrix is not positive definite.</returns>
    public static Cholesky Of(ReadOnlySpan<double> matrix, int size)
    {
        var lower = new double[size * size];
        for (var i = 0; i < size; i++)
        {
            var own = lower.AsSpan(i * size, size);
            for (var j = 0; j <= i; j++)
            {
                var rest = matrix[(i * size) + j] - Dot(own[..j], lower.AsSpan(j * size, j));
                own[j] = j == i ? Math.Sqrt(rest) : rest / lower[(j * size) + j];
            }
        }
        return new(lower, size);
    }

    /// <summary>Σ xᵢ·yᵢ.</summary>
    public static double Dot(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        var (lanes, i) = (Vector512<double>.Zero, 0);
        ref var first = ref MemoryMarshal.GetReference(x);
        ref var second = ref MemoryMarshal.GetReference(y);
        for (; i + 8 <= x.Length; i += 8)
        {
            lanes += Vector512.LoadUnsafe(ref first, (nuint)i) * Vector512.LoadUnsafe(ref second, (nuint)i);
        }
        var sum = (lanes[0] + lanes[4]) + (lanes[1] + lanes[5]) + ((lanes[2] + lanes[6]) + (lanes[3] + lanes[7]));
        for (; i < x.Length; i++) { sum += x[i] * y[i]; }
        return sum;
    }

    /// <summary>Matrix times vector.</summary>
    public static double[] Product(ReadOnlySpan<double> matrix, ReadOnlySpan<double> vector)
    {
        var product = new double[matrix.Length / vector.Length];
        for (var i = 0; i < product.Length; i++) { product[i] = Dot(matrix.Slice(i * vector.Length, vector.Length), vector); }
        return product;
    }

    /// <summary>L⁻¹·x, in place.</summary>
    public void SolveLower(Span<double> x)
    {
        for (var i = 0; i < _size; i++) { x[i] = (x[i] - Dot(_lower.AsSpan(i * _size, i), x[..i])) / _lower[(i * _size) + i]; }
    }

    /// <summary>B⁻¹·x, in place.</summary>
    public void Solve(Span<double> x)
    {
        SolveLower(x);
        for (var i = _size - 1; i >= 0; i--)
        {
            var row = _lower.AsSpan(i * _size, i);
            x[i] /= _lower[(i * _size) + i];
            for (var j = 0; j < i; j++) { x[j] -= row[j] * x[i]; }
        }
    }

    /// <summary>B⁻¹.</summary>
    public double[] Inverse()
    {
        // Row j holds column j of L⁻¹, of which the first j numbers are 0.
        var columns = new double[_size * _size];
        for (var j = 0; j < _size; j++)
        {
            var x = columns.AsSpan(j * _size, _size);
            for (var i = j; i < _size; i++)
            {
                var rest = (i == j ? 1 : 0) - Dot(_lower.AsSpan((i * _size) + j, i - j), x[j..i]);
                x[i] = rest / _lower[(i * _size) + i];
            }
        }
        var inverse = new double[_size * _size];
        for (var i = 0; i < _size; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                inverse[(i * _size) + j] = inverse[(j * _size) + i] =
                    Dot(columns.AsSpan((i * _size) + i, _size - i), columns.AsSpan((j * _size) + i, _size - i));
            }
        }
        return inverse;
    }
}
