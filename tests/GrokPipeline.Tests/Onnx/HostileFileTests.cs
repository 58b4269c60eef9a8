using GrokPipeline.Onnx;
using GrokPipeline.Testing;

namespace GrokPipeline.Tests.Onnx;

/// <summary>Files that are wrong in one way each: refused with the place, before anything large is allocated.</summary>
public sealed class HostileFileTests
{
    private static readonly byte[] Floats2 = new byte[8];

    private static readonly Dictionary<string, (Wire File, string Says)> Cases = new(StringComparer.Ordinal)
    {
        ["no graph"] = (new Wire().Int(1, 8), "no graph"),
        ["unknown operator"] = (Graph(Wire.Node("Conv", ["x"], "y")), "Conv is not supported"),
        ["unknown domain of a node"] = (Graph(Wire.Node("Relu", ["x"], "y").Text(7, "com.microsoft")), "com.microsoft"),
        ["unknown domain imported"] = (Wire.Model(Body(Wire.Node("Relu", ["x"], "y")), domain: "com.example"), "com.example"),
        ["old opset"] = (Wire.Model(Body(Wire.Node("Relu", ["x"], "y")), opset: 13), "opset 13"),
        ["cycle"] = (Graph(Wire.Node("Relu", ["b"], "a"), Wire.Node("Relu", ["a"], "b"), Wire.Node("Add", ["x", "a"], "y")),
            "'b' is used before"),
        ["own input"] = (Graph(Wire.Node("Relu", ["y"], "y")), "'y' is used before"),
        ["wrong order"] = (Graph(Wire.Node("Relu", ["a"], "y"), Wire.Node("Relu", ["x"], "a")), "'a' is used before"),
        ["two values of one name"] = (Graph(Wire.Node("Relu", ["x"], "y"), Wire.Node("Exp", ["x"], "y")), "'y' is computed twice"),
        ["two inputs of one name"] = (Wire.Model(Body(Wire.Node("Relu", ["x"], "y")).Message(11, Wire.Port("x", 1, 2))), "two inputs 'x'"),
        ["no such output"] = (Graph(Wire.Node("Relu", ["x"], "z")), "'y' is computed nowhere"),
        ["wrong output type"] = (Graph(Wire.Node("Greater", ["x", "x"], "y")), "Bool[2]"),
        ["two outputs of a node"] = (Graph(Wire.Node("Relu", ["x"], "y").Text(2, "z")), "2 outputs"),
        ["too few inputs"] = (Graph(Wire.Node("Add", ["x"], "y")), "takes 2 inputs"),
        ["too many inputs"] = (Graph(Wire.Node("Relu", ["x", "w"], "y")), "1 inputs too many"),
        ["unknown attribute"] = (Graph(Wire.Node("Relu", ["x"], "y", Attribute("alpha", 2, 3, 1))), "'alpha'"),
        ["subgraph"] = (Graph(Wire.Node("Relu", ["x"], "y", new Wire().Text(1, "body").Message(6, new Wire()).Int(20, 5))), "'body'"),
        ["attribute of another type"] = (Graph(Wire.Node("Softmax", ["x"], "y", new Wire().Text(1, "axis").Text(4, "last").Int(20, 3))),
            "axis"),
        ["gather of another axis"] = (Graph(Wire.Node("Gather", ["x", "x"], "y", Attribute("axis", 2, 3, 1))), "axis"),
        ["types that do not fit"] = (Graph(Wire.Node("MatMul", ["x", "x"], "y")), "MatMul"),
        ["shapes that do not fit"] = (Graph(Wire.Node("Add", ["x", "w3"], "y")), "do not broadcast"),
        ["computed shape"] = (Graph(Wire.Node("Reshape", ["x", "x"], "y")), "would have to be known"),
        ["data of another size"] = (WithTensor(Wire.Tensor("t", 1, [3], Floats2)), "asks for 12"),
        ["2^40 elements"] = (WithTensor(Wire.Tensor("t", 1, [1L << 40], Floats2)), "extent beyond 32 bits"),
        ["2^62 times 4 elements"] = (WithTensor(Wire.Tensor("t", 1, [1 << 30, 1 << 30, 1 << 30], Floats2)), "bytes of data"),
        ["negative extent"] = (WithTensor(Wire.Tensor("t", 1, [-2], Floats2)), "extent"),
        ["float16"] = (WithTensor(Wire.Tensor("t", 10, [4], Floats2)), "Float16"),
        ["truth value 7"] = (WithTensor(Wire.Tensor("t", 9, [1], [7])), "truth values"),
        ["data twice"] = (WithTensor(Wire.Tensor("t", 1, [2], Floats2).Bytes(4, Floats2)), "twice"),
        ["outside data by path"] = (WithTensor(Wire.Tensor("t", 1, [2], []).Message(13, Pair("location", "../../secret")).Int(14, 1)),
            "outside the file"),
        ["outside data, absolute"] = (WithTensor(Wire.Tensor("t", 1, [2], []).Message(13, Pair("location", "/dev/zero"))),
            "outside the file"),
        ["outside data in memory"] = (WithTensor(
            Wire.Tensor("t", 1, [2], []).Message(13, Pair("location", "*/_ORT_MEM_ADDR_/*")).Int(14, 1)), "outside the file"),
        ["outside data in a function's defaults"] = (Graph(Wire.Node("Relu", ["x"], "y")).Message(25, new Wire().Text(1, "f").Message(
            11, new Wire().Text(1, "value").Message(5, Wire.Tensor("t", 1, [2], []).Int(14, 1)).Int(20, 4))), "outside the file"),
        ["outside data in a subgraph"] = (Graph(Wire.Node("If", ["x"], "y", new Wire().Text(1, "then_branch").Message(
            6, new Wire().Message(5, Wire.Tensor("t", 1, [2], []).Int(14, 1))).Int(20, 5))), "outside the file"),
        ["two initializers of one name"] = (Wire.Model(Body(Wire.Node("Relu", ["x"], "y"))
            .Message(5, Wire.Tensor("w", 1, [2], Floats2)).Message(5, Wire.Tensor("w", 1, [2], Floats2))), "two initializers 'w'"),
        ["symbol that is no batch"] = (Wire.Model(new Wire().Text(2, "g").Message(1, Wire.Node("Relu", ["x"], "y"))
            .Message(11, Wire.Port("x", 1, 2, "length")).Message(12, Wire.Port("y", 1, 2, "length"))), "Axis 1"),
        ["huge fill"] = (WithShape([1 << 20, 1 << 20], "ConstantOfShape", ["shape"]), "do not fit together"),
        ["huge stretch"] = (WithShape([1 << 20, 1 << 20, 2], "Expand", ["x", "shape"]), "do not fit together"),
        ["zero extent"] = (WithShape([2, 0], "Reshape", ["x", "shape"]), "extent 1"),
        ["shape of another count"] = (WithShape([5], "Reshape", ["x", "shape"]), "elements"),
        ["functions"] = (Graph(Wire.Node("Relu", ["x"], "y")).Message(25, new Wire().Text(1, "f")), "functions"),
        ["sparse initializer"] = (Wire.Model(Body(Wire.Node("Relu", ["x"], "y")).Message(15, new Wire().Int(3, 4))), "sparse"),
        ["a property twice"] = (Graph(Wire.Node("Relu", ["x"], "y")).Message(14, Pair("k", "1")).Message(14, Pair("k", "2")), "'k'"),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Is_refused_with_the_place(string name)
    {
        var (file, says) = Cases[name];
        var bytes = file.ToArray();
        var before = GC.GetAllocatedBytesForCurrentThread();
        var error = Assert.Throws<GrokException>(() => OnnxReader.Read(bytes));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 8 << 20, "More was allocated than the file can ask for.");
        Assert.Equal(ProblemKind.Integrity, error.Kind);
        Assert.NotNull(error.Where);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_these_files_are_made_from_is_read()
    {
        var read = OnnxReader.Read(Graph(Wire.Node("Add", ["x", "w"], "y")).ToArray());
        Assert.Equal("Float32[2]", read.Graph.OutputType("y").ToString());
        Assert.Equal(["x", "w"], read.Graph.Inputs.Select(input => input.Name).Take(2));
    }

    [Fact]
    public void A_file_nested_too_deep_is_refused()
    {
        var graph = new Wire();
        for (var depth = 0; depth < 10_000; depth++)
        {
            graph = new Wire().Message(1, new Wire().Message(5, new Wire().Message(6, graph)));
            if (depth % 100 == 99 && graph.ToArray().Length > 1 << 20) { break; }
        }
        Assert.Equal(ProblemKind.Integrity, Assert.Throws<GrokException>(() => OnnxReader.Read(Wire.Model(graph).ToArray())).Kind);
    }

    [Fact]
    public void A_chain_of_many_nodes_is_read_without_recursion()
    {
        var nodes = Enumerable.Range(0, 20_000).Select(i => Wire.Node("Relu", [i == 0 ? "x" : $"n{i - 1}"], i == 19_999 ? "y" : $"n{i}"));
        var graph = new Wire().Text(2, "g").Messages(1, nodes).Message(11, Wire.Port("x", 1, 2)).Message(12, Wire.Port("y", 1, 2));
        Assert.Equal(20_001, OnnxReader.Read(Wire.Model(graph).ToArray()).Graph.Values.Length);
    }

    [Fact]
    public void Every_cut_of_a_file_is_refused()
    {
        var file = ExportModels.File("mlp without table");
        for (var length = 0; length < file.Length; length += 1 + (length / 40))
        {
            Assert.Equal(ProblemKind.Integrity, Assert.Throws<GrokException>(() => OnnxReader.Read(file.AsSpan(0, length))).Kind);
        }
    }

    private static Wire Graph(params Wire[] nodes) => Wire.Model(Body(nodes));

    private static Wire Body(params Wire[] nodes) => new Wire().Text(2, "g").Messages(1, nodes)
        .Message(5, Wire.Tensor("w", 1, [2], Floats2)).Message(5, Wire.Tensor("w3", 1, [3], new byte[12]))
        .Message(11, Wire.Port("x", 1, 2)).Message(12, Wire.Port("y", 1, 2));

    private static Wire WithTensor(Wire tensor) => Wire.Model(
        new Wire().Text(2, "g").Message(1, Wire.Node("Relu", ["t"], "y")).Message(5, tensor).Message(12, Wire.Port("y", 1, 2)));

    private static Wire WithShape(long[] shape, string opType, string[] inputs)
    {
        var raw = new byte[shape.Length * 8];
        Buffer.BlockCopy(shape, 0, raw, 0, raw.Length);
        return Wire.Model(Body(Wire.Node(opType, inputs, "y")).Message(5, Wire.Tensor("shape", 7, [shape.Length], raw)));
    }

    private static Wire Attribute(string name, int type, int field, long number) =>
        new Wire().Text(1, name).Int(field, number).Int(20, type);

    private static Wire Pair(string key, string value) => new Wire().Text(1, key).Text(2, value);
}
