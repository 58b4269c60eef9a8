using System.Collections.Immutable;
using GrokPipeline.Graphs;

namespace GrokPipeline.Testing;

/// <summary>A graph with inputs for it, on which engines are compared with the reference.</summary>
/// <param name="Graph">The graph.</param>
/// <param name="Inputs">A tensor for each input by name; one that is missing stays zero.</param>
/// <param name="Tolerance">Allowed distance in float32: |actual − expected| ≤ tolerance · (1 + |expected|).</param>
/// <param name="Runs">How often it is run; more than once where something is carried.</param>
/// <param name="Smooth">True: differentiable at the inputs, so that gradients are checked against differences.</param>
public sealed record OpSample(
    Graph Graph, ImmutableSortedDictionary<string, Tensor> Inputs, double Tolerance, int Runs = 1, bool Smooth = true)
{
    /// <summary>A sample with the outputs <c>y0</c>, <c>y1</c>, … of one expression.</summary>
    public static OpSample Of(double tolerance, Func<SampleInputs, Value[]> build, bool smooth = true)
    {
        var inputs = new SampleInputs();
        var outputs = build(inputs).Select((value, index) => new GraphOutput($"y{index}", value));
        return new(Graph.Of("sample", inputs.Values, outputs), inputs.Tensors, tolerance, 1, smooth);
    }

    /// <summary>
    /// The same with gradients as outputs: <c>d/x</c> for each float input x, of the sum of all float outputs with the weights
    /// <c>weight0</c>, <c>weight1</c>, …, which are inputs too.
    /// </summary>
    public OpSample WithGradients()
    {
        var (loss, weights) = GradientCheck.Loss(Graph);
        var floats = Graph.Inputs.Where(input => input.Type.Element.IsFloat()).ToArray();
        var gradients = Gradients.Of(loss, floats);
        var graph = Graph.Of(
            "gradient", Graph.Inputs.AddRange(weights),
            [.. Graph.Outputs, new GraphOutput("loss", loss), .. floats.Zip(gradients, (input, value) => new GraphOutput($"d/{input.Name}", value))]);
        return this with
        {
            Graph = graph,
            Inputs = Inputs.AddRange(weights.Select(weight => KeyValuePair.Create(weight.Name!, SampleInputs.Draw(weight.Name!, weight.Shape, -1, 1)))),
            Tolerance = Math.Max(5e-6, Tolerance * 4),              // sums of what was exact
            Smooth = false,
        };
    }
}

/// <summary>Collects the inputs of a sample; their contents follow from their names and shapes alone.</summary>
public sealed class SampleInputs
{
    private readonly List<Value> _values = [];
    private readonly ImmutableSortedDictionary<string, Tensor>.Builder _tensors =
        ImmutableSortedDictionary.CreateBuilder<string, Tensor>(StringComparer.Ordinal);

    public IReadOnlyList<Value> Values => _values;

    public ImmutableSortedDictionary<string, Tensor> Tensors => _tensors.ToImmutable();

    /// <summary>Float32 numbers, uniform in [low, high).</summary>
    public Value Float(string name, TensorShape shape, double low = -1, double high = 1) => Add(name, Draw(name, shape, low, high));

    /// <summary>Int64 numbers, uniform in [0, below).</summary>
    public Value Integers(string name, TensorShape shape, int below)
    {
        var stream = new Seed(2).Derive($"{name}{shape}").Stream();
        var numbers = new long[shape.Count];
        for (var i = 0; i < numbers.Length; i++) { numbers[i] = stream.NextBelow(below); }
        return Add(name, Tensor.Of<long>(shape, numbers));
    }

    /// <summary>Truth values, each as likely as the other.</summary>
    public Value Bools(string name, TensorShape shape)
    {
        var stream = new Seed(3).Derive($"{name}{shape}").Stream();
        var truths = new bool[shape.Count];
        for (var i = 0; i < truths.Length; i++) { truths[i] = stream.NextBelow(2) == 1; }
        return Add(name, Tensor.Of<bool>(shape, truths));
    }

    /// <summary>An input with contents of one's own.</summary>
    public Value Add(string name, Tensor tensor)
    {
        _tensors.Add(name, tensor);
        _values.Add(Value.Input(name, tensor.Type));
        return _values[^1];
    }

    internal static Tensor Draw(string name, TensorShape shape, double low, double high)
    {
        var stream = new Seed(1).Derive($"{name}{shape}").Stream();
        var numbers = new float[shape.Count];
        for (var i = 0; i < numbers.Length; i++) { numbers[i] = (float)(low + ((high - low) * stream.NextUniform())); }
        return Tensor.Of<float>(shape, numbers);
    }
}
