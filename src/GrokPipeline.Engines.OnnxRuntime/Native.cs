using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace GrokPipeline.Engines.OnnxRuntime;

/// <summary>Our tensors, options and errors in ONNX Runtime's terms.</summary>
internal static class Native
{
    /// <summary>
    /// A session over a model's bytes: one node after the other, with this many threads; threads wait without spinning between runs, so
    /// that two engines in one process do not starve each other.
    /// </summary>
    /// <exception cref="GrokException">ONNX Runtime refuses the model; names the value when it does.</exception>
    public static InferenceSession Load(byte[] model, int threads, IEnumerable<string> names, string where)
    {
        _ = NativeRuntime.Environment;
        using var options = new SessionOptions
        {
            IntraOpNumThreads = threads,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
        };
        options.AddSessionConfigEntry("session.force_spinning_stop", "1");
        try
        {
            return new InferenceSession(model, options);
        }
        catch (OnnxRuntimeException e)
        {
            var name = names.FirstOrDefault(name => Names(e.Message, name));
            throw new GrokException(
                $"ONNX Runtime does not load it: {OneLine(e)}", "Change the model, or use another engine.", name ?? where, cause: e);
        }
    }

    /// <summary>ONNX Runtime's view of a tensor's own memory; the tensor must outlive it.</summary>
    public static unsafe OrtValue View(Tensor tensor) =>
        View(tensor.Type, (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(tensor.Bytes)));

    /// <summary>ONNX Runtime's view of memory that does not move while the view lives.</summary>
    public static OrtValue View(TensorType type, nint address) => OrtValue.CreateTensorValueWithData(
        OrtMemoryInfo.DefaultInstance, (TensorElementType)type.Element, [.. type.Shape.Select(extent => (long)extent)], address,
        type.SizeInBytes);

    /// <summary>A tensor of zeros.</summary>
    /// <exception cref="GrokException">There is no memory for it (kind Resources).</exception>
    public static Tensor Allocate(string name, TensorType type)
    {
        try
        {
            return new Tensor(type);
        }
        catch (Exception e) when (e is OutOfMemoryException or OverflowException)
        {
            throw new GrokException(
                $"There is no memory for '{name}': {type} is {type.SizeInBytes} bytes.", "Use a smaller batch or model.", name,
                ProblemKind.Resources, e);
        }
    }

    /// <summary>The error of a run that failed.</summary>
    public static GrokException RunFailed(string what, OnnxRuntimeException e) =>
        new($"ONNX Runtime failed in {what}: {OneLine(e)}", "Use another engine, or report the model.", what, ProblemKind.Failed, e);

    /// <summary>The error for a name that is no port.</summary>
    public static GrokException NoSuch(string kind, string name, IEnumerable<string> known)
    {
        var names = known.ToArray();
        return new($"There is no {kind} '{name}'.{Spelling.Suggestion(name, names)}", $"Use one of: {string.Join(", ", names)}.", name);
    }

    /// <summary>The error for a tensor of another type.</summary>
    public static GrokException Mistyped(string name, object expected, TensorType given) =>
        new($"'{name}' is {expected}; the tensor given is {given}.", "Give a tensor of that type.", name);

    // The library quotes a node's name in one of these ways.
    private static bool Names(string message, string name) =>
        new[] { $"'{name}'", $"({name})", $"\"{name}\"" }.Any(quoted => message.Contains(quoted, StringComparison.Ordinal));

    private static string OneLine(OnnxRuntimeException e) =>
        string.Join(' ', e.Message.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
}
