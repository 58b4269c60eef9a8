using System.Collections.Immutable;
using GrokPipeline.Engines.OnnxRuntime;
using GrokPipeline.Engines.Simd;
using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Graphs.Ops;
using GrokPipeline.Onnx;
using GrokPipeline.Testing;

namespace GrokPipeline.Engines.Tests.OnnxRuntime;

public sealed class ParityTests
{
    [Theory]
    [InlineData("transformer")]
    [InlineData("mlp")]
    [InlineData("features")]
    public void Every_named_value_of_an_exported_model_is_compared_on_every_distribution(string name)
    {
        var model = ExportModels.Make(name);
        var result = Compare(name, ExportModels.File(name), graph => new ReferenceEngine().Compile(graph, new CompileOptions()), 40, 1205);
        Assert.Equal([1, 2, 7, 1000], result.BatchSizes);
        Assert.Equal([new("plain", 40), new("shifted", 1205)], result.Distributions);
        Assert.Equal(["logits on plain", "logits on shifted"], result.Outputs.Select(d => $"{d.Name} on {d.Distribution}"));
        Assert.Equal(
            model.Build(3).Activations().SelectMany(value => new[] { $"{value.Name} on plain", $"{value.Name} on shifted" }),
            result.Intermediates.Select(d => $"{d.Name} on {d.Distribution}"));
        Assert.InRange(result.LargestAbsolute, 0, 1e-4);
        Assert.InRange(result.LargestRelative, 0, 1e-5);
        Assert.Equal((50, 50), (result.Outputs[0].Agreeing, result.Outputs[0].Rows));              // 1 + 2 + 7 + 40
        Assert.Equal(1205, result.Outputs[1].Rows);                                                // in two batches, the last reaches back
    }

    [Fact]
    public void One_comparison_serves_several_checkpoints()
    {
        var model = ExportModels.Make("mlp");
        var compiled = 0;
        using var parity = new Parity(
            batch => ExportModels.Inference(model, batch), graph =>
            {
                compiled++;
                return new SimdEngine().Compile(graph, new CompileOptions());
            }, Rows("mlp", 40));
        foreach (var seed in (ulong[])[7, 8])
        {
            var file = OnnxWriter.Write(
                ExportModels.Inference(model, 3), ExportModels.Inference(model, 5), model.Initialize(new Seed(seed)), OnnxMetadata.Empty);
            var result = parity.Compare(model.Initialize(new Seed(seed)), file, bytes => OnnxRuntimeEngine.Open(bytes));
            Assert.InRange(result.LargestRelative, 0, 1e-5);
        }
        Assert.Equal(4, compiled);
    }

    [Fact]
    public void A_file_of_other_weights_is_found_out_with_the_place()
    {
        var model = ExportModels.Make("mlp");
        var parameters = model.Initialize(new Seed(7));
        var one = parameters["output.bias"].Copy();
        one.AsSpan<float>()[3] += 1;
        var other = OnnxWriter.Write(
            ExportModels.Inference(model, 3), ExportModels.Inference(model, 5), parameters.SetItem("output.bias", one), OnnxMetadata.Empty);
        var result = Compare("mlp", other, graph => new ReferenceEngine().Compile(graph, new CompileOptions()), 40);
        Assert.InRange(result.Outputs[0].Absolute, 0.999, 1.001);
        Assert.InRange(result.Worst.Worst.Actual - result.Worst.Worst.Expected, 0.999, 1.001);
        Assert.Equal(("logits", "plain"), (result.Worst.Name, result.Worst.Distribution));
        Assert.InRange(result.Intermediates.Max(difference => difference.Relative), 0, 1e-5);
    }

    [Fact]
    public void The_finding_goes_into_the_file_and_the_graph_stays()
    {
        var file = ExportModels.File("mlp");
        var result = Compare("mlp", file, graph => new OnnxRuntimeEngine().Compile(graph, new CompileOptions()), 40);
        var verified = OnnxEdit.WithMetadata(file, result.ToProperties());
        Assert.True(OnnxEdit.GraphBytes(file).SequenceEqual(OnnxEdit.GraphBytes(verified)));
        var properties = OnnxReader.Signature(verified).Metadata.Properties;
        Assert.Equal("1,2,7,40", properties["grokpipe.verification.batch_sizes"]);
        Assert.Equal("plain:40", properties["grokpipe.verification.distributions"]);
        Assert.Equal("3", properties["grokpipe.verification.values"]);
        Assert.Equal("1", properties["grokpipe.verification.argmax.logits"]);
        Assert.Contains("grokpipe.verification.absolute.logits", properties);
    }

    [Fact]
    public void Outputs_count_towards_the_size_of_a_batch()
    {
        static Graph Build(int batch)
        {
            var x = Value.Input("x", TensorType.Float32([batch, 1]));
            return Graph.Of("wide", [x], [new("y", x.Expand([batch, 1 << 20]))]);                  // 4 MiB a row
        }
        var rows = new ParityRows("rows", ImmutableSortedDictionary<string, Tensor>.Empty.Add("x", new(TensorType.Float32([1205, 1]))));
        using var parity = new Parity(Build, graph => new ReferenceEngine().Compile(graph, new CompileOptions()), [rows]);
        Assert.Equal([1, 2, 7, 64], parity.BatchSizes);
    }

    [Fact]
    public void Rounding_behind_softmaxes_counts_by_the_scale_of_their_scores_and_the_order_is_that_of_computation()
    {
        static Graph Build(int batch)
        {
            var scores = Value.Input("x", TensorType.Float32([batch, 3])) * 10;
            var hidden = (scores + Value.Constant(Tensor.Of<float>([3], [0, 0, -1e9f]))).Softmax().Named("pattern");
            return Graph.Of("two", [scores.Inputs[0]], [new("scores", scores), new("answer", hidden * 2)]);
        }
        var rows = new ParityRows("rows", ImmutableSortedDictionary<string, Tensor>.Empty.Add(
            "x", Tensor.Of<float>([2, 3], [1, 2, 3, -4, 5, 60])));
        using var parity = new Parity(Build, graph => new ReferenceEngine().Compile(graph, new CompileOptions()), [rows]);
        var file = OnnxWriter.Write(Build(3), Build(5), new Dictionary<string, Tensor>(), OnnxMetadata.Empty);
        var result = parity.Compare(new Dictionary<string, Tensor>(), file, bytes => OnnxRuntimeEngine.Open(bytes));
        Assert.Equal(["scores", "pattern", "answer"], result.InOrder.Select(difference => difference.Name));
        // The largest score that has a share is 10 · 5; those that are hidden have none, and -40 beside 50 is e^-90 of it, which is none.
        Assert.Equal([1, 50, 50], result.InOrder.Select(difference => difference.Condition));
    }

    private static ParityResult Compare(string name, byte[] file, Func<Graph, ISession> engine, params int[] rows)
    {
        var model = ExportModels.Make(name);
        using var parity = new Parity(batch => ExportModels.Inference(model, batch), engine, Rows(name, rows));
        return parity.Compare(model.Initialize(new Seed(7)), file, bytes => OnnxRuntimeEngine.Open(bytes));
    }

    private static ImmutableArray<ParityRows> Rows(string name, params int[] counts)
    {
        var model = ExportModels.Make(name);
        return [.. counts.Select((count, i) => new ParityRows(
            i == 0 ? "plain" : "shifted",
            ImmutableSortedDictionary<string, Tensor>.Empty.Add(model.InputName, ExportModels.Rows(model, count))))];
    }
}
