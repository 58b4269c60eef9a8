using GrokPipeline.Stages.Files;
using GrokPipeline.Stages.Sweeps;
using GrokPipeline.Tables.DuckDb;
using GrokPipeline.Tests.Reports;

namespace GrokPipeline.Stages.Tests.Sweeps;

public sealed class SweepReportingTests
{
    [Fact]
    public void The_tables_and_the_report_of_a_sweep_are_the_same_files_every_time()
    {
        var root = Directory.CreateTempSubdirectory("grokpipe-sweep-").FullName;
        try
        {
            var members = SampleSweep.Grid().Members;
            var content = SweepReporting.Content("rate", "", "3f1c0aa2b7d4", "grokpipe sweep run rate", "1.0.0", 60, members);
            Assert.Equal("rate", content.Title);
            var store = new DuckDbStore();
            var (a, b) = (Path.Combine(root, "a"), Path.Combine(root, "b"));
            foreach (var folder in (string[])[a, b]) { SweepReporting.Write(new DurableFile(), store, folder, content); }

            var names = Names(a);
            Assert.Equal(names, Names(b));
            Assert.Equal(
                ["report/report.html", "tables/curves.parquet", "tables/members.parquet"],
                names.Where(name => !name.StartsWith("report/figures/", StringComparison.Ordinal)));
            Assert.Contains("report/figures/phases.svg", names);
            Assert.Contains("report/figures/phases.csv", names);
            Assert.All(names, name => Assert.Equal(File.ReadAllBytes(Path.Combine(a, name)), File.ReadAllBytes(Path.Combine(b, name))));

            var table = store.Read(Path.Combine(a, "tables", "members.parquet"));
            Assert.Equal(60, table.Rows);
            Assert.Equal([0.2, 0.1], new[] { table.Float64("params.train_fraction")[0], table.Float64("params.weight_decay")[0] });
            Assert.Equal(members.Sum(member => 2 * member.Curve.Length), store.Read(Path.Combine(a, "tables", "curves.parquet")).Rows);
            Assert.Contains("grokpipe sweep run rate", File.ReadAllText(Path.Combine(a, "report", "report.html")), StringComparison.Ordinal);
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
