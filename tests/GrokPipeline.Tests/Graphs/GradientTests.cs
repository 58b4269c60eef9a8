using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Ops;
using GrokPipeline.Testing;

namespace GrokPipeline.Tests.Graphs;

public sealed class GradientTests
{
    public static TheoryData<string> SmoothSamples =>
        [.. OpSamples.All.Where(pair => pair.Value.Smooth && HasGradient(pair.Value.Graph)).Select(pair => pair.Key)];

    public static TheoryData<string> TrainingSteps => ["mlp training step", "transformer training step"];

    [Theory]
    [MemberData(nameof(SmoothSamples))]
    public void Gradient_of_the_sample_agrees_with_differences(string sample)
    {
        var (graph, inputs, _, _, _) = OpSamples.Find(sample);
        var large = inputs.Values.Sum(tensor => tensor.Shape.Count) > 2000;
        GradientCheck.Verify(graph, inputs, elements: large ? 3 : 12);
    }

    [Theory]
    [MemberData(nameof(TrainingSteps))]
    public void Gradient_of_the_loss_of_a_training_step_agrees_with_differences(string sample)
    {
        var step = OpSamples.Find(sample);
        var loss = step.Graph.Outputs.Single(output => output.Name == "loss");
        var forward = GrokPipeline.Graphs.Passes.DeadValues.Apply(Graph.Of("forward", step.Graph.Inputs, [loss]));
        GradientCheck.Verify(forward, step.Inputs.Where(pair => forward.InputType(pair.Key) is not null).ToDictionary());
    }

    [Theory]
    [MemberData(nameof(TrainingSteps))]
    public void A_whole_training_step_can_be_differentiated(string sample)
    {
        // The new parameters as functions of the old ones: second derivatives of everything that the model is made of.
        var step = OpSamples.Find(sample);
        var outputs = step.Graph.Outputs.Where(output => !output.Name.Contains(".v'", StringComparison.Ordinal));
        var graph = GrokPipeline.Graphs.Passes.DeadValues.Apply(Graph.Of("step", step.Graph.Inputs, outputs));
        GradientCheck.Verify(graph, Inside(step, graph), elements: 3);
    }

    [Fact]
    public void A_parameter_that_the_loss_does_not_use_has_a_gradient_of_zeros()
    {
        var (x, unused) = (Value.Input("x", TensorType.Float32([2])), Value.Input("unused", TensorType.Float32([3, 1])));
        var gradient = Gradients.Of(x.Square().Sum(), [unused]).Single();
        Assert.Equal(new Fill(0, TensorType.Float32([3, 1])), gradient.Op);
    }

    [Fact]
    public void The_loss_has_the_gradient_one_with_respect_to_itself()
    {
        var x = Value.Input("x", TensorType.Float32([]));
        Assert.Equal(new Fill(1, TensorType.Float32([])), Gradients.Of(x, [x]).Single().Op);
    }

    [Fact]
    public void Gradients_of_what_is_used_twice_add_up()
    {
        var x = Value.Input("x", TensorType.Float32([]));
        var graph = Graph.Of("twice", [x], [new("d", Gradients.Of((x * x * x) + (2 * x), [x]).Single())]);
        var d = SessionTensors.Evaluate(graph, new Dictionary<string, Tensor> { ["x"] = Tensor.Scalar(3f) }, "d");
        Assert.Equal([29f], d);                                          // 3x² + 2
    }

    [Fact]
    public void A_gradient_of_no_scalar_is_refused()
    {
        var x = Value.Input("x", TensorType.Float32([2]));
        var error = Assert.Throws<GrokException>(() => Gradients.Of(x, [x]));
        Assert.Equal("x: A gradient needs a float scalar; x: input -> Float32[2] is none. Reduce the loss with Mean or Sum.", error.Message);
    }

    [Fact]
    public void No_gradient_is_built_for_what_no_parameter_reaches()
    {
        var (x, w) = (Value.Input("x", TensorType.Float32([5, 4])), Value.Input("w", TensorType.Float32([4, 3])));
        var gradient = Gradients.Of(x.Exp().MatMul(w).Sum(), [w]).Single();
        Assert.Single(Topology.Of(gradient), value => value.Op is MatMul);          // dW only, no dX
    }

    [Fact]
    public void Gradients_of_slices_are_put_side_by_side()
    {
        var x = Value.Input("x", TensorType.Float32([2, 7]));
        var loss = x.Slice(1, 4, 2).Exp().Sum() + x.Slice(1, 0, 1).Tanh().Sum() + x.Slice(1, 1, 2).Square().Sum();
        var gradient = Gradients.Of(loss, [x]).Single();
        Assert.Equal(5, Assert.IsType<Concat>(gradient.Op) is { Axis: 1 } ? gradient.Inputs.Length : 0);       // 1, 2, zeros, 2, zeros
        Assert.IsType<Fill>(gradient.Inputs[2].Op);
        var point = new Dictionary<string, Tensor> { ["x"] = Tensor.Of<float>([2, 7], [.. Enumerable.Range(0, 14).Select(i => (i - 6) / 8f)]) };
        Assert.InRange(GradientCheck.Verify(Graph.Of("slices", [x], [new("loss", loss)]), point), 0, GradientCheck.Tolerance);

        // What overlaps is added up.
        var overlap = Gradients.Of((x.Slice(1, 0, 3).Exp() * x.Slice(1, 1, 3)).Sum(), [x]).Single();
        Assert.IsType<Elementwise2<Add>>(overlap.Op);
    }

    private static bool HasGradient(Graph graph) =>
        graph.Outputs.Any(output => output.Value.Type.Element.IsFloat()) && graph.Inputs.Any(input => input.Type.Element.IsFloat());

    // Moments away from zero: the root of the second one has its kink there.
    private static Dictionary<string, Tensor> Inside(OpSample step, Graph graph)
    {
        var inputs = step.Inputs.Where(pair => graph.InputType(pair.Key) is not null).ToDictionary(pair => pair.Key, pair => pair.Value.Copy());
        foreach (var (name, tensor) in inputs)
        {
            if (name.EndsWith(".v", StringComparison.Ordinal)) { tensor.AsSpan<float>().Fill(0.7f); }
            if (name.StartsWith("power", StringComparison.Ordinal)) { tensor.AsSpan<float>().Fill(0.5f); }
        }
        return inputs;
    }
}
