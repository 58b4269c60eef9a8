using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Graphs.Ops;

namespace GrokPipeline.Testing;

/// <summary>What every engine must do; one proves itself by a subclass of one line.</summary>
public abstract class EngineConformance<TEngine>
    where TEngine : IEngine, new()
{
    public static TheoryData<string> Cases => [.. OpSamples.All.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Agrees_with_the_reference(string sample)
    {
        var (graph, inputs, tolerance, runs, _) = OpSamples.Find(sample);
        using var session = new TEngine().Compile(graph, new CompileOptions());
        using var reference = new ReferenceEngine(ElementType.Float64).Compile(graph, new CompileOptions());
        foreach (var (name, tensor) in inputs)
        {
            session.Write(name, tensor);
            reference.Write(name, tensor);
        }
        for (var run = 1; run <= runs; run++)
        {
            session.Run();
            reference.Run();
            foreach (var (name, type) in SessionTensors.Port(graph)) { SessionTensors.AssertNear(reference, session, name, type, tolerance, run); }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Gives_the_same_again_when_inputs_are_written_again(string sample)
    {
        var (graph, inputs, _, runs, _) = OpSamples.Find(sample);
        using var session = new TEngine().Compile(graph, new CompileOptions());
        var first = SessionTensors.RunAndRead(session, graph, inputs, runs);
        var second = SessionTensors.RunAndRead(session, graph, inputs, runs);
        foreach (var (name, tensor) in first) { Assert.True(tensor.Bytes.SequenceEqual(second[name].Bytes), $"'{name}' differs the second time."); }
    }

    [Theory]
    [InlineData("mlp training step")]
    [InlineData("transformer training step")]
    [InlineData("matmul of several blocks gradient")]
    [InlineData("reduce sum of much")]
    public void Keeps_its_promise_for_other_numbers_of_threads(string sample)
    {
        Assert.SkipUnless(new TEngine().Facts.Promise == NumericPromise.SameBytes, "The engine promises no equal bytes.");
        var (graph, inputs, _, runs, _) = OpSamples.Find(sample);
        using var one = new TEngine().Compile(graph, new CompileOptions { Threads = 1 });
        using var three = new TEngine().Compile(graph, new CompileOptions { Threads = 3 });
        var expected = SessionTensors.RunAndRead(one, graph, inputs, runs);
        var actual = SessionTensors.RunAndRead(three, graph, inputs, runs);
        foreach (var (name, tensor) in expected) { Assert.True(tensor.Bytes.SequenceEqual(actual[name].Bytes), $"'{name}' differs on 3 threads."); }
    }

    [Fact]
    public void Says_what_it_is()
    {
        var facts = new TEngine().Facts;
        Assert.All([facts.Name, facts.Version, facts.Device], text => Assert.False(string.IsNullOrWhiteSpace(text)));
    }

    [Fact]
    public void Inputs_start_as_zeros()
    {
        using var session = Compile();
        session.Run();
        Assert.Equal([1f, 1], Read(session, "y"));
        Assert.Equal([0f, 0], Read(session, "b"));
    }

    [Fact]
    public void An_input_keeps_its_value_from_run_to_run()
    {
        using var session = Compile();
        session.Write("b", Tensor.Of<float>([2], [2, 3]));
        session.Run();
        session.Run();
        Assert.Equal([6f, 8], Read(session, "y"));                      // a is 3, 4 by then
        Assert.Equal([2f, 3], Read(session, "b"));
    }

    [Fact]
    public void A_write_replaces_what_was_carried()
    {
        using var session = Compile();
        session.Run();
        session.Run();
        Assert.Equal([2f, 2], Read(session, "a"));
        session.Write("a", Tensor.Of<float>([2], [10, 20]));
        Assert.Equal([10f, 20], Read(session, "a"));
        session.Run();
        Assert.Equal([11f, 21], Read(session, "y"));
        Assert.Equal([11f, 21], Read(session, "a"));
    }

    [Fact]
    public void A_written_tensor_may_be_changed_afterwards()
    {
        using var session = Compile();
        var tensor = Tensor.Of<float>([2], [1, 2]);
        session.Write("b", tensor);
        tensor.AsSpan<float>().Fill(100);
        session.Run();
        Assert.Equal([2f, 3], Read(session, "y"));
    }

    [Fact]
    public void Sessions_do_not_share_memory()
    {
        var graph = Counter();
        using var first = new TEngine().Compile(graph, new CompileOptions());
        using var second = new TEngine().Compile(graph, new CompileOptions());
        first.Run();
        second.Run();
        first.Run();
        Assert.Equal([2f, 2], Read(first, "y"));
        Assert.Equal([1f, 1], Read(second, "y"));
    }

    [Fact]
    public void A_tensor_of_another_type_is_refused_with_both_types()
    {
        using var session = Compile();
        var shape = Assert.Throws<GrokException>(() => session.Write("b", Tensor.Of<float>([3], [1, 2, 3])));
        Assert.Contains("Float32[2]", shape.Problem, StringComparison.Ordinal);
        Assert.Contains("Float32[3]", shape.Problem, StringComparison.Ordinal);
        var element = Assert.Throws<GrokException>(() => session.Write("b", Tensor.Of<long>([2], [1, 2])));
        Assert.Contains("Int64[2]", element.Problem, StringComparison.Ordinal);
        var destination = Assert.Throws<GrokException>(() => session.Read("y", new Tensor(TensorType.Float32([2, 1]))));
        Assert.Contains("Float32[2, 1]", destination.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_name_is_refused()
    {
        using var session = Compile();
        var write = Assert.Throws<GrokException>(() => session.Write("y", new Tensor(TensorType.Float32([2]))));
        Assert.Contains("'y'", write.Problem, StringComparison.Ordinal);
        var read = Assert.Throws<GrokException>(() => session.Read("z", new Tensor(TensorType.Float32([2]))));
        Assert.Contains("'z'", read.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(1L << 40)]
    [InlineData(long.MinValue)]
    public void A_row_that_is_not_there_is_an_error(long index)
    {
        var (data, rows) = (Value.Input("data", TensorType.Float32([4, 3])), Value.Input("rows", TensorType.Int64([2])));
        var graph = Graph.Of("rows", [data, rows], [new("y", data.Gather(rows))]);
        using var session = new TEngine().Compile(graph, new CompileOptions());
        session.Write("rows", Tensor.Of<long>([2], [0, index]));
        Assert.Throws<GrokException>(session.Run);
    }

    // y = a + b + 1, carried to a.
    private static Graph Counter()
    {
        var (a, b) = (Value.Input("a", TensorType.Float32([2])), Value.Input("b", TensorType.Float32([2])));
        return Graph.Of("counter", [a, b], [new("y", a + b + 1)], [new("y", "a")]);
    }

    private static ISession Compile() => new TEngine().Compile(Counter(), new CompileOptions());

    private static float[] Read(ISession session, string name)
    {
        var tensor = new Tensor(TensorType.Float32([2]));
        session.Read(name, tensor);
        return tensor.AsSpan<float>().ToArray();
    }
}
