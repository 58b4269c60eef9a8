using GrokPipeline.Data;
using GrokPipeline.Probes;
using GrokPipeline.Probes.Landscape;
using GrokPipeline.Tables;

namespace GrokPipeline.Tests.Probes;

public sealed class SoftmaxCollapseTests
{
    [Fact]
    public void A_row_is_dead_when_its_lead_is_lost_in_rounding()
    {
        // Against one rival, e^−17 = 4e-8 is below half a unit of 1 in float32 (6e-8), e^−16 = 1.1e-7 is not.
        var context = Context([17, 0, 16, 0, 0, 20, 20, 0], [0, 0, 1, 1]);
        var found = Assert.Single(new SoftmaxCollapseProbe(new SoftmaxCollapseOptions { On = "all" }).Run(context));
        Assert.Equal(("logits", "dead_fraction", 0.5), (found.Target, found.Name, found.Value));
    }

    [Fact]
    public void The_gradient_of_a_network_is_compared_with_its_weights()
    {
        using var tiny = new TinyNetwork();
        var checkpoint = tiny.Context.Checkpoint;
        var logits = new Activation([5], new float[tiny.Context.Rows.Rows * 5]);
        var context = tiny.Context with { Checkpoint = new MadeUp(7, new(checkpoint.Parameters), new() { ["logits"] = logits }) };
        var found = new SoftmaxCollapseProbe(new SoftmaxCollapseOptions { MaxRows = 8 }).Run(context).Single(f => f.Name == "scaling_cosine");

        using var surface = LossSurface.Of(context, RowSample.Of(context, "train", 8, "softmax_collapse"), "");
        var (point, gradient) = (surface.Flatten(checkpoint.Parameters), new float[surface.Size]);
        surface.Gradient(point, gradient);
        var expected = -MathNet.Numerics.LinearAlgebra.Vector<double>.Build.DenseOfEnumerable(point.Select(x => (double)x))
            .Normalize(2).DotProduct(MathNet.Numerics.LinearAlgebra.Vector<double>.Build.DenseOfEnumerable(gradient.Select(x => (double)x)).Normalize(2));
        Assert.Equal(expected, found.Value, 1e-9);
    }

    private static ProbeContext Context(float[] logits, long[] labels) => Contexts.Of("w", new Tensor(TensorType.Float32([2]))) with
    {
        Checkpoint = new MadeUp(4, [], new() { ["logits"] = new([2], logits) }),
        Rows = Table.Of(ColumnValues.Of("label", labels)),
        Facts = new DatasetFacts { Classes = 2 },
    };
}
