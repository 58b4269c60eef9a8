using GrokPipeline.Graphs.Engines;
using GrokPipeline.Testing;

namespace GrokPipeline.Tests.Graphs;

/// <summary>The reference in single precision against the reference in double precision.</summary>
public sealed class ReferenceConformance : EngineConformance<ReferenceEngine>;
