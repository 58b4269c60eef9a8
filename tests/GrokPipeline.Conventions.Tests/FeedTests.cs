using System.Reflection;

namespace GrokPipeline.Conventions.Tests;

public sealed class FeedTests(ITestOutputHelper output)
{
    private static readonly string[] _packages =
        ["Microsoft.ML", "Microsoft.ML.OnnxRuntime.Gpu", "Microsoft.ML.TorchSharp", "Parquet.Net", "TorchSharp"];

    [Fact]
    public void The_command_line_knows_of_every_optional_package_whether_it_is_there_and_why()
    {
        var told = Assembly.Load("grokpipe").GetCustomAttributes<AssemblyMetadataAttribute>()
            .Where(one => one.Key.StartsWith("Feed:", StringComparison.Ordinal))
            .ToDictionary(one => one.Key["Feed:".Length..], one => one.Value ?? "", StringComparer.Ordinal);

        foreach (var (package, why) in told) output.WriteLine($"{package}: {why}");
        Assert.Equal(_packages, told.Keys.Order(StringComparer.Ordinal));
        Assert.All(told.Values, why => Assert.Matches("^(present|absent): .+", why));
    }
}
