using System.Globalization;
using GrokPipeline.Engines.Simd.Code;
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
}
