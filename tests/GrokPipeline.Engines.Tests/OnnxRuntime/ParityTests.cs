using GrokPipeline.Engines.OnnxRuntime;
using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Onnx;
using GrokPipeline.Testing;

namespace GrokPipeline.Engines.Tests.OnnxRuntime;

public sealed class ParityTests
{
    [Theory]
    [InlineData("transformer")]
    [InlineData("mlp")]
    [InlineData("features")]
    public void Every_named_value_of_an_exported_model_is_compared(string name)
    {
        var model = ExportModels.Make(name);
        var result = Compare(name, graph => new ReferenceEngine().Compile(graph, new CompileOptions()));
        Assert.Equal([1, 2, 7, 40], result.BatchSizes);
        Assert.Equal(["logits"], result.Outputs.Select(output => output.Name));
        Assert.Equal(
            model.Build(3).Activations().Select(value => value.Name!).Order(StringComparer.Ordinal),
            result.Intermediates.Select(difference => difference.Name).Order(StringComparer.Ordinal));
        Assert.InRange(result.LargestAbsolute, 0, 1e-4);
        Assert.InRange(result.LargestRelative, 0, 1e-5);
        Assert.Equal((50, 50), (result.Outputs[0].Agreeing, result.Outputs[0].Rows));
    }

    [Fact]
    public void A_file_of_other_weights_is_found_out()
    {
        var model = ExportModels.Make("mlp");
        var other = OnnxWriter.Write(
            ExportModels.Inference(model, 3), ExportModels.Inference(model, 5), model.Initialize(new Seed(8)), OnnxMetadata.Empty);
        var result = Parity.Compare(
            batch => ExportModels.Inference(model, batch), graph => new ReferenceEngine().Compile(graph, new CompileOptions()),
            model.Initialize(new Seed(7)), other, file => OnnxRuntimeEngine.Open(file), model.InputName, ExportModels.Rows(model, 40));
        Assert.True(result.LargestRelative > 0.1);
        Assert.True(result.Outputs[0].ArgmaxAgreement < 0.9);
    }

    [Fact]
    public void The_finding_goes_into_the_file_and_the_graph_stays()
    {
        var file = ExportModels.File("mlp");
        var result = Compare("mlp", graph => new OnnxRuntimeEngine().Compile(graph, new CompileOptions()));
        var verified = OnnxEdit.WithMetadata(file, result.ToProperties());
        Assert.True(OnnxEdit.GraphBytes(file).SequenceEqual(OnnxEdit.GraphBytes(verified)));
        var properties = OnnxReader.Signature(verified).Metadata.Properties;
        Assert.Equal("1,2,7,40", properties["grokpipe.verification.batch_sizes"]);
        Assert.Equal("1", properties["grokpipe.verification.argmax.logits"]);
        Assert.Contains("grokpipe.verification.absolute.logits", properties);
    }

    private static ParityResult Compare(string name, Func<Graph, ISession> engine)
    {
        var model = ExportModels.Make(name);
        return Parity.Compare(
            batch => ExportModels.Inference(model, batch), engine, model.Initialize(new Seed(7)), ExportModels.File(name),
            file => OnnxRuntimeEngine.Open(file), model.InputName, ExportModels.Rows(model, 40));
    }
}
