using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Engines;

namespace GrokPipeline.Tests.Graphs;

public sealed class ReferenceEngineTests
{
    private static readonly Graph Third = Make();

    [Fact]
    public void In_double_precision_floats_are_doubles()
    {
        using var session = new ReferenceEngine(ElementType.Float64).Compile(Third, new CompileOptions());
        session.Write("x", Tensor.Scalar(1.0));
        session.Run();
        var y = new Tensor(new(ElementType.Float64, []));
        session.Read("y", y);
        Assert.Equal(1.0 / 3, y.AsSpan<double>()[0]);
        session.Write("x", Tensor.Scalar(0.1f));                         // a float32 tensor is widened
        session.Run();
        session.Read("y", y);
        Assert.Equal((double)0.1f / 3, y.AsSpan<double>()[0]);
    }

    [Fact]
    public void In_double_precision_a_float32_destination_is_refused_with_both_types()
    {
        using var session = new ReferenceEngine(ElementType.Float64).Compile(Third, new CompileOptions());
        var error = Assert.Throws<GrokException>(() => session.Read("y", Tensor.Scalar(0f)));
        Assert.Equal("y: In graph third, 'y' is Float64[]; a tensor of Float32[] was given. Give a tensor of Float64[].", error.Message);
    }

    [Fact]
    public void In_single_precision_a_double_is_refused()
    {
        using var session = new ReferenceEngine().Compile(Third, new CompileOptions());
        Assert.Throws<GrokException>(() => session.Write("x", Tensor.Scalar(1.0)));
    }

    [Fact]
    public void A_misspelt_name_is_answered_with_the_known_ones()
    {
        using var session = new ReferenceEngine().Compile(
            Graph.Of("g", [Value.Input("tokens", TensorType.Int64([1]))], [new("logits", Value.Scalar(1))]), new CompileOptions());
        var write = Assert.Throws<GrokException>(() => session.Write("token", Tensor.Of<long>([1], [0])));
        Assert.Equal("Graph g has no input 'token'. Did you mean 'tokens'?", write.Problem);
        var read = Assert.Throws<GrokException>(() => session.Read("logit", Tensor.Scalar(0f)));
        Assert.Equal("Graph g has no output or input 'logit'. Did you mean 'logits'?", read.Problem);
        Assert.Equal("Its outputs and inputs are: logits, tokens.", read.Remedy);
    }

    [Fact]
    public void It_computes_in_floats_only() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new ReferenceEngine(ElementType.Int64));

    private static Graph Make()
    {
        var x = Value.Input("x", TensorType.Float32([]));
        return Graph.Of("third", [x], [new("y", x / 3)]);
    }
}
