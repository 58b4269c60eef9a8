using GrokPipeline.Data;
using GrokPipeline.Probes;
using GrokPipeline.Tables;

namespace GrokPipeline.Tests.Probes;

/// <summary>Contexts for probes, from a few tensors or from made-up activations.</summary>
internal static class Contexts
{
    /// <summary>A context whose model has one parameter.</summary>
    public static ProbeContext Of(string name, Tensor tensor, int operandValues = 0)
    {
        var checkpoint = new MadeUp(4, new() { [name] = tensor }, []);
        return new()
        {
            Checkpoint = checkpoint,
            Trajectory = [new MadeUp(0, [], []), checkpoint],
            Facts = new DatasetFacts { OperandValues = operandValues, Classes = 2 },
            Rows = Labels([0, 1]),
            Seed = new Seed(1),
        };
    }

    /// <summary>A context with labels and an activation; the untrained model's is given too.</summary>
    public static ProbeContext Of(long[] labels, Activation trained, Activation untrained)
    {
        var checkpoint = new MadeUp(4, [], new() { ["hidden.0"] = trained });
        return Of("w", new Tensor(TensorType.Float32([2]))) with
        {
            Rows = Labels(labels),
            Checkpoint = checkpoint,
            Trajectory = [new MadeUp(0, [], new() { ["hidden.0"] = untrained }), checkpoint],
        };
    }

    private static Table Labels(long[] labels) => Table.Of(ColumnValues.Of("label", labels));
}

/// <summary>A checkpoint of given numbers.</summary>
internal sealed class MadeUp(long step, Dictionary<string, Tensor> parameters, Dictionary<string, Activation> activations)
    : ProbedCheckpoint
{
    public override long Step => step;

    public override IReadOnlyDictionary<string, Tensor> Parameters => parameters;

    public override Activation Activation(string name) =>
        activations.TryGetValue(name, out var found) ? found : throw new InvalidOperationException($"'{name}' was not expected to be read.");
}
