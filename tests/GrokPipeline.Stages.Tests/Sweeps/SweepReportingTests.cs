using GrokPipeline.Stages.Files;
using GrokPipeline.Stages.Sweeps;
using GrokPipeline.Tests.Reports;

namespace GrokPipeline.Stages.Tests.Sweeps;

public sealed class SweepReportingTests
{
    [Fact]
    public void The_report_of_a_sweep_is_the_same_files_every_time()
    {
        var root = Directory.CreateTempSubdirectory("grokpipe-sweep-").FullName;
        try
        {
            var members = SampleSweep.Grid().Members;
            var content = SweepReporting.Content("rate", "", "3f1c0aa2b7d4", "grokpipe sweep run rate", "1.0.0", 60, members);
            Assert.Equal("rate", content.Title);
            foreach (var folder in (string[])["a", "b"])
            {
                SweepReporting.WriteReport(new DurableFile(), Path.Combine(root, folder), content);
            }

            var names = Names(Path.Combine(root, "a"));
            Assert.Equal(names, Names(Path.Combine(root, "b")));
            Assert.Equal(
                ["figures/delay.csv", "figures/delay.svg", "report.html"],
                names.Where(name => !name.Contains("figures/", StringComparison.Ordinal)
                    || name.Contains("delay", StringComparison.Ordinal)));
            Assert.All(names, name => Assert.Equal(
                File.ReadAllBytes(Path.Combine(root, "a", name)), File.ReadAllBytes(Path.Combine(root, "b", name))));

            Assert.Contains("grokpipe sweep run rate", File.ReadAllText(Path.Combine(root, "a", "report.html")), StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static string[] Names(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(folder, path).Replace('\\', '/')).Order(StringComparer.Ordinal)];
}
