using System.Reflection;
using System.Runtime.InteropServices;

namespace GrokPipeline.Tables.DuckDb;

/// <summary>Finds DuckDB's native library: beside the program and nowhere else, never in the current folder or on a search path.</summary>
internal static class DuckDbLibrary
{
    private static readonly Lazy<string> s_version = new(ReadVersion);

    /// <summary>The version, without a leading v: <c>1.5.6</c>.</summary>
    /// <exception cref="GrokException">The library is missing or cannot be loaded.</exception>
    internal static string Version => s_version.Value;

    private static string FileName =>
        OperatingSystem.IsWindows() ? "duckdb.dll" : OperatingSystem.IsMacOS() ? "libduckdb.dylib" : "libduckdb.so";

    internal static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath)
    {
        if (name != NativeMethods.Library) { return 0; }
        foreach (var place in NativeFolders.All.Select(folder => Path.Combine(folder, FileName)).Where(File.Exists))
        {
            try
            {
                return NativeLibrary.Load(place);
            }
            catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
            {
                throw new GrokException(
                    $"DuckDB's library {FileName} cannot be loaded: {e.Message}",
                    "Build the project again for this system; it fetches the library with npm.", FileName, ProblemKind.Resources, e);
            }
        }
        throw new GrokException(
            $"DuckDB's library {FileName} is not beside the program.",
            "Build the project again; it fetches the library with npm.", FileName, ProblemKind.Resources);
    }

    private static unsafe string ReadVersion() =>
        (Marshal.PtrToStringUTF8((nint)NativeMethods.duckdb_library_version()) ?? "unknown").TrimStart('v');
}
