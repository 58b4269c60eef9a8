using System.Globalization;
using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Engines;

namespace GrokPipeline.Testing;

/// <summary>Running sessions and comparing what they give.</summary>
public static class SessionTensors
{
    /// <summary>Every name at the port with its type: outputs, then inputs.</summary>
    public static IEnumerable<(string Name, TensorType Type)> Port(Graph graph) =>
        graph.Outputs.Select(output => (output.Name, output.Value.Type)).Concat(graph.Inputs.Select(input => (input.Name!, input.Type)));

    /// <summary>Writes inputs, runs, and reads everything at the port.</summary>
    public static Dictionary<string, Tensor> RunAndRead(
        ISession session, Graph graph, IReadOnlyDictionary<string, Tensor> inputs, int runs = 1)
    {
        foreach (var (name, tensor) in inputs) { session.Write(name, tensor); }
        for (var run = 0; run < runs; run++) { session.Run(); }
        var read = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var (name, type) in Port(graph))
        {
            read[name] = new Tensor(type);
            session.Read(name, read[name]);
        }
        return read;
    }

    /// <summary>Runs a graph once on the float32 reference and reads one float output.</summary>
    public static float[] Evaluate(Graph graph, IReadOnlyDictionary<string, Tensor> inputs, string output)
    {
        using var session = new ReferenceEngine().Compile(graph, new CompileOptions());
        return RunAndRead(session, graph, inputs)[output].AsSpan<float>().ToArray();
    }

    /// <summary>Compares a name's tensor on two sessions, the first of which computes in double precision.</summary>
    public static void AssertNear(ISession reference, ISession session, string name, TensorType type, double tolerance, int run = 1)
    {
        var actual = new Tensor(type);
        session.Read(name, actual);
        var expected = new Tensor(type.Element.IsFloat() ? type with { Element = ElementType.Float64 } : type);
        reference.Read(name, expected);
        if (!type.Element.IsFloat())
        {
            Assert.True(expected.Bytes.SequenceEqual(actual.Bytes), $"'{name}' {type} differs from the reference in run {run}.");
            return;
        }
        var (wanted, given) = (expected.AsSpan<double>().ToArray(), actual.AsSpan<float>().ToArray());
        for (var i = 0; i < given.Length; i++)
        {
            var near = Math.Abs(given[i] - wanted[i]) <= tolerance * (1 + Math.Abs(wanted[i])) || (float)wanted[i] == given[i]
                || (double.IsNaN(wanted[i]) && float.IsNaN(given[i]));
            Assert.True(near, string.Create(
                CultureInfo.InvariantCulture, $"'{name}'[{i}] of {type} is {given[i]:R}, the reference says {wanted[i]:R} (run {run})."));
        }
    }
}
