using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Ops;

namespace GrokPipeline.Training.Layers;

/// <summary>The function of one number between two layers.</summary>
public enum Activation
{
    /// <summary><c>max(x, 0)</c>.</summary>
    Relu,

    /// <summary><c>x·Φ(x)</c> with the normal distribution function, not its tanh approximation (Hendrycks and Gimpel 2016).</summary>
    Gelu,

    /// <summary><c>tanh x</c>.</summary>
    Tanh,

    /// <summary><c>x²</c>: the quadratic network of Gromov (2023), for which modular addition has a closed solution.</summary>
    Square,

    /// <summary><c>x·σ(x)</c> with the logistic function σ, also called swish (Elfwing et al. 2018).</summary>
    Silu,
}

/// <summary>Activations as graphs.</summary>
public static class Activations
{
    extension(Value x)
    {
        /// <summary>The activation of each element.</summary>
        public Value Activate(Activation activation) => activation switch
        {
            Activation.Relu => x.Relu(),
            Activation.Gelu => x.Gelu(),
            Activation.Tanh => x.Tanh(),
            Activation.Square => x.Square(),
            Activation.Silu => x * x.Sigmoid(),
            _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, "Not an activation."),
        };
    }
}
