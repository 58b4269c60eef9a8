using GrokPipeline.Engines.Simd;
using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Graphs.Ops;

namespace GrokPipeline.Engines.Tests.Simd;

/// <summary>Shapes that do not fit one another: one loop reads rows of different lengths from the same memory.</summary>
public sealed class ShapeTests
{
    [Fact]
    public void A_row_may_span_rows_of_another_shape()
    {
        var (x, gain) = (Value.Input("x", TensorType.Float32([264, 17])), Value.Input("gain", TensorType.Float32([66])));
        AssertAgrees([x, gain], x.Tanh().Reshape([68, 66]) * gain);
    }

    [Fact]
    public void A_sum_may_span_rows_of_another_shape()
    {
        var x = Value.Input("x", TensorType.Float32([64, 17]));
        AssertAgrees([x], x.Tanh(), x.Tanh().Reshape([34, 32]).Sum([1]));
    }

    [Fact]
    public void Sums_run_over_axes_that_do_not_follow_one_another()
    {
        var x = Value.Input("x", TensorType.Float32([7, 5, 33]));
        AssertAgrees([x], x.Transpose([1, 0, 2]).Sum([1, 2]));
    }

    [Theory]
    [InlineData(131, 70)]
    [InlineData(33, 5)]
    public void A_transposition_is_copied_in_pieces(int rows, int columns)
    {
        var x = Value.Input("x", TensorType.Float32([2, rows, columns]));
        AssertAgrees([x], x.Transpose(), Value.Concat(1, x.Transpose(), Value.Of(new Fill(0.5, TensorType.Float32([2, 100, rows])))));
    }

    [Fact]
    public void A_long_stretch_is_copied_in_pieces()
    {
        var (x, y) = (Value.Input("x", TensorType.Float32([3, 5000])), Value.Input("y", TensorType.Float32([2, 5000])));
        AssertAgrees([x, y], Value.Concat(0, x, y), Value.Concat(0, y, x, y));
    }

    [Fact]
    public void Rows_may_be_wider_than_the_cache()
    {
        var x = Value.Input("x", TensorType.Float32([3, 20_000]));
        AssertAgrees([x], x.Mean([1]), x.Softmax());
    }

    // Up to 16 columns a row is one group of lanes, and some rows run side by side; 11 is no multiple of how many.
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(10)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(33)]
    public void Rows_of_any_width_give_their_totals(int columns)
    {
        var (x, bias) = (Value.Input("x", TensorType.Float32([11, columns])), Value.Input("bias", TensorType.Float32([columns])));
        var scores = (x + bias).LogSoftmax();
        AssertAgrees([x, bias], scores, scores.Sum([0]), scores.Sum([1]), (scores * x).Sum(), scores.Exp().Sum([0]));
    }

    [Theory]
    [InlineData(16)]
    [InlineData(33)]
    [InlineData(64)]
    public void Rows_of_tables_are_read_by_index_where_they_are(int width)
    {
        var tables = TensorType.Float32([9, width]);
        var (first, second) = (Value.Input("first", tables), Value.Input("second", tables));
        var bias = Value.Input("bias", TensorType.Float32([width]));
        var pairs = Value.Input("pairs", TensorType.Int64([50, 2]));
        var sum = first.Gather(pairs.Slice(1, 0, 1).Reshape([50])) + second.Gather(pairs.Slice(1, 1, 1).Reshape([50]));
        var inputs = new[] { first, second, bias, pairs };
        AssertAgrees(inputs, sum);                                                       // no other rows to walk
        AssertAgrees(inputs, (sum + bias).Relu(), sum.Sum([0]));
        AssertAgrees(inputs, (sum + bias).LogSoftmax(), sum.Sum());                      // a row's maximum and sum
        AssertAgrees(inputs, second.Gather(pairs) + bias, second.Gather(pairs).Sum([1]));
        AssertAgrees(inputs, second.Gather(pairs).Reshape([50, 2 * width]).Softmax());   // two rows of the table are one row
    }

    [Fact]
    public void Rows_of_tables_may_have_different_widths()
    {
        var (wide, narrow) = (Value.Input("wide", TensorType.Float32([9, 64])), Value.Input("narrow", TensorType.Float32([9, 32])));
        var (some, twice) = (Value.Input("some", TensorType.Int64([25])), Value.Input("twice", TensorType.Int64([50])));
        var sum = wide.Gather(some) + narrow.Gather(twice).Reshape([25, 64]);
        AssertAgrees([wide, narrow, some, twice], sum);
        AssertAgrees([wide, narrow, some, twice], sum.Reshape([50, 32]) * narrow.Gather(twice), sum.Sum([1]));
    }

    // A loop of 3,000 rows and several chunks adds them to tables; one of 40 rows leaves it to a kernel.
    [Theory]
    [InlineData(3000, 16)]
    [InlineData(3000, 33)]
    [InlineData(40, 33)]
    public void Computed_rows_are_added_to_tables(int rows, int width)
    {
        var x = Value.Input("x", TensorType.Float32([rows, width]));
        var pairs = Value.Input("pairs", TensorType.Int64([rows, 2]));
        var (first, second) = (pairs.Slice(1, 0, 1).Reshape([rows]), pairs.Slice(1, 1, 1).Reshape([rows]));
        var table = Value.Of(new Fill(0, TensorType.Float32([9, width])));
        var computed = x.Tanh() * 0.125f;
        AssertAgrees([x, pairs], table.ScatterAdd(first, computed), table.ScatterAdd(second, computed), computed.Sum([0]));
        AssertAgrees([x, pairs], table.ScatterAdd(first, x.Softmax()), x.Softmax());
        AssertAgrees([x, pairs], (table + 1).ScatterAdd(first, computed));
    }

    [Fact]
    public void Gradients_of_parts_of_a_matrix_lie_side_by_side()
    {
        var (x, y) = (Value.Input("x", TensorType.Float32([70, 20])), Value.Input("y", TensorType.Float32([70, 31])));
        var (tall, wide) = (Value.Input("tall", TensorType.Float32([51, 33])), Value.Input("wide", TensorType.Float32([33, 40])));
        var hidden = (x.MatMul(tall.Slice(0, 0, 20)) + y.MatMul(tall.Slice(0, 20, 31))).Tanh();
        var loss = (hidden.MatMul(wide.Slice(1, 0, 17)).Sum() * hidden.MatMul(wide.Slice(1, 17, 23)).Mean()) * 1e-3f;
        var gradients = Gradients.Of(loss, [tall, wide]);
        AssertAgrees([x, y, tall, wide], [.. gradients]);
    }

    private static void AssertAgrees(Value[] inputs, params Value[] outputs)
    {
        var graph = Graph.Of("shapes", inputs, outputs.Select((output, i) => new GraphOutput($"y{i}", output)));
        using var simd = new SimdEngine().Compile(graph, new CompileOptions { Threads = 2 });
        using var reference = new ReferenceEngine(ElementType.Float64).Compile(graph, new CompileOptions());
        foreach (var input in inputs)
        {
            var tensor = new Tensor(input.Type);
            for (var i = 0; i < input.Shape.Count; i++)
            {
                if (input.Type.Element == ElementType.Int64) { tensor.AsSpan<long>()[i] = i * 5 % 9; }
                else { tensor.AsSpan<float>()[i] = ((i * 37 % 101) - 50) / 50f; }
            }
            simd.Write(input.Name!, tensor);
            reference.Write(input.Name!, tensor);
        }
        simd.Run();
        reference.Run();
        foreach (var (name, value) in graph.Outputs)
        {
            var (found, expected) = (new Tensor(value.Type), new Tensor(new TensorType(ElementType.Float64, value.Shape)));
            simd.Read(name, found);
            reference.Read(name, expected);
            for (var i = 0; i < value.Shape.Count; i++)
            {
                var (got, want) = (found.AsSpan<float>()[i], expected.AsSpan<double>()[i]);
                Assert.True(Math.Abs(got - want) <= 1e-5 * Math.Max(1, Math.Abs(want)), $"{name}[{i}] is {got}; {want} was expected.");
            }
        }
    }
}
