using GrokPipeline.Graphs;
using GrokPipeline.Onnx;
using GrokPipeline.Testing;

namespace GrokPipeline.Tests.Onnx;

public sealed class EditTests
{
    [Fact]
    public void New_properties_leave_the_graphs_bytes_alone()
    {
        var file = ExportModels.File("transformer");
        var edited = OnnxEdit.WithMetadata(file, [new("c", "third"), new("a", "changed")]);
        Assert.True(OnnxEdit.GraphBytes(file).SequenceEqual(OnnxEdit.GraphBytes(edited)));
        Assert.Equal(["a=changed", "b=second", "c=third"],
            OnnxReader.Signature(edited).Metadata.Properties.Select(p => $"{p.Key}={p.Value}"));
        Assert.Empty(OnnxCheck.Problems(edited));
    }

    [Fact]
    public void An_edited_file_is_the_file_that_would_have_been_written()
    {
        var model = ExportModels.Make("mlp");
        var edited = OnnxEdit.WithMetadata(ExportModels.File("mlp"), [new("c", "third")]);
        var written = OnnxWriter.Write(
            ExportModels.Inference(model, 3), ExportModels.Inference(model, 5), model.Initialize(new Seed(7)),
            ExportModels.Metadata.With([new("c", "third")]));
        Assert.Equal(written, edited);
    }

    [Fact]
    public void Parts_that_are_not_known_here_are_kept_when_intermediates_become_outputs()
    {
        byte[] unknown = [0xAA, 0x06, 0x03, 0x6F, 0x64, 0x64];                             // field 101, the text "odd"
        byte[] file = [.. ExportModels.File("transformer"), .. unknown];
        var edited = OnnxEdit.WithOutputs(file, ["blocks.0.attn.pattern"]);
        Assert.True(edited.AsSpan().IndexOf(unknown) > 0);
    }

    [Fact]
    public void Intermediates_become_outputs_and_the_nodes_stay()
    {
        var file = ExportModels.File("transformer");
        var edited = OnnxEdit.WithOutputs(file, ["blocks.0.attn.pattern", "logits"]);
        var signature = OnnxReader.Signature(edited);
        Assert.Equal(["logits", "blocks.0.attn.pattern"], signature.Outputs.Select(port => port.Name));
        Assert.Empty(OnnxCheck.Problems(edited));
        var graph = OnnxReader.Read(edited, 4).Graph;
        Assert.Equal(GraphText.Of(OnnxReader.Read(file, 4).Graph.Find("logits")!), GraphText.Of(graph.Find("logits")!));
        Assert.Equal(4, graph.OutputType("blocks.0.attn.pattern")!.Value.Shape[0]);
    }

    [Fact]
    public void An_intermediate_that_is_not_there_is_refused_with_those_that_are()
    {
        var error = Assert.Throws<GrokException>(() => OnnxEdit.WithOutputs(ExportModels.File("transformer"), ["blocks.9.attn.pattern"]));
        Assert.Equal("blocks.9.attn.pattern", error.Where);
        Assert.Contains("blocks.0.attn.pattern", error.Remedy, StringComparison.Ordinal);
    }
}
