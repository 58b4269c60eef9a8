using GrokPipeline.Data;
using GrokPipeline.Probes;
using GrokPipeline.Tables;

namespace GrokPipeline.Tests.Probes;

/// <summary>Contexts for probes, from a few tensors or from made-up activations.</summary>
internal static class Contexts
{
    /// <summary>A context whose model has one parameter.</summary>
    public static ProbeContext Of(string name, Tensor tensor, int operandValues = 0) => new()
    {
        Parameters = new Dictionary<string, Tensor> { [name] = tensor },
        InitialParameters = new Dictionary<string, Tensor>(),
        Facts = new DatasetFacts { OperandValues = operandValues, Classes = 2 },
        Rows = Labels([0, 1]),
        Activation = _ => throw new InvalidOperationException("No activation was expected to be read."),
        InitialActivation = _ => throw new InvalidOperationException("No activation was expected to be read."),
        Seed = new Seed(1),
    };

    /// <summary>A context with labels and an activation; the untrained model's is given too.</summary>
    public static ProbeContext Of(long[] labels, Activation trained, Activation untrained) =>
        Of("w", new Tensor(TensorType.Float32([2]))) with { Rows = Labels(labels), Activation = _ => trained, InitialActivation = _ => untrained };

    private static Table Labels(long[] labels) => Table.Of(ColumnValues.Of("label", labels));
}
