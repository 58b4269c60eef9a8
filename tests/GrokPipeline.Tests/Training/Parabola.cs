using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Graphs.Ops;
using GrokPipeline.Training;
using GrokPipeline.Training.Optimizers;

namespace GrokPipeline.Tests.Training;

/// <summary>The parabola ½ Σ cᵢ θᵢ², whose gradient is cᵢ θᵢ, walked by an optimizer's graph in double precision.</summary>
internal static class Parabola
{
    /// <summary>The values of θ after each step.</summary>
    /// <param name="optimizer">What walks.</param>
    /// <param name="shape">Of θ.</param>
    /// <param name="start">θ at step 0, row-major.</param>
    /// <param name="curvature">c, of the same shape.</param>
    /// <param name="steps">How many steps.</param>
    /// <param name="random">Numbers of an input by name and step, from 0.</param>
    /// <param name="name">What θ is called.</param>
    public static List<double[]> Run(
        Optimizer optimizer, TensorShape shape, double[] start, double[] curvature, int steps, Func<string, int, double[]>? random = null,
        string name = "theta")
    {
        var spec = new ParameterSpec(name, shape, new(Distribution.Constant, 0));
        var (theta, c) = (Value.Input(name, spec.Type), Value.Input("curvature", spec.Type));
        var inputs = optimizer.RateInputs().Concat(optimizer.SettingInputs())
            .ToDictionary(pair => pair.Key, pair => (pair.Value, Input: Value.Input(pair.Key, TensorType.Float32([]))));
        var fed = new FedInputs();
        var chain = optimizer.Build(new StepInputs(spec, input => inputs[input].Input, fed));
        var slots = chain.Slots.Select(slot => Value.Input(slot, chain.SlotType(slot, spec.Type))).ToArray();
        var scalars = chain.Scalars.Select(scalar => Value.Input(scalar.Name, TensorType.Float32([]))).ToArray();
        var next = chain.Scalars.Zip(scalars, (scalar, before) => scalar.Next(before)).ToArray();
        var change = chain.Apply(Gradients.Of((theta * theta * c * 0.5).Sum(), [theta])[0], theta, slots, next);
        var moved = theta + change.Update;
        if (optimizer.Clamp is { } clamp) { moved = clamp.Apply([moved], [name], fed).Single(); }
        Value[] before = [theta, .. slots, .. scalars];
        Value[] after = [moved, .. change.Slots, .. next];
        using var session = new ReferenceEngine(ElementType.Float64).Compile(
            Graph.Of(
                "parabola", [.. before, c, .. inputs.Values.Select(pair => pair.Input), .. fed.Values],
                before.Zip(after, (from, to) => new GraphOutput($"{from.Name}'", to)),
                before.Select(value => new CarriedPair($"{value.Name}'", value.Name!))),
            new CompileOptions());
        session.Write(name, Tensor.Of<double>(shape, start));
        session.Write("curvature", Tensor.Of<double>(shape, curvature));
        foreach (var (input, (number, _)) in inputs) { session.Write(input, Tensor.Scalar(number)); }
        foreach (var input in fed.Inputs.Where(input => !input.IsRandom))
        {
            session.Write(input.Name, input.Kind == FedKind.FirstValues
                ? Tensor.Of<double>(shape, start) : Tensor.Scalar(Math.Sqrt(start.Sum(x => x * x))));
        }
        var path = new List<double[]>();
        for (var t = 0; t < steps; t++)
        {
            foreach (var input in fed.Inputs.Where(input => input.IsRandom))
            {
                session.Write(input.Name, Tensor.Of<double>(input.Type.Shape, random!(input.Name, t)));        // not null: it is asked for
            }
            session.Run();
            var result = new Tensor(new(ElementType.Float64, shape));
            session.Read(name, result);
            path.Add(result.AsSpan<double>().ToArray());
        }
        return path;
    }

    public static void Close(List<double[]> expected, List<double[]> actual, double tolerance = 1e-10)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (var t = 0; t < expected.Count; t++)
        {
            for (var i = 0; i < expected[t].Length; i++) { Assert.Equal(expected[t][i], actual[t][i], tolerance); }
        }
    }
}
