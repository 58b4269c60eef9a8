using System.Collections.Immutable;
using System.Globalization;
using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Graphs.Ops;

namespace GrokPipeline.Testing;

/// <summary>Compares gradients with central differences, both in double precision on the reference engine.</summary>
public static class GradientCheck
{
    /// <summary>The largest allowed difference, relative to the largest gradient of that input or 1.</summary>
    public const double Tolerance = 1e-7;

    private const double Distance = 1e-3;

    /// <summary>
    /// Checks the gradients of a graph's float outputs, weighted at random and summed, with respect to its float inputs.
    /// </summary>
    /// <param name="graph">A graph that is differentiable at <paramref name="point"/> and a thousandth around it.</param>
    /// <param name="point">A tensor for each input.</param>
    /// <param name="elements">How many elements of each input are moved; the first, the last and some between.</param>
    /// <returns>The largest difference found.</returns>
    public static double Verify(Graph graph, IReadOnlyDictionary<string, Tensor> point, int elements = 12)
    {
        var (loss, weights) = Loss(graph);
        var inputs = graph.Inputs.Where(input => input.Type.Element.IsFloat()).ToArray();
        var gradients = Gradients.Of(loss, inputs);
        var whole = Graph.Of(
            "check", graph.Inputs.AddRange(weights),
            [new("loss", loss), .. inputs.Zip(gradients, (input, value) => new GraphOutput($"d/{input.Name}", value))]);
        using var session = new ReferenceEngine(ElementType.Float64).Compile(whole, new CompileOptions());
        using var forward = new ReferenceEngine(ElementType.Float64).Compile(
            Graph.Of("forward", whole.Inputs, [new GraphOutput("loss", loss)]), new CompileOptions());
        foreach (var (name, tensor) in point.Concat(weights.Select(w => KeyValuePair.Create(w.Name!, SampleInputs.Draw(w.Name!, w.Shape, -1, 1)))))
        {
            session.Write(name, tensor);
            forward.Write(name, tensor);
        }
        session.Run();
        return inputs.Max(input => Compare(session, forward, input, elements));
    }

    /// <summary>A scalar that every float output flows into, and the weights that it takes, as further inputs.</summary>
    public static (Value Loss, ImmutableArray<Value> Weights) Loss(Graph graph)
    {
        var outputs = graph.Outputs.Where(output => output.Value.Type.Element.IsFloat()).Select(output => output.Value).ToArray();
        var weights = outputs.Select((value, index) => Value.Input($"weight{index}", value.Type)).ToImmutableArray();
        return (outputs.Zip(weights, (value, weight) => (value * weight).Sum()).Aggregate((a, b) => a + b), weights);
    }

    private static double Compare(ISession session, ISession forward, Value input, int elements)
    {
        var gradient = new Tensor(new(ElementType.Float64, input.Shape));
        session.Read($"d/{input.Name}", gradient);
        var tensor = new Tensor(gradient.Type);
        session.Read(input.Name!, tensor);
        var scale = 1.0;
        foreach (var number in gradient.AsSpan<double>()) { scale = Math.Max(scale, Math.Abs(number)); }
        var worst = 0.0;
        var count = input.Shape.Count;
        for (var i = 0; i < Math.Min(count, elements); i++)
        {
            var element = count <= elements ? i : (int)((long)i * (count - 1) / (elements - 1));
            var expected = Difference(forward, input.Name!, tensor, element);
            var actual = gradient.AsSpan<double>()[element];
            var error = Math.Abs(actual - expected) / scale;
            Assert.True(error <= Tolerance, string.Create(
                CultureInfo.InvariantCulture, $"d/{input.Name}[{element}] of {input.Type} is {actual:R}; differences give {expected:R}."));
            worst = Math.Max(worst, error);
        }
        return worst;
    }

    // Fourth order: (8(f(x+h) − f(x−h)) − (f(x+2h) − f(x−2h)))/12h, with an error of h⁴·f⁽⁵⁾/30.
    private static double Difference(ISession forward, string input, Tensor tensor, int element)
    {
        var number = tensor.AsSpan<double>()[element];
        double At(double shift)
        {
            tensor.AsSpan<double>()[element] = number + shift;
            forward.Write(input, tensor);
            forward.Run();
            var loss = new Tensor(new(ElementType.Float64, []));
            forward.Read("loss", loss);
            return loss.AsSpan<double>()[0];
        }
        var difference = ((8 * (At(Distance) - At(-Distance))) - (At(2 * Distance) - At(-2 * Distance))) / (12 * Distance);
        At(0);
        return difference;
    }
}
