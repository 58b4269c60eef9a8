using GrokPipeline.Data;
using GrokPipeline.Evaluation;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Onnx;
using GrokPipeline.Probes;
using GrokPipeline.Tables;

namespace GrokPipeline.Stages.Probing;

/// <summary>
/// A checkpoint whose activations come from ONNX Runtime: from an exported file with those activations as outputs.
/// </summary>
/// <param name="tools">Opens files.</param>
/// <param name="facts">What the rows' columns mean.</param>
/// <param name="rows">The rows that activations are taken of.</param>
/// <param name="threads">Threads of ONNX Runtime; 0 for one per processor.</param>
internal abstract class FileCheckpoint(PipelineTools tools, DatasetFacts facts, Table rows, int threads) : ProbedCheckpoint
{
    private readonly Dictionary<string, Activation> _known = new(StringComparer.Ordinal);

    /// <summary>Activations that probes say they read: computed together.</summary>
    public IReadOnlyCollection<string> Wanted { get; set; } = [];

    /// <inheritdoc/>
    public override IReadOnlyList<string> ActivationNames => [.. Shapes.Select(shape => shape.Name)];

    /// <summary>Activations in the order of computation, each with the shape of one row's part.</summary>
    protected abstract IReadOnlyList<(string Name, TensorShape Row)> Shapes { get; }

    /// <summary>Further ones that are computed when they are asked for by name.</summary>
    protected virtual IReadOnlyList<(string Name, TensorShape Row)> Besides => [];

    /// <summary>The name of the file's data input.</summary>
    protected abstract string InputName { get; }

    /// <inheritdoc/>
    public override Activation Activation(string name)
    {
        if (_known.TryGetValue(name, out var known)) { return known; }
        string[] names = Wanted.Contains(name) ? [.. Wanted.Where(other => !_known.ContainsKey(other))] : [name];
        foreach (var (computed, activation) in names.Zip(On(rows, names))) { _known[computed] = activation; }
        return _known[name];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Activation> On(Table rows, IReadOnlyList<string> names)
    {
        (string Name, TensorShape Row)[] shapes = [.. Shapes, .. Besides];
        var outputs = names.Select(name => shapes.FirstOrDefault(shape => shape.Name == name) is { Name: not null } found
            ? found : throw Unknown(name)).ToArray();
        using ISession session = tools.Open(OnnxEdit.WithOutputs(File(names), names), threads);
        var results = Batches.Run(session, InputName, outputs, rows, facts);
        return [.. outputs.Zip(results, (output, values) => new Activation(output.Row, values))];
    }

    /// <summary>The bytes of a file that computes some activations.</summary>
    protected abstract byte[] File(IReadOnlyList<string> names);

    /// <summary>Lets go of activations; they are computed again when asked for.</summary>
    protected void ForgetActivations() => _known.Clear();

    private GrokException Unknown(string name)
    {
        string[] known = [.. Shapes.Concat(Besides).Select(shape => shape.Name)];
        return new(
            $"the model has no activation named '{name}'.{Spelling.Suggestion(name, known)}", $"Use one of: {string.Join(", ", known)}.");
    }
}
