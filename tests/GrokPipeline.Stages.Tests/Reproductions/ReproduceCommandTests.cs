using System.Text.Json.Nodes;
using GrokPipeline.Cli;
using GrokPipeline.Stages.Tests.Cli;

namespace GrokPipeline.Stages.Tests.Reproductions;

[Collection("current folder")]
public sealed class ReproduceCommandTests : IDisposable
{
    private const string Row = """
        reproduction:
          id: tiny
          title: Sums modulo 23
          source: nobody
          class: A
          cost: 2 trainings of 200 steps
          our_choices: [everything]
          statements:
            - text: Two members were trained
              published: 2 [S]
              value: SELECT count(*) FROM members
              accept: 2..2
            - text: Train is right at the end
              published: 1 [S]
              value: SELECT min(value) FROM ends WHERE split = 'train' AND metric = 'accuracy'
              accept: '>= 0.99'
            - text: Nobody has a step of 0 for memorization
              published: none [S]
              value: SELECT min(memorization_step) FROM members WHERE memorization_step = 0
              accept: never
        sweeps:
          seeds:
            experiment: small
            seeds: { option: params.seed, from: 0, count: 2 }
            retire: { generalized_for: 0, collapsed_for: 0 }

        """;

    private readonly SmallWorkspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public void Statements_that_hold_end_with_0_and_running_again_trains_nothing()
    {
        Write(Row);
        var first = Grokpipe.Run(_workspace.Root, "reproduce", "tiny.yaml");
        Assert.Equal((ExitCode.Done, 3), (first.Code, first.Out.Split("  pass  ").Length - 1));
        Assert.Contains("ours not reached", first.Out, StringComparison.Ordinal);
        var written = Outcome();
        var page = File.ReadAllText(_workspace.At("models/reproduce/tiny/report/report.html"));
        Assert.Contains("3 of 3 statements hold.", page, StringComparison.Ordinal);
        Assert.Contains("id=\"fig-seeds-validation\"", page, StringComparison.Ordinal);

        var second = Grokpipe.Run(_workspace.Root, "reproduce", "tiny.yaml");
        Assert.Equal(ExitCode.Done, second.Code);
        Assert.Contains("Nothing to train", second.Out, StringComparison.Ordinal);
        Assert.Equal(written, Outcome());
        Assert.Equal(page, File.ReadAllText(_workspace.At("models/reproduce/tiny/report/report.html")));
    }

    [Fact]
    public void A_statement_that_does_not_hold_ends_with_3_and_its_analysis_is_told()
    {
        Write(Row.Replace("accept: 2..2", "accept: 3..4\n      analysis: There are two seeds.", StringComparison.Ordinal));
        var answer = Grokpipe.Run(_workspace.Root, "reproduce", "tiny.yaml", "--json");
        Assert.Equal(ExitCode.CheckFailed, answer.Code);
        var statements = JsonNode.Parse(answer.Out.Trim().Split('\n')[^1])!["reproductions"]![0]!["statements"]!.AsArray();
        Assert.Equal(["fail", "pass", "pass"], statements.Select(statement => (string)statement!["outcome"]!));
        Assert.Equal((2.0, "There are two seeds."), ((double)statements[0]!["value"]!, (string)statements[0]!["analysis"]!));
    }

    [Fact]
    public void The_first_steps_alone_are_run_and_not_judged()
    {
        Write(Row);
        var answer = Grokpipe.Run(_workspace.Root, "reproduce", "tiny.yaml", "--steps", "20");
        Assert.Equal((ExitCode.Done, 3), (answer.Code, answer.Out.Split("  not judged  ").Length - 1));
        Assert.False(File.Exists(_workspace.At("models/reproduce/tiny/reproduction.json")));
        var metrics = SmallWorkspace.Tools.Store.Read(
            _workspace.At("models/reproduce/tiny/first-20-steps/models/small/metrics/metrics.parquet"));
        Assert.Equal(20, metrics.Int64("step").ToArray().Max());
    }

    [Theory]
    [InlineData("SELECT count(*) FROM membres", "tiny: reproduction.statements[0].value", "Did you mean \"members")]
    [InlineData("SELECT median(generalisation_step) FROM members", "tiny: reproduction.statements[0].value", "generalization_step")]
    [InlineData("DROP VIEW members", "tiny: reproduction.statements[0].value", "syntax error")]
    public void A_value_that_cannot_be_asked_for_is_told_before_anything_is_trained(string value, string where, string hint)
    {
        Write(Row.Replace("SELECT count(*) FROM members", value, StringComparison.Ordinal));
        var answer = Grokpipe.Run(_workspace.Root, "reproduce", "tiny.yaml");
        Assert.Equal(ExitCode.Usage, answer.Code);
        Assert.StartsWith(where, answer.Error.Split('\n').First(line => line.Contains("reproduction", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains(hint, answer.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_workspace.At("models")));
    }

    [Theory]
    [InlineData("accept: 2..2", "accept: about 2", "'about 2' is no accepted range.")]
    [InlineData("class: A", "class: D", "class is 'D'; give A, B or C.")]
    [InlineData("cost: 2", "costs: 2", "unknown option. Did you mean cost?")]
    [InlineData("text: Two", "txet: Two", "unknown option. Did you mean text?")]
    [InlineData("our_choices", "experiments: [smal]\n  our_choices", "there is no experiment named 'smal'. Did you mean small?")]
    public void A_wrong_section_is_told_with_its_place(string from, string to, string problem)
    {
        Write(Row.Replace(from, to, StringComparison.Ordinal));
        var answer = Grokpipe.Run(_workspace.Root, "reproduce", "tiny.yaml");
        Assert.Equal(ExitCode.Usage, answer.Code);
        Assert.Contains(problem, answer.Error, StringComparison.Ordinal);
        Assert.StartsWith("tiny.yaml:", answer.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("there is no reproduction named 'C1g'. Did you mean 'C1", "C1g")]
    [InlineData("nothing was named.")]
    [InlineData("there is no class 'D'.", "--class", "D")]
    [InlineData("must be at least 1.", "C1f", "--steps", "0")]
    public void Wrong_words_are_answered(string problem, params string[] arguments)
    {
        var answer = Grokpipe.Run(_workspace.Root, ["reproduce", .. arguments]);
        Assert.Equal(ExitCode.Usage, answer.Code);
        Assert.Contains(problem, answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_file_of_a_row_can_be_written_and_is_never_overwritten()
    {
        Assert.Equal(ExitCode.Done, Grokpipe.Run(_workspace.Root, "reproduce", "c1f", "--write", "mine.yaml").Code);
        Assert.Equal("C1f", PipelineFile.Read(_workspace.At("mine.yaml")).Reproduction?.Id);
        Assert.Equal(ExitCode.Usage, Grokpipe.Run(_workspace.Root, "reproduce", "C1f", "--write", "mine.yaml").Code);
    }

    [Fact]
    public void Outcomes_that_are_kept_give_a_page()
    {
        Write(Row);
        Assert.Equal(ExitCode.Done, Grokpipe.Run(_workspace.Root, "reproduce", "tiny.yaml", "--record", "docs/kept").Code);
        var page = File.ReadAllText(_workspace.At("docs/kept.md"));
        Assert.Contains("| tiny | Sums modulo 23 | A | 3 of 3 |", page, StringComparison.Ordinal);
        Assert.Contains("| Two members were trained | 2 [S] | 2..2 (OUR CHOICE) | 2 | pass |", page, StringComparison.Ordinal);
        var run = JsonNode.Parse(File.ReadAllText(_workspace.At("docs/kept/tiny.json")))!["run"]!;
        Assert.True((double)run["seconds"]! > 0 && (int)run["processors"]! == Environment.ProcessorCount);
    }

    private void Write(string row) => File.WriteAllText(_workspace.At("tiny.yaml"), SmallWorkspace.Yaml + row);

    private string Outcome() => File.ReadAllText(_workspace.At("models/reproduce/tiny/reproduction.json"));
}
