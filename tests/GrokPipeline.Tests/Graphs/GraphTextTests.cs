using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Ops;
using GrokPipeline.Testing;

namespace GrokPipeline.Tests.Graphs;

public sealed class GraphTextTests
{
    [Fact]
    public void A_graph_is_one_line_per_value()
    {
        var (x, w) = (Value.Input("x", TensorType.Float32([2, 3])), Value.Input("w", TensorType.Float32([3, 4])));
        var h = x.MatMul(w).Named("hidden");
        var ids = Value.Constant(Tensor.Of<long>([2], [1, 0]));
        var graph = Graph.Of(
            "layer", [x, w],
            [new("w'", w - (0.1 * w)), new("loss", h.Tanh().Sum([0, 1])), new("rows", h.Gather(ids)), new("ones", Value.Of(new Fill(1, x.Type)))],
            [new("w'", "w")]);
        Assert.Equal(
            """
            graph layer
            %x: Float32[2, 3] = input
            %w: Float32[3, 4] = input
            %0: Float32[3, 4] = Mul(0.1, %w)
            %1: Float32[3, 4] = Sub(%w, %0)
            %2: Float32[2, 4] = MatMul(%x, %w)  # hidden
            %3: Float32[2, 4] = Tanh(%2)
            %4: Float32[] = ReduceSum(%3, axes=[0, 1], keepdims=0, noop_with_empty_axes=1)
            %5: Int64[2] = Constant({1, 0})
            %6: Float32[2, 4] = Gather(%2, %5, axis=0)
            %7: Float32[2, 3] = Fill(1)
            output w' = %1
            output loss = %4
            output rows = %6
            output ones = %7
            carry w' -> w

            """,
            GraphText.Of(graph), ignoreLineEndingDifferences: true);
    }

    [Fact]
    public void A_value_is_the_text_of_all_that_it_needs()
    {
        var x = Value.Input("x", TensorType.Float32([2]));
        Assert.Equal("%x: Float32[2] = input\n%0: Float32[2] = Exp(%x)\n-> %0\n", GraphText.Of(x.Exp()));
        Assert.Equal("%x: Float32[2] = input\n%0: Float32[2] = Exp(%x)\n-> %0, %x, 0.25\n", GraphText.Of([x.Exp(), x, 0.25]));
    }

    [Fact]
    public void Large_constants_go_by_their_content()
    {
        var (a, b) = (new Tensor(TensorType.Float32([100])), new Tensor(TensorType.Float32([100])));
        Assert.Equal(GraphText.Of(Value.Constant(a)), GraphText.Of(Value.Constant(b)));
        b.AsSpan<float>()[99] = 1;
        Assert.NotEqual(GraphText.Of(Value.Constant(a)), GraphText.Of(Value.Constant(b)));
        Assert.Contains("= Constant(sha256:", GraphText.Of(Value.Constant(a)), StringComparison.Ordinal);
    }

    [Fact]
    public void The_gradient_graph_of_one_layer_is_as_approved()
    {
        var (x, w) = (Value.Input("x", TensorType.Float32([2, 3])), Value.Input("w", TensorType.Float32([3, 4])));
        var loss = x.MatMul(w).Tanh().Sum();
        Approve.Text(GraphText.Of(Gradients.Of(loss, [w])), "tanh-layer.graph.txt");
    }

    [Theory]
    [InlineData("mlp training step", "mlp-step.graph.txt")]
    [InlineData("transformer training step", "transformer-step.graph.txt")]
    public void A_training_step_is_as_approved(string sample, string file) => Approve.Text(GraphText.Of(OpSamples.Find(sample).Graph), file);
}
