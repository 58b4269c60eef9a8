using System.Runtime.InteropServices;

namespace GrokPipeline;

/// <summary>
/// Where a program's own native libraries lie: beside it, or where NuGet lays those of its packages. Nothing else is looked at, so that no
/// library which happens to be installed on a machine stands in for the one that was tested.
/// </summary>
public static class NativeFolders
{
    /// <summary>The folders, the nearest first. They need not be there.</summary>
    public static IEnumerable<string> All =>
    [
        AppContext.BaseDirectory, Of(RuntimeInformation.RuntimeIdentifier),
        // A runtime that a Linux distribution built names the distribution; packages name the kind of system.
        Of($"{Kind}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}"),
    ];

    private static string Kind => OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux";

    private static string Of(string system) => Path.Combine(AppContext.BaseDirectory, "runtimes", system, "native");
}
