using GrokPipeline.Graphs.Engines;
using GrokPipeline.Tables;

namespace GrokPipeline.Stages;

/// <summary>What a pipeline runs with. The caller chooses; the stages name no engine and no store themselves.</summary>
public sealed record PipelineTools
{
    /// <summary>The engine of a name in a pipeline file.</summary>
    /// <remarks>Throws a <see cref="GrokException"/> of kind <see cref="ProblemKind.Resources"/> that says why an engine is
    /// absent.</remarks>
    public required Func<string, IEngine> Engine { get; init; }

    /// <summary>Facts about the engine that opens exported files.</summary>
    public required EngineFacts Scoring { get; init; }

    /// <summary>Opens the bytes of an ONNX file to be run on some threads; 0 for one per processor.</summary>
    public required Func<ReadOnlyMemory<byte>, int, ISession> Open { get; init; }

    /// <summary>Reads and writes tables.</summary>
    public required ITableStore Store { get; init; }

    /// <summary>The version of this program, for records.</summary>
    public required string Version { get; init; }

    /// <summary>The clock; only progress, records of runs and time limits look at it.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
