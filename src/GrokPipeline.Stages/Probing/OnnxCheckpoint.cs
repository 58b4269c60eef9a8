using GrokPipeline.Data;
using GrokPipeline.Onnx;
using GrokPipeline.Tables;

namespace GrokPipeline.Stages.Probing;

/// <summary>
/// An ONNX file as a checkpoint: parameters are its initializers, activations its outputs and the intermediates whose type it states.
/// </summary>
internal sealed class OnnxCheckpoint : FileCheckpoint
{
    private readonly byte[] _file;

    /// <summary>Reads a file.</summary>
    /// <param name="tools">Opens it.</param>
    /// <param name="file">Its bytes.</param>
    /// <param name="signature">What it takes and gives.</param>
    /// <param name="input">The name of its data input.</param>
    /// <param name="facts">What the rows' columns mean.</param>
    /// <param name="rows">The rows that activations are taken of.</param>
    /// <exception cref="GrokException">It has operators that are not read.</exception>
    public OnnxCheckpoint(PipelineTools tools, byte[] file, OnnxSignature signature, string input, DatasetFacts facts, Table rows)
        : base(tools, facts, rows, 0)
    {
        (_file, InputName) = (file, input);
        Parameters = OnnxReader.Read(file).Initializers;
        Step = signature.Metadata.Properties.TryGetValue("grokpipe.step", out var text)
            && long.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var step)
                ? step : 0;
        Shapes = [.. signature.Intermediates.Concat(signature.Outputs).Select(Row).OfType<(string, TensorShape)>()];
    }

    /// <inheritdoc/>
    public override long Step { get; }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, Tensor> Parameters { get; }

    /// <inheritdoc/>
    protected override IReadOnlyList<(string Name, TensorShape Row)> Shapes { get; }

    /// <inheritdoc/>
    protected override string InputName { get; }

    /// <inheritdoc/>
    protected override byte[] File(IReadOnlyList<string> names) => _file;

    // A float tensor whose first axis is that of the rows and whose other axes are numbers; others cannot be read row by row.
    private static (string Name, TensorShape Row)? Row(OnnxPort port)
    {
        if (port.Element != ElementType.Float32 || port.Extents is not { Length: > 1 } extents) { return null; }
        if (extents[0].Number is not null || extents[1..].Any(extent => extent.Number is null or < 1 or > int.MaxValue)) { return null; }
        return (port.Name, [.. extents[1..].Select(extent => (int)extent.Number!.Value)]);      // not null: looked at above
    }
}
