using System.Collections.Immutable;
using GrokPipeline.Data;
using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Ops;
using GrokPipeline.Onnx;
using GrokPipeline.Training.Exports;
using GrokPipeline.Training.Layers;
using GrokPipeline.Training.Models;

namespace GrokPipeline.Testing;

/// <summary>Models as they are exported, small enough for tests.</summary>
public static class ExportModels
{
    public static ImmutableArray<string> Names { get; } =
    [
        "transformer", "transformer, all positions", "transformer without norms", "mlp", "mlp on embeddings", "mlp on added embeddings",
        "features", "linear", "transformer as Power", "transformer as mlx", "transformer on blocks",
    ];

    public static Model Make(string name) => name switch
    {
        "transformer" => new Transformer(new TransformerOptions { Layers = 2, DModel = 16, Heads = 2, Mlp = 32 }, Operands()),
        "transformer, all positions" => new Transformer(
            new TransformerOptions
            {
                Layers = 1, DModel = 16, Heads = 2, Mlp = 32, Norm = NormPlace.Post, Bias = true, Positions = Positions.All,
            }, Operands()),
        "transformer without norms" => new Transformer(
            new TransformerOptions { Layers = 2, DModel = 16, Heads = 4, Mlp = 24, Norm = NormPlace.None, Activation = Activation.Gelu },
            Operands()),
        "transformer as Power" => new Transformer(
            new TransformerOptions
            {
                DModel = 16, Mlp = 32, Norm = NormPlace.Post, PositionCode = PositionCode.Sinusoidal, Tokens = TokenForm.Framed,
            }, Operands()),
        "transformer as mlx" => new Transformer(
            new TransformerOptions
            {
                DModel = 16, Heads = 1, Mlp = 32, NormKind = NormKind.Rms, PositionCode = PositionCode.Rotary, RotaryBase = 1e6, Gated = true,
                Activation = Activation.Silu, Tokens = TokenForm.OperandsEquals, OutputScale = 2,
            }, Operands()),
        "transformer on blocks" => new Transformer(
            new TransformerOptions
            {
                FeatureBlocks = 5, DModel = 16, Heads = 2, Mlp = 32, Bias = true, Causal = false, Pool = Pooling.Mean, FinalNorm = false,
            }, Features()),
        "mlp" => new Mlp(new MlpOptions { Hidden = [24] }, Operands()),
        "mlp on embeddings" => new Mlp(new MlpOptions { Encode = OperandEncoding.Embedding, Embedding = 8, Hidden = [24] }, Operands()),
        "mlp on added embeddings" => new Mlp(
            new MlpOptions
            {
                Encode = OperandEncoding.Embedding, Embedding = 8, Combine = Combination.Sum, Hidden = [24, 8],
                Activation = Activation.Tanh,
            }, Operands()),
        "linear" => new Mlp(new MlpOptions { Hidden = [] }, Features()),
        _ => new Mlp(new MlpOptions { Hidden = [24, 12] }, Features()),
    };

    /// <summary>What the dataset of a model is.</summary>
    public static DatasetFacts Facts(string name) => name is "features" or "linear" or "transformer on blocks" ? Features() : Operands();

    /// <summary>The inference graph of a model in a form, with all its probes on request.</summary>
    public static Graph Formed(string name, ModelForm form, bool probes, int batch)
    {
        var model = Make(name);
        return ModelForms.Build(model, Facts(name), form, "score", batch, probes ? [.. model.Build(2).Names()] : []);
    }

    /// <summary>A model in a form as a file.</summary>
    public static byte[] FormedFile(string name, ModelForm form, bool probes, int opset = 17) => OnnxWriter.Write(
        Formed(name, form, probes, 1009), Formed(name, form, probes, 2003), Make(name).Initialize(new Seed(7)), Metadata, opset);

    /// <summary>Rows as a form of a model reads them, from those that the model itself reads.</summary>
    public static ImmutableSortedDictionary<string, Tensor> Fed(string name, ModelForm form, Tensor rows)
    {
        var (input, facts, inputs) = (Make(name).InputName, Facts(name), ImmutableSortedDictionary<string, Tensor>.Empty);
        if (form == ModelForm.Plain || facts.Kind == InputKind.Features) { return inputs.Add(input, rows); }
        var numbers = rows.AsSpan<long>().ToArray();
        if (form == ModelForm.Vector)
        {
            return inputs.Add(input, Tensor.Of<float>(rows.Shape, [.. numbers.Select(number => (float)number)]));
        }
        int[] places = [.. RowEncoding.KnownColumns(input, facts).Index().Where(column => column.Item is null).Select(column => column.Index)];
        for (var i = 0; i < facts.Operands.Length; i++)
        {
            inputs = inputs.Add(facts.Operands[i], Tensor.Of<long>(
                [rows.Shape[0]], [.. Enumerable.Range(0, rows.Shape[0]).Select(row => numbers[(row * rows.Shape[1]) + places[i]])]));
        }
        return inputs;
    }

    /// <summary>Rows that a model reads: tokens as an equation has them, operands, or features.</summary>
    public static Tensor Rows(Model model, int count)
    {
        var stream = new Seed(11).Derive(model.InputName).Stream();
        var input = model.Build(count).Input.Type;
        var rows = new Tensor(input);
        if (input.Element == ElementType.Float32)
        {
            foreach (ref var number in rows.AsSpan<float>()) { number = (float)((2 * stream.NextUniform()) - 1); }
            return rows;
        }
        var tokens = rows.AsSpan<long>();
        var columns = RowEncoding.KnownColumns(model.InputName, Operands());
        for (var i = 0; i < tokens.Length; i++) { tokens[i] = columns[i % columns.Length] ?? stream.NextBelow(11); }
        return rows;
    }

    public static Graph Inference(Model model, int batch) => model.Build(batch).ToGraph("score");

    public static byte[] File(string name, int opset = 17)
    {
        var model = Make(name);
        return OnnxWriter.Write(Inference(model, 3), Inference(model, 5), model.Initialize(new Seed(7)), Metadata, opset);
    }

    public static OnnxMetadata Metadata { get; } = new()
    {
        Doc = "A model for tests.",
        Properties = new Dictionary<string, string>(StringComparer.Ordinal) { ["b"] = "second", ["a"] = "first" },
    };

    /// <summary>Shapes that have to be computed in the file: a fill, a stretch and a reshape with the batch size in them.</summary>
    public static Graph Stretching(int batch)
    {
        var x = Value.Input("x", TensorType.Float32([batch, 6]));
        var row = Value.Input("row", TensorType.Float32([1, 6]));
        var sum = x + row.Expand([batch, 6]) + Value.Of(new Fill(0.5, TensorType.Float32([batch, 6])));
        var flat = sum.Named("sum").Reshape([batch * 2, 3]);
        return Graph.Of(
            "stretching", [x, row],
            [new("y", flat), new("pairs", Value.Of(new Fill(2, TensorType.Float32([batch * 2, 3]))) * flat), new("sum", Find(flat))]);

        static Value Find(Value value) => value.Inputs[0];
    }

    private static DatasetFacts Features() => new() { Kind = InputKind.Features, Classes = 4, Features = "x", FeatureCount = 10 };

    private static DatasetFacts Operands() =>
        new() { Kind = InputKind.Operands, Classes = 11, Target = "c", Operands = ["a", "b"], OperandValues = 11 };
}
