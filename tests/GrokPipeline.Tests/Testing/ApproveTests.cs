using GrokPipeline.Testing;
using Xunit.Sdk;

namespace GrokPipeline.Tests.Testing;

public sealed class ApproveTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("approve-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Equal_text_passes_whatever_its_line_ends()
    {
        var file = Path.Combine(_folder, "a.txt");
        File.WriteAllText(file, "one\ntwo\n");
        Approve.Text("one\r\ntwo", file, Nothing);
    }

    [Fact]
    public void Another_text_fails_with_the_first_difference_and_the_remedy()
    {
        var file = Path.Combine(_folder, "a.txt");
        File.WriteAllText(file, "one\ntwo\n");
        var failure = Assert.Throws<FailException>(() => Approve.Text("one\n2\n", file, Nothing));
        Assert.Contains("First difference in line 2:\n  approved: two\n  actual:   2", failure.Message, StringComparison.Ordinal);
        Assert.Contains("APPROVE=1", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_is_written_only_when_asked_for()
    {
        var file = Path.Combine(_folder, "Approved", "a.txt");
        Assert.Throws<FailException>(() => Approve.Text("one", file, Nothing));
        Assert.False(File.Exists(file));
        Approve.Text("one", file, name => name == "APPROVE" ? "1" : null);
        Assert.Equal("one\n", File.ReadAllText(file));
    }

    [Fact]
    public void A_file_is_never_written_in_continuous_integration()
    {
        var file = Path.Combine(_folder, "a.txt");
        Assert.Throws<FailException>(() => Approve.Text("one", file, name => name is "APPROVE" ? "1" : "true"));
        Assert.False(File.Exists(file));
    }

    private static string? Nothing(string name) => null;
}
