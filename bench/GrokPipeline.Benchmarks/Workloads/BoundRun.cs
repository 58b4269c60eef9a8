using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using GrokPipeline.Engines.OnnxRuntime;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace GrokPipeline.Benchmarks.Workloads;

/// <summary>ONNX Runtime by itself: one thread, one batch, whose input and output are bound once. Nothing of ours is between.</summary>
internal sealed class BoundRun : IDisposable
{
    private readonly InferenceSession _session;
    private readonly OrtIoBinding _binding;
    private readonly RunOptions _options;
    private readonly Tensor _logits;
    private readonly OrtValue[] _views;

    /// <summary>Opens a file and binds a batch.</summary>
    /// <param name="file">The file, of one input and the output <c>logits</c>.</param>
    /// <param name="input">The rows.</param>
    /// <param name="rows">How many.</param>
    /// <param name="classes">Logits of a row.</param>
    public BoundRun(byte[] file, Tensor input, int rows, int classes)
    {
        _ = new OnnxRuntimeEngine().Facts;                                      // finds the native library, before anything asks for it
        _options = new RunOptions();
        using var options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1 };
        _session = new InferenceSession(file, options);
        (Input, _logits) = (input, new Tensor(TensorType.Float32([rows, classes])));
        _views = [View(Input), View(_logits)];
        _binding = _session.CreateIoBinding();
        _binding.BindInput(_session.InputNames[0], _views[0]);
        _binding.BindOutput("logits", _views[1]);
    }

    /// <summary>The rows.</summary>
    public Tensor Input { get; }

    /// <summary>Runs the batch.</summary>
    public void Run() => _session.RunWithBinding(_options, _binding);

    /// <inheritdoc/>
    public void Dispose()
    {
        _binding.Dispose();
        foreach (var view in _views) { view.Dispose(); }
        _options.Dispose();
        _session.Dispose();
    }

    // The tensor's memory is pinned.
    private static unsafe OrtValue View(Tensor tensor) => OrtValue.CreateTensorValueWithData(
        OrtMemoryInfo.DefaultInstance, (TensorElementType)tensor.Type.Element, [.. tensor.Shape.Select(extent => (long)extent)],
        (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(tensor.Bytes)), tensor.Bytes.Length);
}
