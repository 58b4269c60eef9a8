using GrokPipeline.Engines.OnnxRuntime;
using GrokPipeline.Testing;

namespace GrokPipeline.Engines.Tests.OnnxRuntime;

public sealed class OnnxRuntimeConformance : EngineConformance<OnnxRuntimeEngine>;
