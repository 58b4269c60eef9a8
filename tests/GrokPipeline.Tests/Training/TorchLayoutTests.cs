using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using GrokPipeline.Testing;
using GrokPipeline.Training.Exports;
using GrokPipeline.Training.Models;

namespace GrokPipeline.Tests.Training;

/// <summary>
/// Reads the file by the format's own description and computes as PyTorch's modules do: <c>nn.Linear</c> is x·Wᵀ + b, <c>nn.Embedding</c> a
/// row of its table. Nothing of ours computes here.
/// </summary>
public sealed class TorchLayoutTests
{
    [Fact]
    public void Matrices_are_outputs_by_inputs_and_all_else_stays()
    {
        var model = ExportModels.Make("transformer");
        var shapes = Written(model).ToDictionary(pair => pair.Key, pair => string.Join("×", pair.Value.Shape), StringComparer.Ordinal);
        Assert.Equal(model.Parameters.Select(spec => spec.Name).Order(StringComparer.Ordinal), shapes.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(("32×16", "16×32"), (shapes["blocks.0.mlp.in.weight"], shapes["blocks.0.mlp.out.weight"]));
        Assert.Equal(("13×16", "4×16", "11×16"), (shapes["embed.weight"], shapes["pos.weight"], shapes["unembed.weight"]));
        Assert.Equal("16", shapes["final_norm.weight"]);
    }

    [Fact]
    public void An_mlp_computed_from_the_file_alone_gives_the_same_logits()
    {
        var model = ExportModels.Make("features");
        var rows = ExportModels.Rows(model, 6);
        var weights = Written(model);
        var expected = Expected(model, rows);
        for (var row = 0; row < 6; row++)
        {
            double[] x = [.. rows.AsSpan<float>().Slice(row * 10, 10).ToArray().Select(number => (double)number)];
            x = Relu(Linear(weights, "hidden.0", x));
            x = Relu(Linear(weights, "hidden.1", x));
            Near(expected, row, Linear(weights, "output", x));
        }
    }

    [Fact]
    public void A_one_hot_layer_is_a_linear_layer_over_both_one_hot_vectors()
    {
        var model = ExportModels.Make("mlp");
        var rows = ExportModels.Rows(model, 6);
        var (weights, expected) = (Written(model), Expected(model, rows));
        for (var row = 0; row < 6; row++)
        {
            var x = new double[22];
            x[rows.AsSpan<long>()[row * 2]] = 1;
            x[11 + rows.AsSpan<long>()[(row * 2) + 1]] = 1;
            Near(expected, row, Linear(weights, "output", Relu(Linear(weights, "hidden.0", x))));
        }
    }

    [Fact]
    public void A_transformer_computed_from_the_file_alone_gives_the_same_logits()
    {
        var model = ExportModels.Make("transformer");
        var rows = ExportModels.Rows(model, 3);
        var (weights, expected) = (Written(model), Expected(model, rows));
        for (var row = 0; row < 3; row++)
        {
            double[][] x = [.. Enumerable.Range(0, 4).Select(position => Sum(
                weights["embed.weight"].Row((int)rows.AsSpan<long>()[(row * 4) + position]), weights["pos.weight"].Row(position)))];
            for (var block = 0; block < 2; block++)
            {
                var scope = $"blocks.{block}";
                var heard = Attention(weights, $"{scope}.attn", [.. x.Select(v => Norm(weights, $"{scope}.norm1", v))]);
                x = [.. x.Zip(heard, Sum)];
                x = [.. x.Select(v => Sum(v, Linear(
                    weights, $"{scope}.mlp.out", Relu(Linear(weights, $"{scope}.mlp.in", Norm(weights, $"{scope}.norm2", v))))))];
            }
            Near(expected, row, Linear(weights, "unembed", Norm(weights, "final_norm", x[3])));
        }
    }

    [Fact]
    public void A_parameter_of_another_model_is_refused_by_name()
    {
        var model = ExportModels.Make("mlp");
        var error = Assert.Throws<GrokException>(() => TorchLayout.Of(
            model, model.Initialize(new Seed(7)).SetItem("hidden.0.bias", new Tensor(TensorType.Float32([3])))));
        Assert.Equal("hidden.0.bias", error.Where);
    }

    private static Dictionary<string, Torch> Written(Model model)
    {
        var file = Safetensors.ToBytes(TorchLayout.Of(model, model.Initialize(new Seed(7))));
        var length = (int)BinaryPrimitives.ReadInt64LittleEndian(file);
        using var header = JsonDocument.Parse(file.AsMemory(8, length));
        return header.RootElement.EnumerateObject().ToDictionary(entry => entry.Name, entry =>
        {
            var (from, to) = (entry.Value.GetProperty("data_offsets")[0].GetInt32(), entry.Value.GetProperty("data_offsets")[1].GetInt32());
            return new Torch(
                [.. entry.Value.GetProperty("shape").EnumerateArray().Select(extent => extent.GetInt32())],
                [.. MemoryMarshal.Cast<byte, float>(file.AsSpan(8 + length + from, to - from)).ToArray().Select(number => (double)number)]);
        }, StringComparer.Ordinal);
    }

    private static float[] Expected(Model model, Tensor rows) => SessionTensors.Evaluate(
        ExportModels.Inference(model, rows.Shape[0]), model.Initialize(new Seed(7)).Add(model.InputName, rows), "logits");

    private static void Near(float[] expected, int row, double[] logits)
    {
        for (var i = 0; i < logits.Length; i++) { Assert.Equal(logits[i], expected[(row * logits.Length) + i], 1e-5); }
    }

    private static double[] Linear(Dictionary<string, Torch> weights, string name, double[] x)
    {
        var weight = weights[$"{name}.weight"];
        Assert.Equal(x.Length, weight.Shape[1]);
        var bias = weights.GetValueOrDefault($"{name}.bias")?.Numbers;
        return [.. Enumerable.Range(0, weight.Shape[0]).Select(output =>
            weight.Row(output).Zip(x, (w, number) => w * number).Sum() + (bias?[output] ?? 0))];
    }

    private static double[][] Attention(Dictionary<string, Torch> weights, string scope, double[][] x)
    {
        const int head = 8;
        double[][] Projected(string name) => [.. x.Select(v => Linear(weights, $"{scope}.{name}", v))];
        var (q, k, v) = (Projected("q"), Projected("k"), Projected("v"));
        return [.. Enumerable.Range(0, x.Length).Select(to =>
        {
            var mixed = new double[x[0].Length];
            for (var first = 0; first < mixed.Length; first += head)
            {
                double[] scores = [.. Enumerable.Range(0, to + 1).Select(from => Math.Exp(
                    Enumerable.Range(first, head).Sum(i => q[to][i] * k[from][i]) / Math.Sqrt(head)))];
                for (var i = first; i < first + head; i++)
                {
                    mixed[i] = scores.Select((score, from) => score * v[from][i]).Sum() / scores.Sum();
                }
            }
            return Linear(weights, $"{scope}.o", mixed);
        })];
    }

    private static double[] Norm(Dictionary<string, Torch> weights, string name, double[] x)
    {
        var mean = x.Average();
        var deviation = Math.Sqrt(x.Average(number => (number - mean) * (number - mean)) + 1e-5);
        var (gain, bias) = (weights[$"{name}.weight"].Numbers, weights[$"{name}.bias"].Numbers);
        return [.. x.Select((number, i) => ((number - mean) / deviation * gain[i]) + bias[i])];
    }

    private static double[] Relu(double[] x) => [.. x.Select(number => Math.Max(number, 0))];

    private static double[] Sum(double[] a, double[] b) => [.. a.Zip(b, (x, y) => x + y)];

    private sealed record Torch(int[] Shape, double[] Numbers)
    {
        public double[] Row(int row) => Numbers[(row * Shape[1])..((row + 1) * Shape[1])];
    }
}
