using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Graphs.Ops;

namespace GrokPipeline.Tests.Graphs;

/// <summary>The reference against numbers worked out by hand or taken from tables, so that it is not its own judge.</summary>
public sealed class OpMeaningTests
{
    private static readonly Value Matrix = Value.Constant(Tensor.Of<float>([2, 3], [1, 2, 3, 4, 5, 6]));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.5, 0.5204998778130465)]
    [InlineData(1, 0.8427007929497149)]
    [InlineData(-2, -0.9953222650189527)]
    [InlineData(3.5, 0.9999992569016276)]
    [InlineData(7, 1)]
    public void Erf_is_as_in_tables(double x, double expected) => Near([expected], Evaluate(Value.Scalar(x).Erf()));

    [Fact]
    public void Elementwise_functions_of_known_numbers()
    {
        Near([1, Math.E], Evaluate(Row(0, 1).Exp()));
        Near([0, Math.Log(2)], Evaluate(Row(1, 2).Log()));
        Near([1.5, 2], Evaluate(Row(2.25, 4).Sqrt()));
        Near([0.5, -4], Evaluate(Row(2, -0.25).Reciprocal()));
        Near([0, 0.7615941559557649], Evaluate(Row(0, 1).Tanh()));
        Near([0.5, 0.7310585786300049, 0, 1], Evaluate(Row(0, 1, -1000, 1000).Sigmoid()));
        Near([0, 0, 3], Evaluate(Row(-2, 0, 3).Relu()));
        Near([2, 0, 3], Evaluate(Row(-2, 0, 3).Abs()));
        Near([-1, 0, 1], Evaluate(Row(-2, 0, 3).Sign()));
        Near([2, 0, -3], Evaluate(-Row(-2, 0, 3)));
        Near([0.8413447460685429, 0, -0.15865525393145707], Evaluate(Row(1, 0, -1).Gelu()));
    }

    [Fact]
    public void Nan_passes_through_what_trains()
    {
        Value[] all =
        [
            Row(double.NaN).Relu(), Row(double.NaN).Sign(), Row(double.NaN).Max(1), Row(1).Min(double.NaN), Row(double.NaN).Erf(),
            Row(double.NaN).Sigmoid(), Row(double.NaN, 1).Softmax(),
        ];
        Assert.All(all, value => Assert.True(double.IsNaN(Evaluate(value)[0])));
    }

    [Fact]
    public void Binary_functions_broadcast()
    {
        Near([11, 22, 33, 14, 25, 36], Evaluate(Matrix + Row(10, 20, 30)));
        Near([0, 1, 2, -6, -5, -4], Evaluate(Matrix - Value.Constant(Tensor.Of<float>([2, 1], [1, 10]))));
        Near([2, 4, 6, 8, 10, 12], Evaluate(2 * Matrix));
        Near([12, 6, 4, 3, 2.4, 2], Evaluate(12 / Matrix));
        Near([3, 3, 3, 4, 5, 6], Evaluate(Matrix.Max(3)));
        Near([1, 2, 3, 3, 3, 3], Evaluate(Matrix.Min(3)));
    }

    [Fact]
    public void Comparisons_choose()
    {
        Near([0, 0, 0, 1, 1, 1], Evaluate(Matrix.Greater(3).Cast(ElementType.Float32)));
        Near([1, 1, 0, 0, 0, 0], Evaluate(Matrix.Less(3).Cast(ElementType.Float32)));
        Near([0, 0, 1, 0, 0, 0], Evaluate(Matrix.Equal(3).Cast(ElementType.Float32)));
        Near([-1, -1, -1, 4, 5, 6], Evaluate(Matrix.Greater(3).Where(Matrix, -1)));
        Near([0, 1, 0], Evaluate(Integers(1, 2, 3).Equal(Integers(2)).Cast(ElementType.Float32)));
    }

    [Fact]
    public void Casts_drop_fractions()
    {
        Near([-2, 0, 3], Evaluate(Row(-2.7, -0.9, 3.9).Cast(ElementType.Int64).Cast(ElementType.Float32)));
        Near([1, 0, 1], Evaluate(Row(-0.5, 0, 2).Cast(ElementType.Bool).Cast(ElementType.Float32)));
        Near([1, 0], Evaluate(Integers(7, 0).Cast(ElementType.Bool).Cast(ElementType.Int64).Cast(ElementType.Float32)));
    }

    [Fact]
    public void Sums_over_axes()
    {
        Near([5, 7, 9], Evaluate(Matrix.Sum([0])));
        Near([6, 15], Evaluate(Matrix.Sum([-1])));
        Near([21], Evaluate(Matrix.Sum()));
        Near([2, 5], Evaluate(Matrix.Mean([1], keep: true)));
        Assert.Equal([2, 1], Matrix.Sum([1], keep: true).Shape);
        Near([21], Evaluate(Matrix.SumTo([1, 1])));
    }

    [Fact]
    public void Products_of_matrices()
    {
        Near([14, 32, 32, 77], Evaluate(Matrix.MatMul(Matrix.Transpose())));
        Near([17, 22, 27, 22, 29, 36, 27, 36, 45], Evaluate(Matrix.Transpose().MatMul(Matrix)));
        var batch = Matrix.Reshape([2, 1, 3]);
        Near([14, 32, 32, 77], Evaluate(batch.MatMul(Matrix.Transpose())));
        Near([14, 77], Evaluate(batch.MatMul(batch.Transpose())));
    }

    [Fact]
    public void Movements_of_elements()
    {
        Near([1, 4, 2, 5, 3, 6], Evaluate(Matrix.Transpose()));
        Near([1, 4, 2, 5, 3, 6], Evaluate(Matrix.Reshape([1, 2, 3]).Transpose([2, 0, 1])));
        Near([1, 1, 2, 2], Evaluate(Value.Constant(Tensor.Of<float>([2, 1], [1, 2])).Expand([2, 2])));
        Near([1, 2, 3, 9, 4, 5, 6, 8], Evaluate(Value.Concat(1, Matrix, Value.Constant(Tensor.Of<float>([2, 1], [9, 8])))));
        Near([2, 3, 5, 6], Evaluate(Matrix.Slice(1, 1, 2)));
        Near([4, 5, 6], Evaluate(Matrix.Slice(0, 1, 1)));
        Near([4, 5, 6, 1, 2, 3, 4, 5, 6], Evaluate(Matrix.Gather(Integers(1, 0, 1))));
        Near([1, 2, 3, 34, 45, 56], Evaluate(Matrix.ScatterAdd(Integers(1, 1), Value.Constant(Tensor.Of<float>([2, 3], [10, 10, 20, 20, 30, 30])))));
        Near([0, 0, 1, 1, 0, 0], Evaluate(Integers(2, 0).OneHot(3)));
    }

    [Fact]
    public void Rows_of_probabilities()
    {
        Near([0.09003057317038046, 0.24472847105479764, 0.6652409557748219], Evaluate(Row(1, 2, 3).Softmax()));
        Near([-2.4076059644443806, -1.4076059644443804, -0.4076059644443804], Evaluate(Row(1, 2, 3).LogSoftmax()));
        Near([0.5, 0.5], Evaluate(Row(1e30, 1e30).Softmax()));
    }

    [Fact]
    public void Rows_are_normalized()
    {
        // Mean 2, variance 2/3: (1 − 2)/√(2/3 + 1/3) = −1.
        var y = Row(1, 2, 3).LayerNormalization(Row(1, 10, 100), Row(0.5, 0, 0), 1.0 / 3);
        Near([-0.5, 0, 100], Evaluate(y));
    }

    private static Value Row(params double[] numbers) =>
        Value.Constant(Tensor.Of<float>([numbers.Length], [.. numbers.Select(number => (float)number)]));

    private static Value Integers(params long[] numbers) => Value.Constant(Tensor.Of<long>([numbers.Length], numbers));

    private static double[] Evaluate(Value value)
    {
        using var session = new ReferenceEngine(ElementType.Float64).Compile(Graph.Of("meaning", [], [new("y", value)]), new CompileOptions());
        session.Run();
        var y = new Tensor(new(ElementType.Float64, value.Shape));
        session.Read("y", y);
        return y.AsSpan<double>().ToArray();
    }

    private static void Near(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.True(Math.Abs(expected[i] - actual[i]) <= 2e-15 * (1 + Math.Abs(expected[i])), $"[{i}]: {expected[i]:R} expected, {actual[i]:R} given");
        }
    }
}
