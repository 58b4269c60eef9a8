namespace GrokPipeline.Training;

/// <summary>What the trainer writes into an input of a step that is neither state nor row nor a number of the optimizer.</summary>
public enum FedKind
{
    /// <summary>A parameter's values at step 0, written once; also after a resume, because they follow from the plan.</summary>
    FirstValues,

    /// <summary>The norm of a parameter's values at step 0, or of all of them when the input names none; written once.</summary>
    FirstNorm,

    /// <summary>Standard normal numbers, drawn anew for each step.</summary>
    Normal,

    /// <summary>0 with probability <see cref="FedInput.Rate"/>, else 1 / (1 − rate); drawn anew for each step.</summary>
    Mask,

    /// <summary>The gradient of a matrix' spectral entropy at its values before the step; computed anew for each step.</summary>
    EntropyGradient,
}

/// <summary>
/// An input of a step that the host computes: the same for any engine, and a pure function of the plan, the step and the parameters, so
/// that nothing of it is in a state. Random ones have a stream of their own, by seed and name.
/// </summary>
/// <param name="Name">Its name in the graph: <c>hidden.0.weight.update_noise</c>.</param>
/// <param name="Type">Float32 of some shape.</param>
/// <param name="Kind">What is written.</param>
/// <param name="Parameter">The parameter whose values are meant; empty for none or all.</param>
/// <param name="Rate">The share of zeros of a mask, in [0, 1).</param>
public readonly record struct FedInput(string Name, TensorType Type, FedKind Kind, string Parameter = "", double Rate = 0)
{
    /// <summary>True when its numbers are drawn, for each step.</summary>
    internal bool IsRandom => Kind is FedKind.Normal or FedKind.Mask;
}
