using GrokPipeline.Cli;
using GrokPipeline.Data;
using GrokPipeline.Stages.Tests.Cli;
using GrokPipeline.Tables;

namespace GrokPipeline.Stages.Tests.Evaluations;

/// <summary>A pipeline that asks for everything that is computed of held-out rows.</summary>
public sealed class FullEvaluation : IDisposable
{
    public const string Evaluate = """
        { on: [validation, swapped], interval: { resamples: 20 }, metrics: [accuracy, loss, margin, auroc], predictions: marks,
          per_class: true, trajectory: { checkpoints: [spread:6, final] }, shifts: { rows: 40, permutations: 19 },
          require: ["validation - swapped <= 1"] }
        """;

    public FullEvaluation()
    {
        Workspace = new SmallWorkspace(SmallWorkspace.Yaml.Replace(
            "{ on: [validation, swapped], interval: { resamples: 20 } }", Evaluate.ReplaceLineEndings(" "), StringComparison.Ordinal));
        Assert.Empty(Workspace.Run().Failures);
    }

    public SmallWorkspace Workspace { get; }

    public void Dispose() => Workspace.Dispose();
}

[Collection("current folder")]
public sealed class EvaluateStageTests(FullEvaluation full) : IClassFixture<FullEvaluation>
{
    private readonly SmallWorkspace _workspace = full.Workspace;

    [Fact]
    public void Gaps_are_validation_minus_the_distribution()
    {
        var scores = Scores();
        double Of(string distribution, string metric) =>
            scores.Single(s => s.Distribution == distribution && s.Metric == metric && s.Group == "all" && s.Mark == "final").Value;
        Assert.Equal(Of("validation", "accuracy") - Of("swapped", "accuracy"), Of("swapped", "accuracy_gap"), 1e-12);
        Assert.Equal(Of("validation", "loss") - Of("swapped", "loss"), Of("swapped", "loss_gap"), 1e-12);
        Assert.DoesNotContain(scores, s => s.Distribution == "validation" && s.Metric == "accuracy_gap");
        Assert.Contains(scores, s => s is { Distribution: "swapped", Metric: "accuracy_gap", Note: "validation minus swapped" });
        Assert.Equal(23, scores.Count(s => s is { Mark: "final", Distribution: "validation", Metric: "accuracy" }
            && s.Group.StartsWith("class=", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_trajectory_ends_with_the_scores_of_the_exported_model()
    {
        var table = Read("trajectory.parquet");
        var (steps, values) = (table.Int64("step").ToArray(), table.Float64("value").ToArray());
        Assert.InRange(steps.Distinct().Count(), 3, 6);
        Assert.Equal(["swapped", "validation"], table.Text("distribution").Distinct().Order());
        foreach (var distribution in (string[])["validation", "swapped"])
        {
            foreach (var metric in (string[])["accuracy", "loss"])
            {
                var row = Enumerable.Range(0, table.Rows).Single(i =>
                    steps[i] == 200 && table.Text("group")[i] == "all" && table.Text("distribution")[i] == distribution && table.Text("metric")[i] == metric);
                Assert.Equal(
                    Scores().Single(s => s is { Group: "all", Mark: "final" } && s.Distribution == distribution && s.Metric == metric)
                        .Value,
                    values[row]);
            }
        }
        // Everything that the scores of an exported model have, each checkpoint has.
        var (groups, metrics) = (table.Text("group"), table.Text("metric"));
        Assert.Contains(Enumerable.Range(0, table.Rows), i => groups[i] == "class=3" && metrics[i] == "accuracy");
        Assert.Contains(Enumerable.Range(0, table.Rows), i => metrics[i] == "accuracy_gap" && table.Text("distribution")[i] == "swapped"
            && table.Text("note")[i] == "validation minus swapped");
        var onsets = Read("generalization.parquet");
        Assert.Equal(["validation", "swapped"], onsets.Text("distribution"));
        Assert.Equal([0.99, 0.99], onsets.Float64("accuracy").ToArray());
    }

    [Fact]
    public void Shifts_agree_with_the_data_card()
    {
        var table = Read("shifts.parquet");
        var card = DataCard.FromJson(File.ReadAllText(_workspace.At("data/mod23/dataset.json")));
        foreach (var distribution in (string[])["validation", "swapped"])
        {
            var row = Enumerable.Range(0, table.Rows).Single(i => table.Text("distribution")[i] == distribution
                && table.Text("on")[i] == "class" && table.Text("measure")[i] == "total_variation");
            Assert.Equal(card.Distributions.Single(d => d.Name == distribution).ClassShift, table.Float64("value")[row], 1e-12);
        }
        Assert.Equal(2 * (3 + 3), table.Rows);                                  // no groups
        Assert.Equal([20L, 40], table.Int64("rows").ToArray().Distinct().Order().Take(2));     // half are held out
    }

    [Fact]
    public void Predictions_join_the_rows_of_their_file()
    {
        var answer = Grokpipe.Run(_workspace.Root, "query", """
            select count(*) as n, avg((p.target = p.predicted)::int) as right
            from predictions p join (select *, row_number() over () - 1 as at from data.mod23_validation) v
            on p.row = v.at and p.target = v.c
            where p.distribution = 'validation' and p.mark like '%final%'
            """, "--format", "csv");
        var accuracy = Scores().Single(s => s is { Distribution: "validation", Metric: "accuracy", Group: "all", Mark: "final" });
        var cells = answer.Out.ReplaceLineEndings("\n").Split('\n')[1].Split(',');
        Assert.Equal(accuracy.Rows, long.Parse(cells[0], System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(accuracy.Value, double.Parse(cells[1], System.Globalization.CultureInfo.InvariantCulture), 1e-9);
    }

    [Fact]
    public void Grokking_times_are_those_that_SQL_finds_in_the_metrics()
    {
        const string first = "(select min(step) from metrics where metric = 'accuracy' and value >= 0.99 and split = '{0}')";
        var answer = Grokpipe.Run(_workspace.Root, "query", $"""
            select train_step is not distinct from {string.Format(null, first, "train")} as train,
                   (case when isnan(test_step) then null else test_step end)
                       is not distinct from {string.Format(null, first, "validation")} as test
            from grokking_times where definition = 'power'
            """, "--format", "csv");
        Assert.Equal("true,true", answer.Out.ReplaceLineEndings("\n").Split('\n')[1]);
        var rules = Grokpipe.Run(_workspace.Root, "query", "select distinct rule, missing from stopping_rules order by rule", "--format", "csv").Out;
        Assert.Contains("patience,\n", rules.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Contains("entropy_plateau,spectral_entropy is not among train.metrics", rules, StringComparison.Ordinal);
        Assert.Contains("  grokking time ", Grokpipe.Run(_workspace.Root, "show", "small").Out, StringComparison.Ordinal);
        Assert.Contains(
            "Grokking time by other definitions", File.ReadAllText(_workspace.At("models/small/report/report.html")), StringComparison.Ordinal);
    }

    [Fact]
    public void The_report_says_when_each_distribution_generalizes()
    {
        var html = File.ReadAllText(_workspace.At("models/small/report/report.html"));
        Assert.Contains("When each distribution generalizes", html, StringComparison.Ordinal);
        Assert.Contains("TV of classes", html, StringComparison.Ordinal);
        Assert.Contains("JS of classes", html, StringComparison.Ordinal);
        Assert.Contains("by chance", html, StringComparison.Ordinal);
        Assert.Contains("validation minus swapped", html, StringComparison.Ordinal);
        Assert.True(File.Exists(_workspace.At("models/small/report/figures/trajectory.csv")));
    }

    [Theory]
    [InlineData("[\"swapped.margin >= 1e9\"]", 3, "small, final: margin of swapped is")]
    [InlineData("[{ model: final, that: \"validation - swapped < -1\" }]", 3, "accuracy of validation - accuracy of swapped is")]
    [InlineData("[\"swaped.accuracy >= 0\"]", 2, "'swaped' is not evaluated on. Did you mean swapped? Known: validation, swapped.")]
    [InlineData("[\"brier <= 1\"]", 2, "brier is not computed: it is not among evaluate.metrics (accuracy, loss, margin, auroc).")]
    [InlineData("[\"worst_group >= 0\"]", 2, "worst_group_accuracy is not computed: evaluate.groups names no column.")]
    [InlineData("[{ model: nonsense, that: \"accuracy >= 2\" }]", 2, "there is no mark named 'nonsense'.")]
    [InlineData("[{ model: \"step:7\", that: \"accuracy >= 0\" }]", 3, "small, step:7: there are no scores to compare with >= 0.")]
    [InlineData("[\"swapped.accuracy_gap >= 2\"]", 3, "accuracy_gap of swapped is")]
    [InlineData("[\"acuracy >= 0\"]", 2, "there is no metric 'acuracy'. Did you mean 'accuracy'?")]
    [InlineData("[{ model: final }]", 2, "requires nothing")]
    public void What_is_required_is_checked(string require, int code, string expected)
    {
        var answer = Grokpipe.Run(_workspace.Root, "run", "-q", "-s", $"experiments.small.evaluate.require={require}");
        Assert.Equal(code, (int)answer.Code);
        Assert.Contains(expected, answer.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("trajectory.checkpoints=[finl]", "there is no mark named 'finl'.")]
    [InlineData("trajectory.on=[nowhere]", "has no split or shift 'nowhere'.")]
    [InlineData("trajectory.metrics=[loss]", "metrics lacks accuracy")]
    [InlineData("predictions=some", "give one of none, marks, all")]
    [InlineData("shifts.rows=3", "rows is 3; give 8 to 5000, or 0")]
    [InlineData("ece_bins=0", "ece_bins is 0; give a number from 1 to 1000.")]
    public void Wrong_options_are_told(string change, string expected)
    {
        var answer = Grokpipe.Run(_workspace.Root, "run", "-n", "-s", $"experiments.small.evaluate.{change}");
        Assert.Equal(ExitCode.Usage, answer.Code);
        Assert.Contains(expected, answer.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "--require", "validation - swapped <= 1", "--require", "swapped.margin >= -1e9")]
    [InlineData(0, "--require", "mod23.validation - mod23.swapped <= 1", "--require", "mod23.swapped.accuracy >= 0")]
    [InlineData(0, "--require", "swapped.accuracy_gap <= 1", "--metrics", "margin")]
    [InlineData(0, "--require", "validation.accuracy_gap <= 1", "--yardstick", "mod23.swapped")]
    [InlineData(2, "--require", "validatoin.accuracy >= 0")]
    [InlineData(2, "--require", "accuracy - validation >= 0")]
    [InlineData(2, "--yardstick", "nothing")]
    [InlineData(3, "--require", "swapped.margin >= 1e9")]
    [InlineData(2, "--require", "swapped.magrin >= 1")]
    [InlineData(2, "--metrics", "acuracy")]
    [InlineData(2, "--batch", "0")]
    [InlineData(2, "--predictions", "p.parquet")]
    [InlineData(2, "--groups", "nothing")]
    public void The_command_takes_splits_by_name_and_bounds_between_them(int code, params string[] more)
    {
        var answer = Grokpipe.Run(
            _workspace.Root, ["evaluate", "small", "--data", "mod23.validation", "--data", "mod23.swapped", .. more]);
        Assert.Equal(code, (int)answer.Code);
        if (code == 0)
        {
            Assert.Contains(" rows/s, 1 thread", answer.Error, StringComparison.Ordinal);
            Assert.Contains("accuracy_gap", answer.Out, StringComparison.Ordinal);
        }
        if (code == 3) { Assert.Contains("margin of swapped is ", answer.Error, StringComparison.Ordinal); }
    }

    [Fact]
    public void A_distribution_of_another_form_is_refused_before_training()
    {
        using var other = new SmallWorkspace(SmallWorkspace.Yaml
            .Replace("defaults:", "  mod29:\n    use: modular_arithmetic\n    with: { op: add, modulus: 29 }\n"
                + "    split: { train: 0.5, validation: rest }\ndefaults:", StringComparison.Ordinal)
            .Replace("on: [validation, swapped]", "on: [validation, mod29.validation]", StringComparison.Ordinal));
        var answer = Grokpipe.Run(other.Root, "run", "-n");
        Assert.Equal(ExitCode.Usage, answer.Code);
        Assert.Contains(
            "a model of dataset mod23 takes 2 operands of 23 values and 23 classes; dataset mod29 has 2 operands of 29 values",
            answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Distributions_of_one_name_stand_apart_in_the_report()
    {
        using var two = new SmallWorkspace(SmallWorkspace.Yaml
            .Replace("defaults:", "  again:\n    use: modular_arithmetic\n    with: { op: add, modulus: 23 }\n    seed: 9\n"
                + "    split: { train: 0.3, validation: rest }\ndefaults:", StringComparison.Ordinal)
            .Replace("on: [validation, swapped]", "on: [validation, again.validation]", StringComparison.Ordinal));
        Assert.Empty(two.Run().Failures);
        var figure = File.ReadAllText(two.At("models/small/report/report.html"));
        Assert.Contains("again.validation", figure, StringComparison.Ordinal);
        Assert.Contains(">validation<", figure, StringComparison.Ordinal);
    }

    [Fact]
    public void The_trajectory_knows_groups_and_their_shares_of_train()
    {
        using var blobs = new SmallWorkspace("""
            schema: 1
            name: blobs
            datasets:
              blobs:
                use: gaussian_subclasses
                with: { geometry: equidistant, positions: 9, dimensions: 2, sigma: 0.1 }
                split: { train: { rows: 80, shifted_per_class: 1, subclass_rate: 0.5 }, validation: { rows: 160 } }
            defaults: { train: { steps: 20, evaluate_every: 10 } }
            experiments:
              small:
                data: blobs
                model: { kind: mlp, hidden: [8] }
                evaluate:
                  { on: [validation], groups: subclass, metrics: [accuracy, adjusted_accuracy], interval: { resamples: 20 },
                    trajectory: { checkpoints: [final], metrics: [accuracy, adjusted_accuracy] } }

            """);
        Assert.Empty(blobs.Run().Failures);
        var table = SmallWorkspace.Tools.Store.Read(blobs.At("models/small/evaluation/trajectory.parquet"));
        var scores = Runs.Results.Scores(blobs.At("models/small"), SmallWorkspace.Tools.Store).Where(score => score.Mark == "final").ToArray();
        // The final checkpoint is exported: every number of its file stands in the trajectory.
        foreach (var metric in (string[])["accuracy", "adjusted_accuracy", "worst_group_accuracy", "mean_group_accuracy"])
        {
            foreach (var score in scores.Where(score => score.Metric == metric))
            {
                var row = Enumerable.Range(0, table.Rows).Single(
                    i => table.Text("metric")[i] == metric && table.Text("group")[i] == score.Group);
                Assert.Equal(score.Value, table.Float64("value")[row]);
                Assert.False(double.IsNaN(score.Value));
            }
        }
        Assert.True(scores.Count(score => score.Group.StartsWith("subclass=", StringComparison.Ordinal)) > 4);
    }

    [Fact]
    public void A_split_that_is_not_there_is_answered_with_the_nearest()
    {
        var answer = Grokpipe.Run(_workspace.Root, "evaluate", "small", "--data", "mod23.validatoin");
        Assert.Equal(ExitCode.Usage, answer.Code);
        Assert.Contains(
            "there is no file or split 'mod23.validatoin'. Did you mean 'mod23.validation'?", answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_json_document_tells_rows_a_second()
    {
        var answer = Grokpipe.Run(_workspace.Root, "evaluate", "small", "--data", "mod23.validation", "--json");
        var file = System.Text.Json.Nodes.JsonNode.Parse(answer.Out)!["files"]![0]!;
        Assert.True((double)file["rows_per_second"]! > 0);
        Assert.Equal(SmallWorkspace.Tools.Store.ReadHeader(_workspace.At("data/mod23/validation.parquet")).Rows, (long)file["rows"]!);
    }

    private Table Read(string name) => SmallWorkspace.Tools.Store.Read(_workspace.At($"models/small/evaluation/{name}"));

    private IReadOnlyList<Runs.ScoreRow> Scores() => Runs.Results.Scores(_workspace.At("models/small"), SmallWorkspace.Tools.Store);
}
