using GrokPipeline.Onnx;
using Microsoft.ML.OnnxRuntime;

namespace GrokPipeline.Engines.OnnxRuntime;

/// <summary>Memory for batches of one size, bound to a session's ports once.</summary>
internal sealed class BoundBatch : IDisposable
{
    private readonly List<OrtValue> _views = [];

    /// <summary>Allocates and binds.</summary>
    /// <param name="session">The session.</param>
    /// <param name="rows">Rows of the batch.</param>
    /// <param name="input">Its input, of fixed width.</param>
    /// <param name="outputs">Outputs of Float32 and fixed width; others of the file are not computed.</param>
    public BoundBatch(InferenceSession session, int rows, OnnxPort input, OnnxPort[] outputs)
    {
        Rows = rows;
        Binding = session.CreateIoBinding();
        Input = Allocate(input, rows);
        Binding.BindInput(input.Name, View(Input));
        Outputs = [.. outputs.Select(output => Allocate(output, rows))];
        for (var i = 0; i < outputs.Length; i++) { Binding.BindOutput(outputs[i].Name, View(Outputs[i])); }
    }

    /// <summary>Rows of the batch.</summary>
    public int Rows { get; }

    /// <summary>What a run reads.</summary>
    public Tensor Input { get; }

    /// <summary>What a run writes.</summary>
    public Tensor[] Outputs { get; }

    /// <summary>The binding.</summary>
    public OrtIoBinding Binding { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Binding.Dispose();
        foreach (var view in _views) { view.Dispose(); }
    }

    private OrtValue View(Tensor tensor)
    {
        var view = Native.View(tensor);
        _views.Add(view);
        return view;
    }

    // Only ports whose element type is ours and whose extents are numbers come here.
    private static Tensor Allocate(OnnxPort port, int rows) => Native.Allocate(
        port.Name, new TensorType(port.Element!.Value, [rows, .. port.Extents!.Value.Skip(1).Select(extent => (int)extent.Number!.Value)]));
}
