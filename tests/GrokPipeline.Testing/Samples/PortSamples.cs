using System.Collections.Immutable;
using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Ops;

namespace GrokPipeline.Testing.Samples;

/// <summary>What inputs, outputs and carried pairs may be.</summary>
internal static class PortSamples
{
    public static Dictionary<string, OpSample> All { get; } = new()
    {
        ["carried state"] = Make((s, outputs) =>
        {
            var (state, rate) = (s.Float("state", [2, 3]), s.Float("rate", []));
            outputs.Add(new("state'", state - (rate * state.Square())));
            outputs.Add(new("norm", state.Square().Sum()));
        }, [new("state'", "state")]),
        ["carried in a circle"] = Make((s, outputs) =>
        {
            var (a, b, c) = (s.Float("a", [3]), s.Float("b", [3]), s.Float("c", [3]));
            outputs.Add(new("a'", b));
            outputs.Add(new("b'", c * 1.5));
            outputs.Add(new("c'", a));
        }, [new("a'", "a"), new("b'", "b"), new("c'", "c")]),
        ["an input that is an output"] = Make((s, outputs) =>
        {
            var x = s.Float("x", [4]);
            outputs.Add(new("same", x));
            outputs.Add(new("double", x + x));
        }, []),
        ["an input that is an output and carried into"] = Make((s, outputs) =>
        {
            var x = s.Float("x", [4]);
            outputs.Add(new("before", x));
            outputs.Add(new("x'", x * 2));
        }, [new("x'", "x")]),
        ["an output that is carried twice"] = Make((s, outputs) =>
        {
            var (x, y) = (s.Float("x", [4]), s.Float("y", [4]));
            outputs.Add(new("sum", x + y));
        }, [new("sum", "x"), new("sum", "y")]),
        ["one value under two names"] = Make((s, outputs) =>
        {
            var y = s.Float("x", [4]).Exp();
            outputs.Add(new("first", y));
            outputs.Add(new("second", y));
        }, []),
        ["an output within the computation"] = Make((s, outputs) =>
        {
            var h = (s.Float("x", [4, 5]) * 3).Tanh().Named("h");
            outputs.Add(new("h", h));
            outputs.Add(new("y", (h + 1).Square()));
        }, []),
        ["an unused input"] = Make((s, outputs) =>
        {
            s.Integers("unused", [3], 4);
            outputs.Add(new("y", s.Float("x", [2]) + 1));
        }, []),
        ["constant outputs"] = Make((s, outputs) =>
        {
            outputs.Add(new("constant", Value.Constant(Tensor.Of<float>([2], [3, 4]))));
            outputs.Add(new("folded", Value.Constant(Tensor.Of<float>([2], [3, 4])).Exp().Sum()));
            outputs.Add(new("y", s.Float("x", [2])));
        }, []),
        ["an integer counter"] = Make((s, outputs) =>
        {
            var state = s.Integers("state", [2], 3);
            outputs.Add(new("state'", (state.Cast(ElementType.Float32) + 1).Cast(ElementType.Int64)));
            outputs.Add(new("odd", state.OneHot(16)));
        }, [new("state'", "state")]),
    };

    private static OpSample Make(Action<SampleInputs, List<GraphOutput>> build, ImmutableArray<CarriedPair> carried)
    {
        var inputs = new SampleInputs();
        var outputs = new List<GraphOutput>();
        build(inputs, outputs);
        return new(Graph.Of("port", inputs.Values, outputs, carried), inputs.Tensors, 1e-6, Runs: 5, Smooth: false);
    }
}
