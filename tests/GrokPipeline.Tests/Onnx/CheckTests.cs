using GrokPipeline.Onnx;
using GrokPipeline.Testing;

namespace GrokPipeline.Tests.Onnx;

public sealed class CheckTests
{
    private static readonly Dictionary<string, (Wire File, string Says)> Cases = new(StringComparer.Ordinal)
    {
        ["no opset"] = (new Wire().Int(1, 8).Text(2, "p").Message(7, Body(Wire.Node("Relu", ["x"], "y"))), "default operator set"),
        ["old format"] = (Wire.Model(Body(Wire.Node("Relu", ["x"], "y")), opset: 20), "Format version 8"),
        ["order"] = (Wire.Model(Body(Wire.Node("Relu", ["a"], "y"), Wire.Node("Relu", ["x"], "a"))), "'a' is used before"),
        ["assigned twice"] = (Wire.Model(Body(Wire.Node("Relu", ["x"], "x"), Wire.Node("Relu", ["x"], "y"))), "'x' is assigned twice"),
        ["untyped input"] = (Wire.Model(Body(Wire.Node("Add", ["x", "z"], "y")).Message(11, new Wire().Text(1, "z"))),
            "'z' has no element type"),
        ["unknown attribute"] = (Wire.Model(Body(Wire.Node("Relu", ["x"], "y", new Wire().Text(1, "k").Int(3, 1).Int(20, 2)))), "'k'"),
        ["untyped attribute"] = (Wire.Model(Body(Wire.Node("Softmax", ["x"], "y", new Wire().Text(1, "axis").Int(3, 1)))), "'axis'"),
        ["missing attribute"] = (Wire.Model(Body(Wire.Node("Cast", ["x"], "y"))), "no attribute 'to'"),
        ["number of inputs"] = (Wire.Model(Body(Wire.Node("Where", ["x"], "y"))), "1 inputs"),
        ["torn tensor"] = (Wire.Model(Body(Wire.Node("Relu", ["x"], "y")).Message(5, Wire.Tensor("w", 1, [3], new byte[4]))),
            "initializer 'w'"),
        ["unordered keys"] = (Wire.Model(Body(Wire.Node("Relu", ["x"], "y"))).Message(14, Pair("b")).Message(14, Pair("a")),
            "not in order"),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Finds_what_is_wrong(string name) =>
        Assert.Contains(
            OnnxCheck.Problems(Cases[name].File.ToArray()), problem => problem.Contains(Cases[name].Says, StringComparison.Ordinal));

    [Theory]
    [InlineData("transformer")]
    [InlineData("mlp")]
    [InlineData("features")]
    public void Finds_nothing_wrong_with_exported_models(string name)
    {
        for (var opset = OnnxWriter.FirstOpset; opset <= OnnxWriter.LastOpset; opset++)
        {
            Assert.Empty(OnnxCheck.Problems(ExportModels.File(name, opset)));
        }
    }

    private static Wire Body(params Wire[] nodes) =>
        new Wire().Text(2, "g").Messages(1, nodes).Message(11, Wire.Port("x", 1, 2)).Message(12, Wire.Port("y", 1, 2));

    private static Wire Pair(string key) => new Wire().Text(1, key).Text(2, "");
}
