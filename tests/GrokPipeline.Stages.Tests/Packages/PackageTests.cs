using System.IO.Compression;
using System.Text;
using System.Xml.Linq;
using GrokPipeline.Stages.Tests.Checkpoints;
using GrokPipeline.Testing;

namespace GrokPipeline.Stages.Tests.Packages;

[Collection(TrainedSumsCollection.Name)]
public sealed class PackageTests(TrainedSums trained) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("grokpipe-packages-").FullName;

    private string Packages => Path.Combine(_folder, "packages");

    [Fact(Explicit = true), Trait("cost", "slow")]
    public void An_app_outside_the_repository_runs_a_checkpoint_with_nothing_but_the_package()
    {
        Pack();
        foreach (var package in Directory.EnumerateFiles(Packages, "*.nupkg")) { CheckPackage(package); }
        Assert.Equal("3\n46 × 128\n", RunApp());
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // As in continuous integration, in a build folder of its own; what npm and the feed gave before is used again.
    private void Pack()
    {
        var artifacts = Directory.CreateDirectory(Path.Combine(_folder, "artifacts")).FullName;
        foreach (var name in (string[])["npm", "feed"])
        {
            Directory.CreateSymbolicLink(Path.Combine(artifacts, name), Repository.At($"artifacts/{name}"));
        }
        Programs.Output(
            Repository.Root, "dotnet", new Dictionary<string, string?> { ["CI"] = "true" },
            "pack", "eng/packages.slnf", "-c", "Release", "-o", Packages, "-v", "q", $"-p:ArtifactsPath={artifacts}");
    }

    private static void CheckPackage(string path)
    {
        using var package = ZipFile.OpenRead(path);
        var names = package.Entries.Select(entry => entry.FullName).ToArray();
        var nuspec = XDocument.Load(package.Entries.Single(entry => entry.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open());
        var id = nuspec.Descendants().First(element => element.Name.LocalName == "id").Value;
        Assert.Contains("README.md", names);
        Assert.True(File.Exists(Path.ChangeExtension(path, ".snupkg")), $"{id} has no symbols.");
        Assert.Equal(id != "GrokPipeline.OnnxRuntime", names.Contains($"lib/net10.0/{id}.xml"));       // sources of others are not documented by us
        var root = Encoding.UTF8.GetBytes(Repository.Root);
        foreach (var entry in package.Entries.Where(entry => entry.Name.EndsWith(".dll", StringComparison.Ordinal)))
        {
            using var bytes = new MemoryStream();
            entry.Open().CopyTo(bytes);
            Assert.False(bytes.ToArray().AsSpan().IndexOf(root) >= 0, $"{entry.FullName} names a path of the machine that built it.");
        }
    }

    private string RunApp()
    {
        var app = Directory.CreateDirectory(Path.Combine(_folder, "app")).FullName;
        File.WriteAllText(Path.Combine(app, "app.csproj"), """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <OutputType>Exe</OutputType>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <RestoreAdditionalProjectSources>../packages</RestoreAdditionalProjectSources>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="GrokPipeline.Checkpoints" Version="0.1.0" />
              </ItemGroup>
            </Project>
            """);
        // What the package's own page shows, on the model at hand.
        var shown = ReadMe.Block("csharp", "eng/package/README.md").Replace("models/modular_addition", trained.Experiment, StringComparison.Ordinal)
            .Replace("[5L, 95L]", "[5L, 21L]", StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(app, "Program.cs"), shown + """
            Console.WriteLine(logits.AsSpan().IndexOf(logits.Max()));
            Console.WriteLine($"{weights.TypeOf("hidden.0.weight").Shape[0]} × {weight.Length / 46}");
            """);
        var fresh = new Dictionary<string, string?>
        {
            ["NUGET_PACKAGES"] = Path.Combine(_folder, "cache"),
            ["DOTNET_NOLOGO"] = "1",
        };
        Programs.Output(app, "dotnet", fresh, "build", "-c", "Release", "-v", "q", "-o", Path.Combine(_folder, "built"));
        return Programs.Output(app, "dotnet", fresh, Path.Combine(_folder, "built", "app.dll"));
    }
}
