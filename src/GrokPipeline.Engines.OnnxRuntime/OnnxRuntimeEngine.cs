using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Engines;

namespace GrokPipeline.Engines.OnnxRuntime;

/// <summary>
/// Runs any graph on ONNX Runtime's CPU provider, training steps included, and opens exported files. It shares no arithmetic with the
/// other engines, which is what makes it an independent check of them.
/// </summary>
public sealed class OnnxRuntimeEngine : IEngine
{
    /// <inheritdoc/>
    /// <exception cref="GrokException">The native library is missing (kind Resources).</exception>
    public EngineFacts Facts => new("ort-cpu", NativeRuntime.Environment.GetVersionString(), "cpu", NumericPromise.Tolerance);

    /// <inheritdoc/>
    public ISession Compile(Graph graph, CompileOptions options) => GraphSession.Compile(graph, options);

    /// <summary>Opens an exported file.</summary>
    /// <param name="path">The file; it holds all of the model.</param>
    /// <param name="options">Threads; one per processor unless said.</param>
    /// <exception cref="GrokException">There is no such file, it is no ONNX model, it keeps data elsewhere, or ONNX Runtime refuses
    /// it.</exception>
    public static OnnxFileSession Open(string path, CompileOptions? options = null)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new GrokException($"The model cannot be read: {e.Message}", "Check the path.", path, ProblemKind.Failed, e);
        }
        return OnnxFileSession.Open(bytes, options ?? new CompileOptions(), path);
    }

    /// <summary>Opens a model that is in memory; otherwise as <see cref="Open(string, CompileOptions?)"/>.</summary>
    public static OnnxFileSession Open(ReadOnlyMemory<byte> model, CompileOptions? options = null) =>
        OnnxFileSession.Open(model.ToArray(), options ?? new CompileOptions(), "the model");
}
