using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Graphs.Ops;
using GrokPipeline.Graphs.Passes;
using GrokPipeline.Testing;

namespace GrokPipeline.Tests.Graphs;

public sealed class PassTests
{
    private static readonly Value X = Value.Input("x", TensorType.Float32([2]));

    public static MatrixTheoryData<string, string> Rows => new(Passes.Keys, OpSamples.All.Keys);

    private static Dictionary<string, Func<Graph, Graph>> Passes { get; } = new()
    {
        ["dead values"] = DeadValues.Apply,
        ["constant folding"] = ConstantFolding.Apply,
        ["identities"] = Identities.Apply,
        ["constant folding, then identities"] = graph => Identities.Apply(ConstantFolding.Apply(graph)),
        ["common subexpressions"] = CommonSubexpressions.Apply,
        ["with the same outputs"] = graph => WithOutputs.Apply(graph, graph.Outputs.Select(output => output.Name)),
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void Outputs_stay_the_same_bytes_and_a_second_time_changes_nothing(string pass, string sample)
    {
        var (graph, inputs, _, runs, _) = OpSamples.Find(sample);
        var once = Passes[pass](graph);
        Assert.Equal(GraphText.Of(once), GraphText.Of(Passes[pass](once)));
        var (expected, actual) = (Run(graph, inputs, runs), Run(once, inputs, runs));
        foreach (var output in graph.Outputs)
        {
            Assert.True(expected[output.Name].Bytes.SequenceEqual(actual[output.Name].Bytes), $"{output.Name} differs");
        }
    }

    [Fact]
    public void Inputs_that_nobody_needs_are_removed_unless_they_are_state()
    {
        var (unused, state) = (Value.Input("unused", X.Type), Value.Input("state", X.Type));
        var graph = Graph.Of("g", [X, unused, state], [new("state'", X + 1)], [new("state'", "state")]);
        Assert.Equal([X, state], DeadValues.Apply(graph).Inputs);
    }

    [Fact]
    public void What_is_computed_twice_is_computed_once()
    {
        var graph = Graph.Of("g", [X], [new("y", (X + 1).Exp() * (X + 1).Exp()), new("z", (X + 1).Exp().Sum())]);
        var once = CommonSubexpressions.Apply(graph);
        Assert.Equal(
            "graph g\n%x: Float32[2] = input\n%0: Float32[2] = Add(%x, 1)\n%1: Float32[2] = Exp(%0)\n%2: Float32[2] = Mul(%1, %1)\n"
            + "%3: Float32[] = ReduceSum(%1, axes=[0], keepdims=0, noop_with_empty_axes=1)\noutput y = %2\noutput z = %3\n",
            GraphText.Of(once));
    }

    [Fact]
    public void Of_equal_values_the_named_one_stays()
    {
        var graph = Graph.Of("g", [X], [new("y", X.Exp() + X.Exp().Named("a") + X.Exp().Named("b"))]);
        var once = CommonSubexpressions.Apply(graph);
        Assert.NotNull(once.Find("a"));
        Assert.NotNull(once.Find("b"));
        Assert.Equal(2, once.Values.Count(value => value.Op is Elementwise<Exp>));
    }

    [Fact]
    public void What_depends_on_constants_alone_is_computed()
    {
        var table = Value.Constant(Tensor.Of<float>([2], [1, 2]));
        var graph = Graph.Of("g", [X], [new("y", X * ((table * 2) + 1).Named("known")), new("z", X + Value.Scalar(3).Expand([2]).Exp().Log())]);
        Assert.Equal(
            "graph g\n%x: Float32[2] = input\n%0: Float32[2] = Constant({3, 5})  # known\n%1: Float32[2] = Mul(%x, %0)\n"
            + "%2: Float32[2] = Fill(3)\n%3: Float32[2] = Add(%x, %2)\noutput y = %1\noutput z = %3\n",
            GraphText.Of(ConstantFolding.Apply(graph)));
    }

    [Fact]
    public void Large_constants_are_not_made()
    {
        var wide = Value.Concat(0, Value.Constant(Tensor.Of<float>([2], [1, 2])), Value.Scalar(1).Expand([ConstantFolding.LargestCount])).Named("wide");
        var graph = ConstantFolding.Apply(Graph.Of("g", [], [new("y", wide)]));
        Assert.IsType<Concat>(graph.Find("wide")!.Op);
    }

    [Fact]
    public void One_number_everywhere_is_folded_at_any_size()
    {
        var wide = (Value.Scalar(3).Expand([1 << 20, 4]).Transpose() * 2).Greater(5).Cast(ElementType.Float32).Named("wide");
        var graph = ConstantFolding.Apply(Graph.Of("g", [], [new("y", wide)]));
        Assert.Equal(new Fill(1, TensorType.Float32([4, 1 << 20])), graph.Find("wide")!.Op);
    }

    [Fact]
    public void What_changes_no_bit_is_left_out()
    {
        var ones = Value.Of(new Fill(1, X.Type));
        var graph = Graph.Of("g", [X], [new("y", (((X * ones) / 1) - 0).Exp()), new("z", (ones * X) + Value.Of(new Fill(0.5, X.Type)))]);
        Assert.Equal(
            "graph g\n%x: Float32[2] = input\n%0: Float32[2] = Exp(%x)\n%1: Float32[2] = Add(%x, 0.5)\noutput y = %0\noutput z = %1\n",
            GraphText.Of(Identities.Apply(graph)));
    }

    [Fact]
    public void What_changes_a_bit_or_a_shape_stays()
    {
        Value[] values = [X + 0, X - Value.Scalar(-0.0), 1 / X, X * Value.Of(new Fill(1, TensorType.Float32([3, 2]))), (X * 1).Named("h")];
        var graph = Graph.Of("g", [X], values.Select((value, index) => new GraphOutput($"y{index}", value)));
        Assert.Equal(GraphText.Of(graph), GraphText.Of(Identities.Apply(graph)));
    }

    [Fact]
    public void An_error_of_the_run_stays_one()
    {
        var rows = Value.Constant(Tensor.Of<long>([1], [7]));
        var graph = ConstantFolding.Apply(Graph.Of("g", [], [new("y", Value.Constant(Tensor.Of<float>([2], [1, 2])).Gather(rows))]));
        using var session = new ReferenceEngine().Compile(graph, new CompileOptions());
        var error = Assert.Throws<GrokException>(session.Run);
        Assert.Equal("Gather met the index 7; there are 2.", error.Problem);
    }

    [Fact]
    public void Values_inside_become_outputs_and_inputs_that_only_others_need_go()
    {
        var label = Value.Input("label", X.Type);
        var hidden = X.Tanh().Named("hidden");
        var graph = Graph.Of("g", [X, label], [new("logits", hidden + 1), new("loss", (hidden - label).Square().Sum())]);
        var inner = WithOutputs.Apply(graph, ["hidden", "logits"]);
        Assert.Equal(["hidden", "logits"], inner.Outputs.Select(output => output.Name));
        Assert.Equal([X], inner.Inputs);
        var error = Assert.Throws<GrokException>(() => WithOutputs.Apply(graph, ["hiden"]));
        Assert.Equal("Graph g has no output and no value named 'hiden'. Did you mean 'hidden'?", error.Problem);
    }

    [Fact]
    public void Inputs_are_replaced_names_change_and_what_does_not_depend_on_them_stays()
    {
        var other = Value.Input("other", X.Type);
        var (kept, hidden) = (other.Exp().Named("kept"), X.Tanh().Named("hidden"));
        var outside = Value.Input("i", TensorType.Int64([2]));
        var made = outside.Cast(ElementType.Float32);
        var (sum, same) = (hidden + kept, kept);
        var rewired = Rewired.Apply([sum, same], new Dictionary<Value, Value> { [X] = made }, name => $"0.{name}");
        Assert.Same(kept, rewired[1]);
        Assert.Equal(
            "%i: Int64[2] = input\n%0: Float32[2] = Cast(%i, to=1)\n%1: Float32[2] = Tanh(%0)  # 0.hidden\n%other: Float32[2] = input\n"
            + "%2: Float32[2] = Exp(%other)  # kept\n%3: Float32[2] = Add(%1, %2)\n-> %3\n",
            GraphText.Of(rewired[0]));
        Assert.Null(Rewired.Apply([hidden], new Dictionary<Value, Value> { [X] = other }, _ => null)[0].Name);
        Assert.Equal("hidden", Rewired.Apply([hidden], new Dictionary<Value, Value> { [X] = other })[0].Name);
        var error = Assert.Throws<GrokException>(() => Rewired.Apply([sum], new Dictionary<Value, Value> { [X] = outside }));
        Assert.Contains("Int64[2]", error.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pair_is_carried_on_only_if_its_output_stays()
    {
        var graph = Graph.Of("g", [X], [new("x'", X + 1), new("norm", X.Sum())], [new("x'", "x")]);
        Assert.Empty(WithOutputs.Apply(graph, ["norm"]).Carried);
        Assert.Single(WithOutputs.Apply(graph, ["x'"]).Carried);
    }

    private static Dictionary<string, Tensor> Run(Graph graph, IReadOnlyDictionary<string, Tensor> inputs, int runs)
    {
        using var session = new ReferenceEngine().Compile(graph, new CompileOptions());
        return SessionTensors.RunAndRead(
            session, graph, inputs.Where(pair => graph.InputType(pair.Key) is not null).ToDictionary(), runs);
    }
}
