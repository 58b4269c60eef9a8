using System.Globalization;
using GrokPipeline.Engines.Simd.Code;
using GrokPipeline.Engines.Simd.Measuring;
using GrokPipeline.Engines.Simd.Planning;
using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Engines;

namespace GrokPipeline.Engines.Simd;

/// <summary>
/// Runs graphs on the processor's vector units, in C# alone: loops are fused and compiled for the machine, matrix products are blocked and
/// packed, all memory is one block. The bytes of a result are the same for any number of threads and any vector width.
/// </summary>
public sealed class SimdEngine : IEngine
{
    /// <inheritdoc/>
    public EngineFacts Facts { get; } = new(
        "simd", typeof(SimdEngine).Assembly.GetName().Version?.ToString(3) ?? "0",
        $"cpu, {(VectorEmitter.Lanes * 32).ToString(CultureInfo.InvariantCulture)}-bit vectors", NumericPromise.SameBytes);

    /// <inheritdoc/>
    public ISession Compile(Graph graph, CompileOptions options) => new SimdSession(Plan.Of(graph), graph, options.ResolvedThreads);

    /// <summary>
    /// Compiles a graph, runs it for some seconds, and tells what each kernel has to do, how long it takes, and how near to the machine's
    /// limits that is. Carried values change, as in any run.
    /// </summary>
    /// <param name="graph">The graph.</param>
    /// <param name="options">On how many threads.</param>
    /// <param name="write">Writes the inputs; called once.</param>
    /// <exception cref="GrokException">As <see cref="Compile"/> and as <see cref="ISession.Run"/>.</exception>
    public PlanReport Describe(Graph graph, CompileOptions options, Action<ISession> write)
    {
        using var session = new SimdSession(Plan.Of(graph), graph, options.ResolvedThreads);
        write(session);
        return PlanMeter.Measure(session, graph.Name, options.ResolvedThreads);
    }
}
