using System.Runtime.InteropServices;

namespace GrokPipeline.Engines.Tests;

public sealed class NativeLibraryTests
{
    [Fact]
    public void The_native_library_of_ONNX_Runtime_lies_beside_the_program()
    {
        var name = OperatingSystem.IsWindows() ? "onnxruntime.dll" : OperatingSystem.IsMacOS() ? "libonnxruntime.dylib" : "libonnxruntime.so";
        var file = Path.Combine(AppContext.BaseDirectory, name);
        Assert.SkipUnless(File.Exists(file), $"There is no {name} for this system.");
        var library = NativeLibrary.Load(file);
        Assert.NotEqual(0, NativeLibrary.GetExport(library, "OrtGetApiBase"));
    }
}
