using System.Runtime.InteropServices;
using GrokPipeline.Engines.OnnxRuntime;
using GrokPipeline.Engines.Simd;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Onnx;
using GrokPipeline.Testing;
using GrokPipeline.Training.Exports;
using Microsoft.ML.OnnxRuntime;

namespace GrokPipeline.Engines.Tests.OnnxRuntime;

/// <summary>Every kind of model in every form, opened by ONNX Runtime itself, without anything of ours in between.</summary>
public sealed class FormTests
{
    private static readonly int[] Sizes = [1, 2, 7, 1000, 0];

    public static TheoryData<string, ModelForm, bool, int> Files =>
    [
        .. from name in ExportModels.Names from form in Enum.GetValues<ModelForm>() from probes in new[] { false, true }
           from opset in probes ? new[] { 17, 21 } : Enumerable.Range(17, 5)
           select new TheoryDataRow<string, ModelForm, bool, int>(name, form, probes, opset),
    ];

    [Theory]
    [MemberData(nameof(Files))]
    public void A_file_runs_at_any_batch_size_and_on_no_rows(string name, ModelForm form, bool probes, int opset)
    {
        var file = ExportModels.FormedFile(name, form, probes, opset);
        Assert.Empty(OnnxCheck.Problems(file));
        var (model, signature) = (ExportModels.Make(name), OnnxReader.Signature(file));
        using var session = Raw(file);
        foreach (var size in Sizes)
        {
            var rows = ExportModels.Rows(model, Math.Max(1, size));
            var results = Run(session, ExportModels.Fed(name, form, rows), size, signature.Outputs.Select(port => port.Name));
            foreach (var (port, result) in signature.Outputs.Zip(results))
            {
                var expected = port.Extents!.Value.Select(extent => extent.Number ?? (extent.Symbol == "batch" ? size : -1));
                Assert.Equal(expected, result.Dims);
            }
            if (size == 0) { continue; }
            var logits = SessionTensors.Evaluate(
                ExportModels.Inference(model, size), model.Initialize(new Seed(7)).Add(model.InputName, rows), "logits");
            for (var i = 0; i < logits.Length; i++) { Assert.Equal(logits[i], results[0].Floats[i], 3e-5f); }
        }
    }

    [Theory]
    [InlineData("transformer")]
    [InlineData("transformer, all positions")]
    [InlineData("mlp")]
    [InlineData("mlp on embeddings")]
    [InlineData("linear")]
    public void The_answer_is_the_place_of_the_largest_logit_and_probabilities_are_their_softmax(string name)
    {
        var model = ExportModels.Make(name);
        using var session = Raw(ExportModels.FormedFile(name, ModelForm.Application, probes: false));
        var results = Run(
            session, ExportModels.Fed(name, ModelForm.Application, ExportModels.Rows(model, 50)), 50, ["logits", "probabilities", "label"]);
        for (var row = 0; row < 50; row++)
        {
            var logits = results[0].Floats.AsSpan(row * model.Classes, model.Classes).ToArray();
            Assert.Equal(Array.IndexOf(logits, logits.Max()), results[2].Integers[row]);
            var sum = logits.Sum(logit => Math.Exp(logit));
            for (var i = 0; i < model.Classes; i++)
            {
                Assert.Equal(Math.Exp(logits[i]) / sum, results[1].Floats[(row * model.Classes) + i], 1e-6);
            }
        }
    }

    [Theory]
    [InlineData("transformer")]
    [InlineData("transformer as Power")]
    [InlineData("transformer as mlx")]
    [InlineData("mlp")]
    [InlineData("mlp on embeddings")]
    public void An_operand_that_is_no_symbol_is_an_error_and_not_an_answer(string name)
    {
        using var session = Raw(ExportModels.FormedFile(name, ModelForm.Application, probes: false));
        var inputs = ExportModels.Fed(name, ModelForm.Application, ExportModels.Rows(ExportModels.Make(name), 3));
        foreach (var wrong in (long[])[11, 12, 1L << 40, -1, -11, -12, -22, -1000, -(1L << 40), long.MinValue, long.MaxValue])
        {
            var changed = inputs["a"].Copy();
            changed.AsSpan<long>()[1] = wrong;
            Assert.Throws<OnnxRuntimeException>(() => Run(session, inputs.SetItem("a", changed), 3, ["label"]));
        }
    }

    [Theory]
    [InlineData("transformer")]
    [InlineData("transformer as Power")]
    [InlineData("transformer as mlx")]
    [InlineData("transformer on blocks")]
    [InlineData("mlp")]
    public void The_training_engine_runs_every_form_with_all_probes(string name)
    {
        var model = ExportModels.Make(name);
        foreach (var form in Enum.GetValues<ModelForm>())
        {
            var graph = ExportModels.Formed(name, form, probes: true, 9);
            var inputs = ExportModels.Fed(name, form, ExportModels.Rows(model, 9)).AddRange(model.Initialize(new Seed(7)));
            using var ours = new SimdEngine().Compile(graph, new CompileOptions { Threads = 1 });
            using var file = OnnxRuntimeEngine.Open(ExportModels.FormedFile(name, form, probes: true));
            foreach (var (input, tensor) in inputs) { ours.Write(input, tensor); }
            foreach (var (input, tensor) in ExportModels.Fed(name, form, ExportModels.Rows(model, 9))) { file.Write(input, tensor); }
            ours.Run();
            file.Run();
            foreach (var (output, value) in graph.Outputs)
            {
                var (expected, actual) = (new Tensor(value.Type), new Tensor(value.Type));
                ours.Read(output, expected);
                file.Read(output, actual);
                var difference = ParityDifference.Of(output, "rows", expected, actual, new ParityBatch(9, 0, 0, 9));
                Assert.True(difference.Relative <= 1e-5, $"{form}: {difference}");
                Assert.True(difference.Agreeing == difference.Rows, $"{form}: {difference}");
            }
        }
    }

    [Fact]
    public void Heads_by_themselves_add_up_to_what_attention_adds()
    {
        var model = ExportModels.Make("transformer, all positions");
        using var session = Raw(ExportModels.FormedFile("transformer, all positions", ModelForm.Plain, probes: true));
        var rows = ExportModels.Fed("transformer, all positions", ModelForm.Plain, ExportModels.Rows(model, 5));
        var results = Run(session, rows, 5, ["blocks.0.attn.result", "blocks.0.attn_out", "blocks.0.resid_pre", "embed", "pos_embed"]);
        var bias = model.Initialize(new Seed(7))["blocks.0.attn.o.bias"].AsSpan<float>().ToArray();
        Assert.Equal([5, 4, 2, 16], results[0].Dims);
        for (var i = 0; i < results[1].Floats.Length; i++)
        {
            var (place, unit) = (i / 16, i % 16);
            var heads = Enumerable.Range(0, 2).Sum(head => results[0].Floats[(((place * 2) + head) * 16) + unit]);
            Assert.Equal(results[1].Floats[i], heads + bias[unit], 1e-5f);
            Assert.Equal(results[2].Floats[i], results[3].Floats[i] + results[4].Floats[i]);
        }
    }

    // With strict inference ONNX Runtime compares the types that the file states with those that it infers itself.
    private static InferenceSession Raw(byte[] file)
    {
        _ = new OnnxRuntimeEngine().Facts;                                        // loads the library
        using var options = new SessionOptions { IntraOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        options.AddSessionConfigEntry("session.strict_shape_type_inference", "1");
        return new InferenceSession(file, options);
    }

    private static Result[] Run(
        InferenceSession session, IReadOnlyDictionary<string, Tensor> inputs, int size, IEnumerable<string> outputs)
    {
        var views = inputs.ToDictionary(pair => pair.Key, pair => View(pair.Value, size));
        try
        {
            using var options = new RunOptions();
            using var results = session.Run(options, [.. views.Keys], [.. views.Values], [.. outputs]);
            return [.. results.Select(Result.Of)];
        }
        finally
        {
            foreach (var view in views.Values) { view.Dispose(); }
        }
    }

    // The first rows of a tensor; none of them when the size is 0, which our own tensors cannot say.
    private static OrtValue View(Tensor tensor, int size)
    {
        long[] shape = [size, .. tensor.Shape.Extents.Skip(1).Select(extent => (long)extent)];
        var count = shape.Aggregate(1L, (product, extent) => product * extent);
        return tensor.Type.Element == ElementType.Int64
            ? OrtValue.CreateTensorValueFromMemory(tensor.AsSpan<long>()[..(int)count].ToArray(), shape)
            : OrtValue.CreateTensorValueFromMemory(tensor.AsSpan<float>()[..(int)count].ToArray(), shape);
    }

    private sealed record Result(long[] Dims, float[] Floats, long[] Integers)
    {
        public static Result Of(OrtValue value)
        {
            var info = value.GetTensorTypeAndShape();
            var bytes = info.ElementCount == 0 ? [] : value.GetTensorMutableRawData();
            return info.ElementDataType == Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Int64
                ? new(info.Shape, [], MemoryMarshal.Cast<byte, long>(bytes).ToArray())
                : new(info.Shape, MemoryMarshal.Cast<byte, float>(bytes).ToArray(), []);
        }
    }
}
