using System.Collections.Immutable;
using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Ops;
using GrokPipeline.Onnx;
using GrokPipeline.Testing;
using GrokPipeline.Training.Exports;

namespace GrokPipeline.Tests.Onnx;

public sealed class WriterTests
{
    private static readonly ImmutableDictionary<string, Tensor> None = ImmutableDictionary<string, Tensor>.Empty;

    [Fact]
    public void The_batch_is_a_named_axis_and_initializers_are_no_inputs()
    {
        var signature = OnnxReader.Signature(ExportModels.File("transformer"));
        Assert.Equal(["tokens: Int64[batch, 4]"], signature.Inputs.Select(port => port.ToString()));
        Assert.Equal(["logits: Float32[batch, 11]"], signature.Outputs.Select(port => port.ToString()));
        Assert.Contains(signature.Intermediates, port => port.Name == "blocks.0.attn.pattern" && port.Extents!.Value[0].Symbol == "batch");
    }

    [Fact]
    public void A_multiple_of_the_batch_is_named_as_one()
    {
        var signature = OnnxReader.Signature(Write(ExportModels.Stretching(3), ExportModels.Stretching(5)));
        Assert.Equal("y: Float32[batch*2, 3]", signature.Output("y")!.ToString());
    }

    [Fact]
    public void Producer_text_and_sorted_properties_are_in_the_file()
    {
        var signature = OnnxReader.Signature(ExportModels.File("mlp"));
        Assert.Equal("GrokPipeline", signature.Metadata.Producer);
        Assert.Equal("A model for tests.", signature.Metadata.Doc);
        Assert.Equal(["a", "b"], signature.Metadata.Properties.Keys);
    }

    [Theory]
    [InlineData(17, 8)]
    [InlineData(18, 8)]
    [InlineData(19, 9)]
    [InlineData(20, 9)]
    [InlineData(21, 10)]
    public void Each_opset_has_its_format_version(int opset, int version)
    {
        var signature = OnnxReader.Signature(ExportModels.File("mlp", opset));
        Assert.Equal((opset, version), (signature.Opset, signature.IrVersion));
    }

    [Theory]
    [InlineData(16)]
    [InlineData(22)]
    public void Another_opset_is_refused(int opset)
    {
        var error = Assert.Throws<GrokException>(() => ExportModels.File("mlp", opset));
        Assert.Contains("17 to 21", error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void An_output_may_be_an_input_and_a_value_may_be_two_outputs()
    {
        var x = Value.Input("x", TensorType.Float32([2]));
        var y = x + 1;
        var graph = Graph.Of("copies", [x], [new("same", x), new("first", y), new("second", y)]);
        var file = Write(graph);
        Assert.Empty(OnnxCheck.Problems(file));
        Assert.Equal(GraphText.Of(graph), GraphText.Of(OnnxReader.Read(file).Graph));
    }

    [Fact]
    public void Names_that_look_like_made_up_ones_stay()
    {
        var x = Value.Input("v0", TensorType.Float32([2]));
        var graph = Graph.Of("names", [x], [new("v3", ((x + 1).Exp() * 3).Named("v1").Tanh()), new("Add_0", x.Relu())]);
        Assert.Equal(GraphText.Of(graph), GraphText.Of(OnnxReader.Read(Write(graph)).Graph));
    }

    [Fact]
    public void A_number_that_depends_on_the_batch_is_refused_with_its_name()
    {
        static Graph Build(int batch)
        {
            var x = Value.Input("x", TensorType.Float32([batch, 4]));
            return Graph.Of("mean", [x], [new("y", x * Value.Scalar(1.0 / batch).Named("share"))]);
        }
        var error = Assert.Throws<GrokException>(() => Write(Build(3), Build(5)));
        Assert.Equal("share", error.Where);
        Assert.Contains("batch size", error.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_slice_that_depends_on_the_batch_is_refused_with_its_name()
    {
        static Graph Build(int batch)
        {
            var x = Value.Input("x", TensorType.Float32([batch, 4]));
            return Graph.Of("tail", [x], [new("y", x.Slice(0, batch - 2, 2).Named("tail"))]);
        }
        var error = Assert.Throws<GrokException>(() => Write(Build(3), Build(5)));
        Assert.Equal("tail", error.Where);
    }

    [Fact]
    public void An_output_whose_extent_is_no_multiple_of_the_batch_is_refused()
    {
        static Graph Build(int batch)
        {
            var x = Value.Input("x", TensorType.Float32([batch, 4]));
            return Graph.Of("longer", [x], [new("y", Value.Concat(0, [x, Value.Of(new Fill(0, TensorType.Float32([1, 4])))]))]);
        }
        var error = Assert.Throws<GrokException>(() => Write(Build(3), Build(5)));
        Assert.Equal("y", error.Where);
    }

    [Fact]
    public void Graphs_of_two_models_are_refused()
    {
        static Graph Build(int batch, bool more)
        {
            var x = Value.Input("x", TensorType.Float32([batch, 4]));
            return Graph.Of("g", [x], [new("y", more ? x.Exp() : x.Relu())]);
        }
        var error = Assert.Throws<GrokException>(() => Write(Build(3, more: false), Build(5, more: true)));
        Assert.Contains("Exp", error.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_different_batch_axes_are_refused()
    {
        static Graph Build(int a, int b)
        {
            var (x, y) = (Value.Input("x", TensorType.Float32([a, 4])), Value.Input("y", TensorType.Float32([b, 4])));
            return Graph.Of("g", [x, y], [new("s", x.Sum([0]) + y.Sum([0]))]);
        }
        var error = Assert.Throws<GrokException>(() => Write(Build(3, 6), Build(5, 7)));
        Assert.Equal("y", error.Where);
    }

    [Theory]
    [InlineData("Sinh")]
    [InlineData("Relu")]
    public void An_operator_of_somebody_else_is_refused_by_name_whatever_it_calls_itself(string opType)
    {
        var x = Value.Input("x", TensorType.Float32([2]));
        var graph = Graph.Of("g", [x], [new("y", Value.Of(new Foreign(opType), x.Exp()).Named("strange"))]);
        var error = Assert.Throws<GrokException>(() => Write(graph));
        Assert.Contains($"The operator {opType} (Foreign)", error.Problem, StringComparison.Ordinal);
        Assert.Equal("strange", error.Where);
    }

    [Fact]
    public void Every_value_in_between_has_its_type_in_the_file()
    {
        foreach (var file in (byte[][])[ExportModels.FormedFile("transformer", ModelForm.Application, probes: true),
            Write(ExportModels.Stretching(3), ExportModels.Stretching(5))])
        {
            var graph = GraphOf(file);
            var typed = graph.All(13).Concat(graph.All(12)).ToDictionary(info => info.Texts(1).Single());          // value_info, output
            foreach (var output in graph.All(1).SelectMany(node => node.Texts(2)))
            {
                Assert.True(typed.TryGetValue(output, out var info), output);
                var tensor = info.All(2).Single().All(1).Single();                                                 // type, tensor_type
                Assert.True(tensor.Has(1), output);                                                                // elem_type
                Assert.All(tensor.All(2).Single().All(1), extent => Assert.True(extent.Has(1) || extent.Has(2)));  // value or symbol
            }
        }
    }

    [Fact]
    public void A_reshape_that_keeps_the_batch_says_so_instead_of_dividing()
    {
        static Graph Build(int batch)
        {
            var x = Value.Input("x", TensorType.Float32([batch, 6]));
            return Graph.Of("g", [x], [new("y", x.Reshape([batch, 2, 3])), new("z", x.Reshape([batch * 2, 3]))]);
        }
        var shapes = GraphOf(Write(Build(4), Build(5))).All(5).SelectMany(tensor => tensor.Texts(8));
        Assert.Equal(["shape.0_2_3", "shape.-1_3"], shapes);
        var read = OnnxReader.Read(Write(Build(4), Build(5)), 9).Graph;
        Assert.Equal(GraphText.Of(Build(9)), GraphText.Of(read));
    }

    [Fact]
    public void An_initializer_must_fit_an_input()
    {
        var x = Value.Input("x", TensorType.Float32([2]));
        var graph = Graph.Of("g", [x], [new("y", x.Exp())]);
        var unknown = Assert.Throws<GrokException>(() => OnnxWriter.Write(graph, null, One("z", [2]), OnnxMetadata.Empty));
        Assert.Equal("z", unknown.Where);
        var mistyped = Assert.Throws<GrokException>(() => OnnxWriter.Write(graph, null, One("x", [3]), OnnxMetadata.Empty));
        Assert.Contains("Float32[3]", mistyped.Problem, StringComparison.Ordinal);
        Assert.Contains("Float32[2]", mistyped.Problem, StringComparison.Ordinal);
    }

    private static WireFields GraphOf(byte[] file) => new WireFields(file).All(7).Single();

    private sealed record Foreign(string Called) : Op
    {
        public override string OpType => Called;

        public override TensorType Infer(ReadOnlySpan<TensorType> inputs) => inputs[0];

        public override ImmutableArray<Value?> Vjp(Value output, Value cotangent) => [null];

        public override void Evaluate<T>(Buffers<T> buffers) => buffers.Input(0).CopyTo(buffers.Output);
    }

    private static ImmutableDictionary<string, Tensor> One(string name, TensorShape shape) =>
        None.Add(name, new Tensor(TensorType.Float32(shape)));

    private static byte[] Write(Graph small, Graph? large = null) => OnnxWriter.Write(small, large, None, OnnxMetadata.Empty);
}
