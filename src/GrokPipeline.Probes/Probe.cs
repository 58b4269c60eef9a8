using GrokPipeline.Data;
using GrokPipeline.Tables;

namespace GrokPipeline.Probes;

/// <summary>Reads the parameters or activations of one checkpoint and returns findings. Sees neither files nor engines.</summary>
public abstract class Probe
{
    /// <summary>The kind's name in a pipeline file.</summary>
    public abstract string Kind { get; }

    /// <summary>Activations that it reads (<c>hidden.0</c>): the exported model must give them as outputs. Empty for weights alone.</summary>
    public virtual IReadOnlyList<string> Activations => [];

    /// <summary>What it finds, in a fixed order.</summary>
    /// <exception cref="GrokException">A parameter, activation or column that it was told to read does not exist.</exception>
    public abstract IEnumerable<ProbeFinding> Run(ProbeContext context);
}

/// <summary>What a probe may look at.</summary>
public sealed record ProbeContext
{
    /// <summary>The checkpoint's parameters by name.</summary>
    public required IReadOnlyDictionary<string, Tensor> Parameters { get; init; }

    /// <summary>The untrained parameters (step 0) by name, for controls.</summary>
    public required IReadOnlyDictionary<string, Tensor> InitialParameters { get; init; }

    /// <summary>What the dataset's columns mean.</summary>
    public required DatasetFacts Facts { get; init; }

    /// <summary>Rows that activations are taken of: all splits together, in a fixed order.</summary>
    public required Table Rows { get; init; }

    /// <summary>An activation for all <see cref="Rows"/>, shape [rows, width], row-major.</summary>
    public required Func<string, Activation> Activation { get; init; }

    /// <summary>The same of the untrained model.</summary>
    public required Func<string, Activation> InitialActivation { get; init; }

    /// <summary>Randomness of splits, shuffles and controls.</summary>
    public required Seed Seed { get; init; }
}

/// <summary>An activation of many rows.</summary>
/// <param name="Width">Numbers per row.</param>
/// <param name="Values">Shape [rows, width], row-major.</param>
public sealed record Activation(int Width, float[] Values);

/// <summary>One number that a probe found; a row of <c>probes.parquet</c>.</summary>
/// <param name="Probe">The probe's kind.</param>
/// <param name="Target">What it read: a parameter's or activation's name, with the predicted column where there is one (<c>hidden.0 -> c</c>).</param>
/// <param name="Name">What the number is: <c>norm</c>, <c>power[12]</c>, <c>accuracy</c>.</param>
/// <param name="Value">The number.</param>
/// <param name="Control">Empty, or the control that it belongs to: <c>shuffled_labels</c>, <c>random_init</c>.</param>
/// <param name="Repeat">Which repetition, from 0.</param>
public sealed record ProbeFinding(string Probe, string Target, string Name, double Value, string Control = "", int Repeat = 0);
