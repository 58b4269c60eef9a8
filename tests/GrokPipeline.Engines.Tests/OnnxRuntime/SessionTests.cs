using System.Collections.Immutable;
using GrokPipeline.Engines.OnnxRuntime;
using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Graphs.Ops;

namespace GrokPipeline.Engines.Tests.OnnxRuntime;

public sealed class SessionTests
{
    [Fact]
    public void Names_the_library_and_its_version()
    {
        var facts = new OnnxRuntimeEngine().Facts;
        Assert.Equal("ort-cpu", facts.Name);
        Assert.Matches(@"^1\.\d+\.\d+$", facts.Version);
    }

    [Fact]
    public void A_missing_library_is_an_error_that_names_it()
    {
        var error = Assert.Throws<GrokException>(() => NativeRuntime.Locate([Path.GetTempPath()]));
        Assert.Equal(ProblemKind.Resources, error.Kind);
        Assert.Contains("onnxruntime", error.Where, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_library_cannot_load_is_refused_with_the_values_name()
    {
        var x = Value.Input("x", TensorType.Float32([2]));
        var graph = Graph.Of("strange", [x], [new("y", Value.Of(new NoSuchOperator(), x.Exp()).Named("blocks.0.strange").Tanh())]);
        var error = Assert.Throws<GrokException>(() => new OnnxRuntimeEngine().Compile(graph, new CompileOptions()));
        Assert.Equal("blocks.0.strange", error.Where);
        Assert.Contains("NoSuchOperator", error.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void An_output_outlives_a_new_value_of_the_input_that_it_was_carried_to()
    {
        using var session = Counter();
        session.Run();
        session.Run();
        session.Write("x", Tensor.Of<float>([2], [10, 20]));
        Assert.Equal([10f, 20], Read(session, "x"));
        Assert.Equal([2f, 2], Read(session, "x'"));
        session.Run();
        Assert.Equal([11f, 21], Read(session, "x'"));
        Assert.Equal([11f, 21], Read(session, "x"));
    }

    [Fact]
    public void An_output_is_carried_to_several_inputs()
    {
        var (a, b) = (Value.Input("a", TensorType.Float32([2])), Value.Input("b", TensorType.Float32([2])));
        var graph = Graph.Of("sum", [a, b], [new("s", a + b + 1)], [new("s", "a"), new("s", "b")]);
        using var session = new OnnxRuntimeEngine().Compile(graph, new CompileOptions());
        for (var run = 0; run < 4; run++) { session.Run(); }
        Assert.Equal([15f, 15], Read(session, "a"));
        Assert.Equal([15f, 15], Read(session, "b"));
    }

    [Fact]
    public void An_input_that_nothing_uses_may_be_written()
    {
        var (x, unused) = (Value.Input("x", TensorType.Float32([2])), Value.Input("unused", TensorType.Int64([3])));
        using var session = new OnnxRuntimeEngine().Compile(Graph.Of("g", [x, unused], [new("y", x.Exp())]), new CompileOptions());
        session.Write("unused", Tensor.Of<long>([3], [1, 2, 3]));
        session.Run();
        Assert.Equal([1f, 1], Read(session, "y"));
    }

    [Fact]
    public void A_run_allocates_nothing()
    {
        using var session = Counter();
        session.Run();
        session.Run();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var run = 0; run < 100; run++) { session.Run(); }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static ISession Counter()
    {
        var x = Value.Input("x", TensorType.Float32([2]));
        return new OnnxRuntimeEngine().Compile(Graph.Of("counter", [x], [new("x'", x + 1)], [new("x'", "x")]),
            new CompileOptions { Threads = 1 });
    }

    private static float[] Read(ISession session, string name)
    {
        var tensor = new Tensor(TensorType.Float32([2]));
        session.Read(name, tensor);
        return tensor.AsSpan<float>().ToArray();
    }

    private sealed record NoSuchOperator : Op
    {
        public override string OpType => "NoSuchOperator";

        public override TensorType Infer(ReadOnlySpan<TensorType> inputs) => inputs[0];

        public override ImmutableArray<Value?> Vjp(Value output, Value cotangent) => [null];

        public override void Evaluate<T>(Buffers<T> buffers) => buffers.Input(0).CopyTo(buffers.Output);
    }
}
