namespace GrokPipeline.Probes;

/// <summary>Looks into one checkpoint and returns findings. Sees neither files nor engines' names.</summary>
public abstract class Probe
{
    /// <summary>The kind's name in a pipeline file.</summary>
    public abstract string Kind { get; }

    /// <summary>True when it looks at the classes of rows, so that it has nothing to say of real targets and of answers of several tokens.</summary>
    public virtual bool NeedsClasses => false;

    /// <summary>
    /// Activations that it reads of the probed checkpoint (<c>hidden.0</c>, <c>logits</c>), so that one run of the model gives all of them.
    /// One that is not named here may be read too; it costs a run of its own. Empty for weights alone.
    /// </summary>
    public virtual IReadOnlyList<string> Activations => [];

    /// <summary>The same for a model whose activations are known, for a probe that reads all of some kind.</summary>
    /// <param name="known">The model's activations in the order of computation.</param>
    public virtual IReadOnlyList<string> ActivationsAmong(IReadOnlyList<string> known) => Activations;

    /// <summary>What it finds, in a fixed order.</summary>
    /// <exception cref="GrokException">A parameter, activation or column that it was told to read does not exist.</exception>
    public abstract IEnumerable<ProbeFinding> Run(ProbeContext context);
}

/// <summary>One number that a probe found; a row of <c>probes.parquet</c>.</summary>
/// <param name="Probe">The probe's kind.</param>
/// <param name="Target">What it read: a parameter's or activation's name, with the predicted column where there is one (<c>hidden.0 -> c</c>).</param>
/// <param name="Name">What the number is: <c>norm</c>, <c>power[12]</c>, <c>accuracy</c>.</param>
/// <param name="Value">The number.</param>
/// <param name="Control">Empty, or the control that it belongs to: <c>shuffled_labels</c>, <c>random_init</c>.</param>
/// <param name="Repeat">Which repetition, from 0.</param>
public sealed record ProbeFinding(string Probe, string Target, string Name, double Value, string Control = "", int Repeat = 0);
