using System.Collections.Immutable;
using GrokPipeline.Engines.OnnxRuntime;
using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Onnx;
using GrokPipeline.Testing;

namespace GrokPipeline.Engines.Tests.OnnxRuntime;

public sealed class FileSessionTests
{
    public static TheoryData<string, int> Files =>
        [.. ExportModels.Names.SelectMany(_ => Enumerable.Range(17, 5), (name, opset) => new TheoryDataRow<string, int>(name, opset))];

    [Theory]
    [MemberData(nameof(Files))]
    public void A_file_gives_what_the_reference_gives_at_any_batch_size(string name, int opset)
    {
        var model = ExportModels.Make(name);
        using var session = OnnxRuntimeEngine.Open(ExportModels.File(name, opset), new CompileOptions { Threads = 1 });
        foreach (var size in new[] { 7, 1, 100, 2 })
        {
            var rows = ExportModels.Rows(model, size);
            session.Write(model.InputName, rows);
            session.Run();
            Assert.Equal(TensorType.Float32([size, model.Classes]), session.OutputType("logits"));
            var expected = SessionTensors.Evaluate(
                ExportModels.Inference(model, size), model.Initialize(new Seed(7)).Add(model.InputName, rows), "logits");
            var logits = Read(session, "logits");
            for (var i = 0; i < expected.Length; i++) { Assert.Equal(expected[i], logits[i], 2e-5f); }
        }
    }

    [Fact]
    public void What_is_lent_or_lies_elsewhere_is_read_as_what_is_written()
    {
        var model = ExportModels.Make("mlp");
        using var session = OnnxRuntimeEngine.Open(ExportModels.File("mlp"), new CompileOptions { Threads = 1 });
        foreach (var size in (int[])[7, 3, 7])
        {
            var rows = ExportModels.Rows(model, size);
            var type = TensorType.Float32([size, model.Classes]);
            session.Write(model.InputName, rows);
            session.Run();
            var written = Read(session, "logits");
            session.Write(model.InputName, new Tensor(rows.Type));                     // other rows, so that the next run shows what it read
            session.RunOver<long>(model.InputName, rows.Type, rows.AsSpan<long>());
            Assert.Equal(written, session.Look<float>("logits", type).ToArray());
            session.Run();                                                             // what lay elsewhere is not kept
            Assert.NotEqual(written, session.Look<float>("logits", type).ToArray());
            rows.Bytes.CopyTo(session.Lend(model.InputName, rows.Type).Bytes);
            session.Run();
            Assert.Equal(written, session.Look<float>("logits", type).ToArray());
        }
    }

    [Fact]
    public void Memory_of_another_type_is_refused()
    {
        using var session = OnnxRuntimeEngine.Open(ExportModels.File("mlp"));
        var rows = TensorType.Int64([3, 2]);
        Assert.Contains("There is no input", Problem(() => _ = session.Lend("rows", rows)), StringComparison.Ordinal);
        Assert.Contains("operands", Problem(() => _ = session.Lend("operands", TensorType.Float32([3, 2]))), StringComparison.Ordinal);
        Assert.Contains("5 values of Int64", Problem(() => session.RunOver<long>("operands", rows, new long[5])), StringComparison.Ordinal);
        Assert.Contains("6 values of Float32", Problem(() => session.RunOver<float>("operands", rows, new float[6])), StringComparison.Ordinal);
        session.RunOver<long>("operands", rows, new long[6]);
        Assert.Contains("logits", Problem(() => _ = session.Look<float>("logits", TensorType.Float32([4, 2])).Length), StringComparison.Ordinal);

        static string Problem(Action action) => Assert.Throws<GrokException>(action).Problem;
    }

    [Fact]
    public void Shapes_computed_in_the_file_follow_the_batch()
    {
        var file = OnnxWriter.Write(
            ExportModels.Stretching(3), ExportModels.Stretching(5), ImmutableDictionary<string, Tensor>.Empty, OnnxMetadata.Empty);
        using var session = OnnxRuntimeEngine.Open(file);
        session.Write("row", Tensor.Of<float>([1, 6], [1, 2, 3, 4, 5, 6]));
        session.Write("x", Tensor.Of<float>([1, 6], [10, 20, 30, 40, 50, 60]));
        session.Run();
        Assert.Equal(TensorType.Float32([2, 3]), session.OutputType("pairs"));
        Assert.Equal([23f, 45, 67, 89, 111, 133], Read(session, "pairs"));
        session.Write("x", new Tensor(TensorType.Float32([4, 6])));
        session.Run();
        Assert.Equal(TensorType.Float32([8, 3]), session.OutputType("y"));
    }

    [Fact]
    public void Intermediates_can_be_read_from_the_exported_nodes()
    {
        var model = ExportModels.Make("transformer");
        using var session = OnnxRuntimeEngine.Open(OnnxEdit.WithOutputs(ExportModels.File("transformer"), ["blocks.1.attn.pattern"]));
        session.Write("tokens", ExportModels.Rows(model, 5));
        session.Run();
        var pattern = Read(session, "blocks.1.attn.pattern");
        Assert.All(pattern.Chunk(session.OutputType("blocks.1.attn.pattern").Shape[-1]), row => Assert.Equal(1, row.Sum(), 1e-5f));
    }

    [Fact]
    public void A_file_on_disk_is_opened_by_its_path()
    {
        var path = Path.Combine(Path.GetTempPath(), $"grokpipeline-{Environment.ProcessId}.onnx");
        File.WriteAllBytes(path, ExportModels.File("mlp"));
        try
        {
            using var session = OnnxRuntimeEngine.Open(path);
            Assert.Equal("operands: Int64[batch, 2]", session.Signature.Inputs.Single().ToString());
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_wrong_tensor_is_refused_with_both_types()
    {
        using var session = OnnxRuntimeEngine.Open(ExportModels.File("mlp"));
        var error = Assert.Throws<GrokException>(() => session.Write("operands", new Tensor(TensorType.Int64([3, 4]))));
        Assert.Contains("Int64[batch, 2]", error.Problem, StringComparison.Ordinal);
        Assert.Contains("Int64[3, 4]", error.Problem, StringComparison.Ordinal);
        var element = Assert.Throws<GrokException>(() => session.Write("operands", new Tensor(TensorType.Float32([3, 2]))));
        Assert.Contains("Float32[3, 2]", element.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_destination_is_refused_with_both_types()
    {
        using var session = OnnxRuntimeEngine.Open(ExportModels.File("mlp"));
        session.Write("operands", new Tensor(TensorType.Int64([3, 2])));
        session.Run();
        var error = Assert.Throws<GrokException>(() => session.Read("logits", new Tensor(TensorType.Float32([4, 11]))));
        Assert.Contains("Float32[3, 11]", error.Problem, StringComparison.Ordinal);
        Assert.Contains("Float32[4, 11]", error.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_names_and_wrong_order_are_refused()
    {
        using var session = OnnxRuntimeEngine.Open(ExportModels.File("mlp"));
        Refused("Did you mean 'operands'", () => session.Write("operand", new Tensor(TensorType.Int64([1, 2]))));
        Refused("never written", session.Run);
        Refused("before the first run", () => session.OutputType("logits"));
        Refused("no output 'logit'", () => session.OutputType("logit"));
    }

    [Fact]
    public void Inputs_of_two_batch_sizes_are_refused()
    {
        var (a, b) = (Build(3), Build(5));
        using var session = OnnxRuntimeEngine.Open(OnnxWriter.Write(a, b, ImmutableDictionary<string, Tensor>.Empty, OnnxMetadata.Empty));
        session.Write("x", new Tensor(TensorType.Float32([2, 4])));
        session.Write("y", new Tensor(TensorType.Float32([6, 4])));
        var error = Assert.Throws<GrokException>(session.Run);
        Assert.Contains("'batch' is 2 in 'x' and 6 in 'y'", error.Problem, StringComparison.Ordinal);

        static Graph Build(int batch)
        {
            var (x, y) = (Value.Input("x", TensorType.Float32([batch, 4])), Value.Input("y", TensorType.Float32([batch, 4])));
            return Graph.Of("sum", [x, y], [new("s", x + y)]);
        }
    }

    [Fact]
    public void A_missing_file_and_a_file_that_is_no_model_are_refused()
    {
        var missing = Assert.Throws<GrokException>(() => OnnxRuntimeEngine.Open("no/such/model.onnx"));
        Assert.Equal("no/such/model.onnx", missing.Where);
        var garbage = Assert.Throws<GrokException>(() => OnnxRuntimeEngine.Open(new byte[] { 1, 2, 3, 4 }.AsMemory()));
        Assert.Equal(ProblemKind.Integrity, garbage.Kind);
    }

    private static void Refused(string says, Action act) =>
        Assert.Contains(says, Assert.Throws<GrokException>(act).Problem, StringComparison.Ordinal);

    private static float[] Read(OnnxFileSession session, string name)
    {
        var tensor = new Tensor(session.OutputType(name));
        session.Read(name, tensor);
        return tensor.AsSpan<float>().ToArray();
    }
}
