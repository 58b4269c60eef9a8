using GrokPipeline.Tables;

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

    /// <summary>
    /// The names of its activations in the order of computation, the <see cref="Logits"/> among them; empty when they are not known.
    /// </summary>
    public virtual IReadOnlyList<string> ActivationNames => [];

    /// <summary>
    /// Activations of other rows, computed together: for a few of the context's rows, or pairs of operands that are in no split.
    /// </summary>
    /// <param name="rows">A table with the columns that the model reads; at least one row.</param>
    /// <param name="names">Names of activations.</param>
    /// <returns>One for each name, in their order.</returns>
    /// <exception cref="GrokException">There is no such activation, or the checkpoint only knows the context's rows.</exception>
    public virtual IReadOnlyList<Activation> On(Table rows, IReadOnlyList<string> names) => throw new GrokException(
        "This checkpoint knows only what the model computes of the dataset's own rows.", "Probe it with all rows of the dataset.");
}

/// <summary>An activation of many rows.</summary>
/// <param name="Shape">The shape of one row's part: <c>[positions, width]</c>, <c>[classes]</c>.</param>
/// <param name="Values">Shape [rows, …<paramref name="Shape"/>], row-major.</param>
public sealed record Activation(TensorShape Shape, float[] Values)
{
    /// <summary>Numbers per row.</summary>
    public int Width => Shape.Count;

    /// <summary>How many rows.</summary>
    public int Rows => Width == 0 ? 0 : Values.Length / Width;

    /// <summary>
    /// The last position's part, where the model gives its answer: of <c>[positions, width]</c> or <c>[positions, heads, width]</c> a shape
    /// <c>[width]</c>; itself when it has one axis.
    /// </summary>
    public Activation AtLastPosition()
    {
        if (Shape.Rank < 2) { return this; }
        var (width, all) = (Width / Shape[0], Width);
        if (width == all) { return new([width], Values); }
        var values = new float[Rows * width];
        for (var row = 0; row < Rows; row++) { Values.AsSpan((row * all) + all - width, width).CopyTo(values.AsSpan(row * width)); }
        return new([width], values);
    }
}
