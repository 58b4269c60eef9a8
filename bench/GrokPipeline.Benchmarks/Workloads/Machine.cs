using System.Globalization;
using System.Runtime.InteropServices;
using GrokPipeline.Engines.OnnxRuntime;
using GrokPipeline.Engines.Simd;

namespace GrokPipeline.Benchmarks.Workloads;

/// <summary><c>machine</c>: the name of the folder for this machine's results; <c>versions</c>: what its numbers were made with.</summary>
internal static class Machine
{
    private static string Device => new SimdEngine().Facts.Device;

    /// <summary>One line for the head of a table.</summary>
    public static string Line =>
        $".NET {Environment.Version}, {RuntimeInformation.OSArchitecture}, {Environment.ProcessorCount} processors, {Device}.";

    /// <summary>Prints the folder's name: <c>amd-epyc-avx512-2-cores</c>.</summary>
    public static int Folder(TextWriter output)
    {
        var name = new string([.. Processor().ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : ' ')]);
        var words = name.Split(' ', StringSplitOptions.RemoveEmptyEntries).Take(5);
        var width = Device.Contains("512", StringComparison.Ordinal) ? "-avx512" : "";
        output.WriteLine($"{string.Join('-', words)}{width}-{Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture)}-cores");
        return 0;
    }

    /// <summary>Prints versions, one a line.</summary>
    public static int Versions(TextWriter output)
    {
        var ort = new OnnxRuntimeEngine().Facts;
        output.WriteLine($"processor     {Processor()}, {Environment.ProcessorCount} processors");
        output.WriteLine($"vectors       {Device}");
        output.WriteLine($"system        {RuntimeInformation.OSDescription}, {RuntimeInformation.OSArchitecture}");
        output.WriteLine($"runtime       .NET {Environment.Version}");
        output.WriteLine($"simd          {new SimdEngine().Facts.Version}");
        output.WriteLine($"{ort.Name,-13} {ort.Version}");
        return 0;
    }

    // As Linux tells; elsewhere its architecture.
    private static string Processor()
    {
        const string Facts = "/proc/cpuinfo";
        var line = File.Exists(Facts)
            ? File.ReadLines(Facts).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim() ?? RuntimeInformation.OSArchitecture.ToString();
    }
}
