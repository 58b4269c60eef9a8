using System.Runtime.InteropServices;

namespace GrokPipeline.Stages.Reproductions;

/// <summary>What a time was measured on.</summary>
internal static class Machine
{
    private const string Processors = "/proc/cpuinfo";

    /// <summary>The processor's own name where the system tells it, else its architecture.</summary>
    public static string Name { get; } = Named() ?? RuntimeInformation.ProcessArchitecture.ToString();

    private static string? Named() => !File.Exists(Processors) ? null : File.ReadLines(Processors)
        .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[^1].Trim();
}
