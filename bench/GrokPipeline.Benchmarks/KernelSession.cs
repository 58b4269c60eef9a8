using GrokPipeline.Engines.Simd;
using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Engines;

namespace GrokPipeline.Benchmarks;

/// <summary>A small graph on one thread of the simd engine, with normal numbers in its inputs.</summary>
internal static class KernelSession
{
    /// <summary>Normal numbers, the same at every call.</summary>
    public static float[] Numbers(int count, string use)
    {
        var stream = new Seed(1).Derive(use).Stream();
        var numbers = new float[count];
        foreach (ref var x in numbers.AsSpan()) { x = (float)stream.NextNormal(); }
        return numbers;
    }

    /// <summary>Row numbers below a count, in a mixed order.</summary>
    public static long[] Indices(int count, int below)
    {
        var indices = new long[count];
        for (var i = 0; i < count; i++) { indices[i] = i * 61L % below; }
        return indices;
    }

    /// <summary>Compiles a graph; inputs of floats get normal numbers.</summary>
    public static ISession Of(Graph graph)
    {
        var session = new SimdEngine().Compile(graph, new CompileOptions { Threads = 1 });
        foreach (var input in graph.Inputs.Where(input => input.Type.Element == ElementType.Float32))
        {
            var name = input.Name!;                                                           // inputs have names
            session.Write(name, Tensor.Of<float>(input.Type.Shape, Numbers(input.Type.Shape.Count, name)));
        }
        return session;
    }
}
