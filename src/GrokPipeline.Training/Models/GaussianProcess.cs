using System.Collections.Immutable;
using GrokPipeline.Data;
using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Ops;
using GrokPipeline.Training.GaussianProcesses;

namespace GrokPipeline.Training.Models;

/// <summary>
/// A fitted Gaussian process as a graph: logits = k(x, inputs)·alpha, one latent function for each class against the rest. Parameters
/// <c>kernel.log_length_scale</c> [1 or features], <c>kernel.log_deviation</c> [1], <c>inputs</c> [rows, features] (train's, fixed) and
/// <c>alpha</c> [rows, classes]; activation <c>kernel</c>. <see cref="GaussianProcessTrainer"/> trains it.
/// </summary>
public sealed record GaussianProcess : Model
{
    /// <summary>The name of log ℓ.</summary>
    internal const string LogScale = "kernel.log_length_scale";

    /// <summary>The name of log σ.</summary>
    internal const string LogDeviation = "kernel.log_deviation";

    /// <summary>The name of train's features.</summary>
    internal const string Inputs = "inputs";

    /// <summary>The name of the weights of train's rows.</summary>
    internal const string Alpha = "alpha";

    private readonly int _features;

    /// <summary>A process for a dataset.</summary>
    /// <exception cref="GrokException">The dataset has no features, or real targets.</exception>
    public GaussianProcess(GaussianProcessOptions options, DatasetFacts facts)
    {
        if (facts.Kind != InputKind.Features || facts.IsReal)
        {
            throw new GrokException(
                "A gaussian_process tells classes apart by features; this dataset has other rows.", "Use 'kind: mlp', or other data.");
        }
        (_features, Classes, Rows) = (facts.FeatureCount, facts.Classes, options.Rows);
        Parameters =
        [
            new(LogScale, [options.Ard ? _features : 1], new(Distribution.Constant, PortableMath.Log(options.LengthScale))),
            new(LogDeviation, [1], new(Distribution.Constant, PortableMath.Log(options.Deviation))),
            new(Inputs, [Rows, _features], new(Distribution.Constant, 0)) { IsFixed = true },
            new(Alpha, [Rows, Classes], new(Distribution.Constant, 0)),
        ];
    }

    /// <summary>Rows of train, all of which are part of the model.</summary>
    public int Rows { get; }

    /// <inheritdoc/>
    public override ImmutableArray<ParameterSpec> Parameters { get; }

    /// <inheritdoc/>
    public override string InputName => RowEncoding.Features;

    /// <inheritdoc/>
    public override int Classes { get; }

    /// <inheritdoc/>
    public override bool HasOwnTrainer => true;

    /// <summary>
    /// What latent functions are multiplied by to be logits. Of two classes the functions are each other's opposite, so that half of each
    /// makes the softmax the logistic likelihood.
    /// </summary>
    internal double LogitScale => Classes == 2 ? 0.5 : 1;

    /// <inheritdoc/>
    public override ModelGraph Build(int batch)
    {
        var input = Value.Input(InputName, TensorType.Float32([batch, _features]));
        ImmutableArray<Value> parameters = [.. Parameters.Select(spec => Value.Input(spec.Name, spec.Type))];
        var shrink = (-parameters[0]).Exp();
        var (x, z) = (input * shrink, parameters[2] * shrink);
        var squares = (x * x).Sum([1], keep: true) + (z * z).Sum([1]) - (x.MatMul(z.Transpose()) * 2);
        // Rounding may bring the square of a small distance below 0.
        var kernel = ((parameters[1] * 2) - (squares.Relu() * 0.5)).Exp().Named("kernel");
        return new(input, parameters, (kernel.MatMul(parameters[3]) * LogitScale).Named("logits"));
    }
}
