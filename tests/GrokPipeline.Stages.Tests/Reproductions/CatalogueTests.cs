using GrokPipeline.Runs;
using GrokPipeline.Stages.Reproductions;
using GrokPipeline.Testing;

namespace GrokPipeline.Stages.Tests.Reproductions;

public sealed class CatalogueTests
{
    // Rows that are said to run; a file that this build cannot read would only be listed as such, and has a test of its own.
    public static TheoryData<string> Rows => [.. WithFiles.Select(row => row.Options.Id)];

    public static TheoryData<string> Large => [.. WithFiles.Where(row => row.Options.Class == "C").Select(row => row.Options.Id)];

    public static TheoryData<string> Small => [.. WithFiles.Where(row => row.Options.Class == "A").Select(row => row.Options.Id)];

    private static IEnumerable<ReproductionRow> WithFiles => ReproductionCatalogue.All.Where(row => !row.Text.IsEmpty);

    [Fact]
    public void Every_row_of_the_plan_is_listed_once()
    {
        string[] expected =
        [
            "C1", "C1c", "C1f", "C1w", .. Enumerable.Range(2, 9).Select(i => $"C{i}"), .. Enumerable.Range(1, 9).Select(i => $"P{i}"),
            .. Enumerable.Range(1, 17).Select(i => $"T{i}"), "T17m", .. Enumerable.Range(18, 11).Select(i => $"T{i}"),
        ];
        Assert.Equal(expected, ReproductionCatalogue.All.Select(row => row.Options.Id));
        Assert.All(ReproductionCatalogue.All, row => Assert.Matches("^[ABC]$", row.Options.Class));
        Assert.All(ReproductionCatalogue.All, row => Assert.True(row.Missing.Length > 0 || row.Options.Statements.Length > 0));
    }

    [Fact]
    public void Every_file_is_that_of_its_id_and_this_build_reads_it()
    {
        var files = Directory.EnumerateFiles(Repository.At("pipelines/reproduce"), "*.yaml").Select(Path.GetFileNameWithoutExtension)
            .Where(name => name != "missing").Order(StringComparer.Ordinal);
        Assert.Equal(files, WithFiles.Select(row => row.Options.Id).Order(StringComparer.Ordinal));
        Assert.All(WithFiles, row => Assert.Equal("", row.Missing));
        Assert.All(WithFiles, row => Assert.Contains(
            $"# Run: grokpipe reproduce {row.Options.Id}\n", System.Text.Encoding.UTF8.GetString(row.Text), StringComparison.Ordinal));
    }

    [Theory, MemberData(nameof(Rows))]
    public void Every_member_of_a_row_and_every_statement_can_be_asked_for(string id)
    {
        var trainings = Of(id, ".").Plan(new ReproductionRequest()).Sum(pair => pair.Trainings);
        Assert.Equal(trainings == 0, ReproductionCatalogue.Find(id).Options.Tables.Length > 0);
    }

    // A step takes milliseconds; scoring all rows before and after takes a transformer seconds.
    [Theory(Explicit = true), Trait("cost", "slow"), MemberData(nameof(Large))]
    public void A_row_for_a_GPU_makes_its_first_steps(string id) => CheckFirstSteps(id);

    [Theory]
    [InlineData("C10"), InlineData("T12")]
    public void A_row_for_a_GPU_whose_rows_are_soon_scored_makes_its_first_steps(string id) => CheckFirstSteps(id);

    private static void CheckFirstSteps(string id)
    {
        using var workspace = new SmallWorkspace();
        var outcome = Of(id, workspace.Root).Run(new ReproductionRequest { Steps = 3 }, TestContext.Current.CancellationToken);
        Assert.Null(outcome.Error);
        Assert.True(outcome.Trained > 0);
        Assert.All(outcome.Statements, statement => Assert.Equal(StatementOutcome.NotJudged, statement.Outcome));
    }

    // What was published and does not come out is recorded, not tuned away: the test asks whether it still is as recorded.
    [Theory(Explicit = true), Trait("cost", "slow"), MemberData(nameof(Small))]
    public void A_small_row_comes_out_as_it_is_recorded(string id) => CheckRecorded(id);

    [Theory]
    [InlineData("T9"), InlineData("T21"), InlineData("T22")]
    public void A_row_that_takes_a_second_comes_out_as_it_is_recorded(string id) => CheckRecorded(id);

    private static void CheckRecorded(string id)
    {
        using var workspace = new SmallWorkspace();
        var outcome = Of(id, workspace.Root).Run(new ReproductionRequest(), TestContext.Current.CancellationToken);
        Assert.Null(outcome.Error);
        var recorded = JsonFiles.Read(Repository.At($"docs/reproduction/{id}.json"));
        Assert.Equal(
            recorded["statements"]!.AsArray().Select(statement => $"{statement!["text"]}: {statement["outcome"]}"),
            outcome.Statements.Select(judged => $"{judged.Statement.Text}: {ReproductionRecord.Word(judged.Outcome)}"));
    }

    [Fact]
    public void The_page_of_outcomes_is_that_of_the_recorded_ones() => Assert.Equal(
        ReproductionRecord.Page(ReproductionRecord.Read(Repository.At("docs/reproduction"))),
        File.ReadAllText(Repository.At("docs/reproduction.md")));

    [Fact]
    public void A_statement_that_was_recorded_as_failed_has_an_analysis() => Assert.All(
        ReproductionRecord.Read(Repository.At("docs/reproduction")).SelectMany(outcome => outcome["statements"]!.AsArray()),
        statement => Assert.True((string)statement!["outcome"]! == "pass" || ((string)statement["analysis"]!).Length > 0));

    private static ReproductionRun Of(string id, string root) => new(
        ReproductionCatalogue.Find(id), root, SmallWorkspace.Tools,
        (sql, views, folders) => GrokPipeline.Cli.Composition.Tools.Store.Query(sql, views, folders), _ => { });
}
