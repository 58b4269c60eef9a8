using System.Reflection;
using GrokPipeline.Testing;

namespace GrokPipeline.Conventions.Tests;

/// <summary>What each library shows is approved as text: a change of it is a change to review.</summary>
public sealed class PublicApiTests
{
    public static TheoryData<string> Libraries =>
        [.. Directory.EnumerateDirectories(Repository.At("src")).Select(folder => Path.GetFileName(folder))
            .Where(name => name != "GrokPipeline.Cli").Order(StringComparer.Ordinal)];

    [Theory, MemberData(nameof(Libraries))]
    public void The_public_surface_of_a_library_is_as_approved(string library) =>
        Approve.Text(PublicApi.Of(Assembly.Load(library)), $"{library}.api.txt");
}
