using System.Collections.Immutable;

namespace GrokPipeline.Checkpoints;

/// <summary>How a checkpoint's model is opened.</summary>
public sealed record CheckpointModelOptions
{
    /// <summary>Threads of ONNX Runtime; 0 for one per processor. Default 1: small models gain nothing from more.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Most rows that are run at once, at least 1; rounded down to a power of two. Default 256.</summary>
    public int LargestBatch { get; init; } = 256;

    /// <summary>Activations to be read beside the logits, out of <see cref="CheckpointModel.KnownActivations"/>. Default none.</summary>
    public ImmutableArray<string> Activations { get; init; } = [];
}
