using GrokPipeline.Probes.Landscape;
using MathNet.Numerics.LinearAlgebra;

namespace GrokPipeline.Tests.Probes;

public sealed class EigenTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(17)]
    [InlineData(40)]
    public void Eigenvalues_and_vectors_of_a_symmetric_matrix_agree_with_another_library(int size)
    {
        var matrix = Symmetric(size);
        var expected = Matrix<double>.Build.DenseOfRowMajor(size, size, matrix).Evd(Symmetricity.Symmetric).EigenValues.Select(v => v.Real);
        var (values, vectors) = SymmetricEigen.Of(matrix, size);
        Assert.Equal(expected.OrderDescending(), values, (a, b) => Math.Abs(a - b) < 1e-10);
        Assert.Equal(values, SymmetricEigen.Values(matrix, size));
        for (var k = 0; k < size; k++)
        {
            Assert.Equal(1, Dots.Of(vectors[k], vectors[k]), 1e-12);
            for (var i = 0; i < size; i++) { Assert.Equal(values[k] * vectors[k][i], Dots.Of(matrix.AsSpan(i * size, size), vectors[k]), 1e-10); }
        }
    }

    [Fact]
    public void A_matrix_of_blocks_and_one_of_zeros_are_no_trouble()
    {
        Assert.Equal([3.0, 1, -1], SymmetricEigen.Values([0, 1, 0, 1, 0, 0, 0, 0, 3], 3), (a, b) => Math.Abs(a - b) < 1e-15);
        Assert.Equal([0.0, 0, 0], SymmetricEigen.Values(new double[9], 3));
        Assert.All(SymmetricEigen.Values([1, double.NaN, double.NaN, 1], 2), value => Assert.True(double.IsNaN(value)));
    }

    [Theory]
    [InlineData(7, 12)]
    [InlineData(12, 7)]
    public void A_matrix_cut_to_a_rank_is_the_nearest_of_that_rank(int rows, int columns)
    {
        var draws = new Seed(4).Stream();
        var values = Enumerable.Range(0, rows * columns).Select(_ => (float)draws.NextNormal()).ToArray();
        var factors = Singular.Of(Tensor.Of<float>([rows, columns], values)).Cut(3);
        var svd = Matrix<double>.Build.Dense(rows, columns, (i, j) => values[(i * columns) + j]).Svd();
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < columns; j++)
            {
                var expected = Enumerable.Range(0, 3).Sum(k => svd.U[i, k] * svd.S[k] * svd.VT[k, j]);
                Assert.Equal(expected, Enumerable.Range(0, 3).Sum(k => factors.Left[(i * 3) + k] * factors.Right[(k * columns) + j]), 1e-9);
            }
        }
    }

    [Fact]
    public void Products_of_all_pairs_agree_with_sums_in_double_precision()
    {
        var draws = new Seed(6).Stream();
        var rows = Enumerable.Range(0, 11).Select(_ => Enumerable.Range(0, 2100).Select(_ => (float)draws.NextNormal()).ToArray()).ToArray();
        var gram = TangentKernel.Gram(rows);
        for (var i = 0; i < rows.Length; i++)
        {
            for (var j = 0; j < rows.Length; j++) { Assert.Equal(rows[i].Zip(rows[j], (a, b) => (double)a * b).Sum(), gram[(i * rows.Length) + j], 2e-3); }
        }
    }

    private static double[] Symmetric(int size)
    {
        var (draws, matrix) = (new Seed(9).Stream(), new double[size * size]);
        for (var i = 0; i < size; i++)
        {
            for (var j = 0; j <= i; j++) { matrix[(i * size) + j] = matrix[(j * size) + i] = draws.NextNormal(); }
        }
        return matrix;
    }
}
