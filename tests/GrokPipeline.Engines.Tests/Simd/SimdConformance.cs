using GrokPipeline.Engines.Simd;
using GrokPipeline.Testing;

namespace GrokPipeline.Engines.Tests.Simd;

public sealed class SimdConformance : EngineConformance<SimdEngine>;
