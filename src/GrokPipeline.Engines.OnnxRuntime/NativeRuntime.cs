using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace GrokPipeline.Engines.OnnxRuntime;

/// <summary>
/// ONNX Runtime's native library: loaded once per process, and only from the program's own folder, so that no library which happens to
/// be installed on a machine stands in for the one that was tested.
/// </summary>
internal static class NativeRuntime
{
    private static readonly Lazy<OrtEnv> Started = new(Start);

    /// <summary>The library, started. Nothing is logged or reported; errors come back as exceptions.</summary>
    /// <exception cref="GrokException">The library is missing or does not load (kind Resources).</exception>
    public static OrtEnv Environment => Started.Value;

    /// <summary>The library's file name on this system.</summary>
    public static string FileName =>
        OperatingSystem.IsWindows() ? "onnxruntime.dll" : OperatingSystem.IsMacOS() ? "libonnxruntime.dylib" : "libonnxruntime.so";

    /// <summary>The library among some folders.</summary>
    /// <exception cref="GrokException">It is in none of them.</exception>
    public static string Locate(IEnumerable<string> folders) =>
        folders.Select(folder => Path.Combine(folder, FileName)).FirstOrDefault(File.Exists) ?? throw new GrokException(
            $"ONNX Runtime's native library {FileName} is not beside the program ({RuntimeInformation.RuntimeIdentifier}).",
            "Build the program again (the build fetches it), or publish for a system that ONNX Runtime supports.", FileName,
            ProblemKind.Resources);

    private static OrtEnv Start()
    {
        var handle = Load(Locate(NativeFolders.All));
        OrtEnv.DisableDllImportResolver = true;
        NativeLibrary.SetDllImportResolver(typeof(OrtEnv).Assembly, (name, _, _) => name == "onnxruntime" ? handle : 0);
        return Create();
    }

    private static nint Load(string path)
    {
        try
        {
            return NativeLibrary.Load(path);
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            throw new GrokException(
                $"ONNX Runtime's native library does not load: {e.Message}", "Install what it needs, or build the program again.",
                FileName, ProblemKind.Resources, e);
        }
    }

    private static OrtEnv Create()
    {
        if (OrtEnv.IsCreated) { return OrtEnv.Instance(); }
        var options = new EnvironmentCreationOptions { logId = "grokpipe", logLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        var environment = OrtEnv.CreateInstanceWithOptions(ref options);
        environment.DisableTelemetryEvents();
        return environment;
    }
}
