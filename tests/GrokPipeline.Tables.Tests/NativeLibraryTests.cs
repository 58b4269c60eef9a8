using System.Runtime.InteropServices;

namespace GrokPipeline.Tables.Tests;

public sealed class NativeLibraryTests
{
    [Fact]
    public void The_native_library_of_DuckDB_lies_beside_the_program()
    {
        var name = OperatingSystem.IsWindows() ? "duckdb.dll" : OperatingSystem.IsMacOS() ? "libduckdb.dylib" : "libduckdb.so";
        var file = Path.Combine(AppContext.BaseDirectory, name);
        Assert.SkipUnless(File.Exists(file), $"There is no {name} for this system.");
        var library = NativeLibrary.Load(file);
        Assert.NotEqual(0, NativeLibrary.GetExport(library, "duckdb_library_version"));
    }
}
