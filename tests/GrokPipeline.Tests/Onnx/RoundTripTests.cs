using System.Collections.Immutable;
using GrokPipeline.Graphs;
using GrokPipeline.Onnx;
using GrokPipeline.Testing;

namespace GrokPipeline.Tests.Onnx;

public sealed class RoundTripTests
{
    public static TheoryData<string> Samples => [.. OpSamples.All.Keys];

    public static TheoryData<string, int> Batches =>
        [.. ExportModels.Names.SelectMany(_ => new[] { 2, 3, 8 }, (name, batch) => new TheoryDataRow<string, int>(name, batch))];

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_sample_survives_the_file(string sample)
    {
        var graph = WithoutCarried(OpSamples.Find(sample).Graph);
        for (var opset = OnnxWriter.FirstOpset; opset <= OnnxWriter.LastOpset; opset++)
        {
            var file = OnnxWriter.Write(graph, null, ImmutableDictionary<string, Tensor>.Empty, OnnxMetadata.Empty, opset);
            Assert.Empty(OnnxCheck.Problems(file));
            var read = OnnxReader.Read(file);
            Assert.Equal(opset, read.Opset);
            Assert.Equal(GraphText.Of(graph), GraphText.Of(read.Graph));
            Assert.Equal(file, OnnxWriter.Write(read.Graph, null, read.Initializers, read.Metadata, opset));
        }
    }

    [Theory]
    [MemberData(nameof(Batches))]
    public void A_model_reads_back_at_any_batch_size(string name, int batch)
    {
        var model = ExportModels.Make(name);
        var read = OnnxReader.Read(ExportModels.File(name), batch);
        Assert.Equal(GraphText.Of(ExportModels.Inference(model, batch)), GraphText.Of(read.Graph));
        var parameters = model.Initialize(new Seed(7));
        Assert.Equal(parameters.Keys.Order(StringComparer.Ordinal), read.Initializers.Keys.Order(StringComparer.Ordinal));
        Assert.All(parameters, pair => Assert.True(pair.Value.Bytes.SequenceEqual(read.Initializers[pair.Key].Bytes)));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(9)]
    public void Computed_shapes_read_back_as_numbers(int batch)
    {
        var file = OnnxWriter.Write(
            ExportModels.Stretching(3), ExportModels.Stretching(5), ImmutableDictionary<string, Tensor>.Empty, OnnxMetadata.Empty);
        Assert.Empty(OnnxCheck.Problems(file));
        Assert.Equal(GraphText.Of(ExportModels.Stretching(batch)), GraphText.Of(OnnxReader.Read(file, batch).Graph));
    }

    [Theory]
    [InlineData("transformer")]
    [InlineData("mlp")]
    public void The_same_model_gives_the_same_bytes(string name)
    {
        var file = ExportModels.File(name);
        Assert.Equal(file, ExportModels.File(name));
        var (small, large) = (OnnxReader.Read(file, 3), OnnxReader.Read(file, 5));
        Assert.Equal(file, OnnxWriter.Write(small.Graph, large.Graph, small.Initializers, small.Metadata));
    }

    private static Graph WithoutCarried(Graph graph) => Graph.Of(graph.Name, graph.Inputs, graph.Outputs);
}
