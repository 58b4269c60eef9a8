using GrokPipeline.Testing;

namespace GrokPipeline.Stages.Tests.Samples;

/// <summary>Where the samples were built: beside these tests, in the same configuration.</summary>
internal static class SampleBuild
{
    public static string Configuration { get; } = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)) == "debug" ? "Debug" : "Release";

    public static string Program(string folder, string name) =>
        Repository.At($"artifacts/bin/{folder}/{(Configuration == "Debug" ? "debug" : "release")}/{name}.dll");
}
