using GrokPipeline.Graphs;

namespace GrokPipeline.Training.Optimizers;

/// <summary>
/// What a chain for one parameter may read besides gradient, parameter and its own state. Asking for an input of the host adds it to the
/// step; a chain that asks for none leaves the step as it is.
/// </summary>
public sealed class StepInputs
{
    private readonly Func<string, Value> _scalar;
    private readonly FedInputs _fed;

    internal StepInputs(ParameterSpec parameter, Func<string, Value> scalar, FedInputs fed) =>
        (Parameter, _scalar, _fed) = (parameter, scalar, fed);

    /// <summary>The inputs of a parameter outside a step, to look at a chain: each is an input of its name.</summary>
    public static StepInputs Of(ParameterSpec parameter) =>
        new(parameter, name => Value.Input(name, TensorType.Float32([])), new FedInputs());

    /// <summary>The parameter.</summary>
    public ParameterSpec Parameter { get; }

    /// <summary>A scalar of the optimizer, or of the parameter's group: <c>learning_rate</c>, <c>weight_decay</c>.</summary>
    public Value Scalar(string name) => _scalar(name);

    /// <summary>The parameter's values at step 0, of its shape.</summary>
    public Value FirstValues() => Input("first_values", Parameter.Type, FedKind.FirstValues);

    /// <summary>The norm of the parameter's values at step 0, a scalar.</summary>
    public Value FirstNorm() => Input("first_norm", TensorType.Float32([]), FedKind.FirstNorm);

    /// <summary>Standard normal numbers of the parameter's shape, other ones in each step.</summary>
    /// <param name="use">What for; each use has numbers of its own.</param>
    public Value Normal(string use) => Input(use, Parameter.Type, FedKind.Normal);

    /// <summary>One standard normal number, another in each step.</summary>
    /// <param name="use">What for.</param>
    public Value NormalNumber(string use) => Input(use, TensorType.Float32([]), FedKind.Normal);

    private Value Input(string use, TensorType type, FedKind kind) => _fed.Add(new FedInput(
        $"{Parameter.Name}.{use}", type, kind, kind is FedKind.FirstValues or FedKind.FirstNorm ? Parameter.Name : ""));
}
