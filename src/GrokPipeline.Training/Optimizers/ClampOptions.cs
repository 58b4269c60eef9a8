using System.Globalization;
using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Ops;

namespace GrokPipeline.Training.Optimizers;

/// <summary>
/// Parameters that keep their norm: after each step they are multiplied by <c>n / ‖θ‖</c> (Liu, Michaud, Tegmark 2023, constant norm and
/// reduced landscape).
/// </summary>
public sealed record ClampOptions : IOptions
{
    /// <summary>The norm: init, the default, for the one at step 0, or a number above 0.</summary>
    public ClampNorm Norm { get; init; }

    /// <summary>all, the default: one norm of all parameters together; tensor: each parameter keeps its own, which needs init.</summary>
    public ClampScope Of { get; init; }

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (Norm.Number is not (null or (> 0 and <= 1e9)))
        {
            yield return new("norm", $"norm is {Norm.Number}; give init, or a number above 0 and at most 1000000000.");
        }
        if (Of == ClampScope.Tensor && Norm.Number is not null)
        {
            yield return new("norm", "one number is no norm for each tensor; write norm: init beside of: tensor, or of: all.");
        }
    }

    /// <summary>The parameters after a step, at their norms.</summary>
    /// <param name="parameters">After the update, in the model's order.</param>
    /// <param name="names">Their names.</param>
    /// <param name="fed">Gives the norms at step 0.</param>
    internal IEnumerable<Value> Apply(IReadOnlyList<Value> parameters, IEnumerable<string> names, FedInputs fed)
    {
        if (Of == ClampScope.Tensor)
        {
            return parameters.Zip(names, (parameter, name) => parameter * Factor(
                FirstNorm($"{name}.first_norm", name, fed), parameter.Square().Sum()));
        }
        var norm = Norm.Number is { } number ? Value.Scalar(number) : FirstNorm("first_norm", "", fed);
        var factor = Factor(norm, parameters.Select(parameter => parameter.Square().Sum()).Aggregate((sum, square) => sum + square));
        return parameters.Select(parameter => parameter * factor);
    }

    private static Value FirstNorm(string input, string parameter, FedInputs fed) =>
        fed.Add(new FedInput(input, TensorType.Float32([]), FedKind.FirstNorm, parameter));

    // A tensor of zeros stays one.
    private static Value Factor(Value norm, Value squares) => norm / (squares.Sqrt() + 1e-30);
}

/// <summary>Which parameters share a norm.</summary>
public enum ClampScope
{
    /// <summary>All together.</summary>
    All,

    /// <summary>Each tensor has its own.</summary>
    Tensor,
}

/// <summary>A norm: that of step 0, also the default, or a number.</summary>
/// <param name="Number">The number; null for the norm of step 0.</param>
public readonly record struct ClampNorm(double? Number) : IScalarForm<ClampNorm>
{
    /// <summary>Reads <c>init</c> or a number.</summary>
    /// <exception cref="GrokException">The text is neither.</exception>
    public static ClampNorm FromText(string text) => text == "init" ? default
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? new(number)
        : throw new GrokException($"'{text}' is no norm.{Spelling.Suggestion(text, ["init"])}", "Give init, or a number such as 12.5.");

    /// <summary>As in a pipeline file.</summary>
    public override string ToString() => Number is { } number ? number.ToString("R", CultureInfo.InvariantCulture) : "init";
}
