using GrokPipeline.Engines.OnnxRuntime;
using GrokPipeline.Testing;
using GrokPipeline.Training.Exports;

namespace GrokPipeline.Engines.Tests.OnnxRuntime;

public sealed class SecondReaderTests
{
    [Theory]
    [InlineData("transformer", 17)]
    [InlineData("mlp", 20)]
    [InlineData("features", 18)]
    public void Another_runtime_predicts_the_same_from_the_same_bytes(string name, int opset)
    {
        var model = ExportModels.Make(name);
        var file = ExportModels.File(name, opset);
        int[] sizes = [1, 2, 7, 100];
        Tensor[] batches = [.. sizes.Select(size => ExportModels.Rows(model, size))];
        var empty = SecondReaderTensor.Of(batches[0]);
        empty = empty with { Dims = [0, .. empty.Dims[1..]], Data = [] };
        var answers = SecondReader.Run(
            file, [.. batches.Select(batch => One(model.InputName, SecondReaderTensor.Of(batch))), One(model.InputName, empty)]);

        using var session = OnnxRuntimeEngine.Open(file);
        foreach (var (batch, answer) in batches.Zip(answers))
        {
            session.Write(model.InputName, batch);
            session.Run();
            var logits = new Tensor(session.OutputType("logits"));
            session.Read("logits", logits);
            Assert.Equal([.. logits.Shape.Extents], answer["logits"].Dims);
            var (expected, actual) = (logits.AsSpan<float>().ToArray(), answer["logits"].Data);
            Assert.Equal(Predictions(expected.Select(number => (double)number), model.Classes), Predictions(actual, model.Classes));
            for (var i = 0; i < expected.Length; i++) { Assert.Equal(expected[i], actual[i], 1e-4); }
        }
        Assert.Equal([0, model.Classes], answers[^1]["logits"].Dims);
    }

    [Theory]
    [InlineData("transformer", ModelForm.Application, 21)]
    [InlineData("transformer, all positions", ModelForm.Plain, 17)]
    [InlineData("mlp", ModelForm.Vector, 19)]
    [InlineData("mlp on added embeddings", ModelForm.Application, 17)]
    [InlineData("features", ModelForm.Application, 21)]
    public void Another_runtime_gives_the_same_in_every_form_with_all_probes(string name, ModelForm form, int opset)
    {
        var model = ExportModels.Make(name);
        var file = ExportModels.FormedFile(name, form, probes: true, opset);
        AnotherRuntime.GivesTheSameAlsoOnNoRows(file, ExportModels.Fed(name, form, ExportModels.Rows(model, 7)));
    }

    private static Dictionary<string, SecondReaderTensor> One(string name, SecondReaderTensor tensor) =>
        new(StringComparer.Ordinal) { [name] = tensor };

    private static int[] Predictions(IEnumerable<double> logits, int classes) =>
        [.. logits.Chunk(classes).Select(row => Array.IndexOf(row, row.Max()))];
}
