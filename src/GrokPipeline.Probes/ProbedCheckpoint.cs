namespace GrokPipeline.Probes;

/// <summary>A checkpoint as a probe sees it: its parameters, and what the model computes of the context's rows.</summary>
public abstract class ProbedCheckpoint
{
    /// <summary>The name of the model's output among its activations.</summary>
    public const string Logits = "logits";

    /// <summary>Optimizer steps taken.</summary>
    public abstract long Step { get; }

    /// <summary>The parameters by name.</summary>
    public abstract IReadOnlyDictionary<string, Tensor> Parameters { get; }

    /// <summary>An activation, or the <see cref="Logits"/>, of all rows, computed by ONNX Runtime from the exported graph.</summary>
    /// <exception cref="GrokException">The model has no activation of that name; the message lists those it has.</exception>
    public abstract Activation Activation(string name);
}

/// <summary>An activation of many rows.</summary>
/// <param name="Shape">The shape of one row's part: <c>[positions, width]</c>, <c>[classes]</c>.</param>
/// <param name="Values">Shape [rows, …<paramref name="Shape"/>], row-major.</param>
public sealed record Activation(TensorShape Shape, float[] Values)
{
    /// <summary>Numbers per row.</summary>
    public int Width => Shape.Count;
}
