using GrokPipeline.Evaluation;
using GrokPipeline.Evaluation.Statistics;
using GrokPipeline.Stages.Evaluations;
using GrokPipeline.Tables;

namespace GrokPipeline.Stages.Tests.Evaluations;

/// <summary>Any model on any table, piece by piece.</summary>
public sealed class AnyFileTests(Files files) : IClassFixture<Files>
{
    private const int Count = 50_000;

    private EvaluationRequest Request => new()
    {
        Model = files.Linear(), Data = files.Write("rows.parquet", Files.Rows(Count)), Features = ["x"], Target = "label", Groups = "part",
        Options = new() { Metrics = ["accuracy", "loss", "margin", "ece"] }, Batch = 100,
    };

    [Fact]
    public void Numbers_agree_with_a_computation_by_hand()
    {
        var scored = Files.Score(Request);
        Assert.Equal(Count, scored.Rows);
        var accuracy = Scorer.Of(scored.Scores, "accuracy")!;
        Assert.Equal(Wilson.Of(Count / 10 * 9, Count, 0.95), accuracy.Value);
        // Right rows: 2·|x₀|; wrong ones have the label 2, whose logit is −9: −9 − |x₀|.
        var expected = Enumerable.Range(0, Count).Average(row => row % 10 == 9 ? -9.0 - (1 + (row % 7)) : 2.0 * (1 + (row % 7)));
        Assert.Equal(expected, Scorer.Of(scored.Scores, "margin")!.Value.Value, 1e-9);
        var worst = Scorer.Of(scored.Scores, "worst_group_accuracy")!;
        Assert.Equal(("part=1", 0.0, Count / 10L), (worst.Group, worst.Value.Value, worst.Rows));
    }

    [Fact]
    public void Numbers_are_the_same_for_any_number_of_threads_and_rows_of_a_call()
    {
        var one = Files.Score(Request with { Threads = 1 });
        var four = Files.Score(Request with { Threads = 4 });
        Assert.Equal((1, 4), (one.Threads, four.Threads));
        Assert.Equal(one.Scores, four.Scores);
        Assert.Equal(one.Scores, Files.Score(Request with { Threads = 3, Batch = 1000 }).Scores);
    }

    [Fact]
    public void Several_columns_of_numbers_make_a_vector()
    {
        var rows = Files.Rows(500);
        var x = rows.Vector("x").ToArray();
        var apart = Table.Of(
            ColumnValues.Of("left", [.. x.Where((_, i) => i % 2 == 0).Select(value => (double)value)]),
            ColumnValues.Of("right", [.. x.Where((_, i) => i % 2 == 1).Select(value => (long)value)]),
            ColumnValues.Of("label", rows.Int64("label").ToArray()));
        var request = Request with
        {
            Data = files.Write("apart.parquet", apart),
            Features = ["left", "right"],
            Groups = null,
        };
        var whole = Files.Score(Request with { Data = files.Write("whole.parquet", rows), Groups = null });
        Assert.Equal(whole.Scores, Files.Score(request).Scores);
    }

    [Fact]
    public void Predictions_are_written_row_by_row()
    {
        var path = files.At("predictions.parquet");
        var scored = Files.Score(Request with { Predictions = path, Threads = 2 });
        var table = SmallWorkspace.Tools.Store.Read(path);
        Assert.Equal(
            ["row", "target", "predicted", "probability", "loss", "margin", "part"], table.Schema.Select(column => column.Name));
        Assert.Equal(Enumerable.Range(0, Count).Select(row => (long)row), table.Int64("row").ToArray());
        var right = table.Int64("target").ToArray().Zip(table.Int64("predicted").ToArray()).Count(pair => pair.First == pair.Second);
        Assert.Equal(Scorer.Of(scored.Scores, "accuracy")!.Correct, right);
        Assert.Equal(Scorer.Of(scored.Scores, "loss")!.Value.Value, table.Float64("loss").ToArray().Average(), 1e-9);
        Assert.All(
            table.Float64("loss").ToArray().Zip(table.Float64("probability").ToArray()).Take(100),
            pair => Assert.Equal(pair.First, -Math.Log(pair.Second), 1e-9));
        Assert.Equal(Files.Rows(Count).Int64("part").ToArray(), table.Int64("part").ToArray());
    }

    [Fact]
    public void Shares_of_train_weigh_the_groups()
    {
        var train = Table.Of(ColumnValues.Of("part", [0L, 0, 0, 1]));
        var scored = Files.Score(Request with
        {
            Train = files.Write("train.parquet", train),
            Options = new() { Metrics = ["adjusted_accuracy"] },
        });
        Assert.Equal(0.75, scored.Scores[0].Value.Value, 1e-12);
    }

    [Fact]
    public void An_error_in_a_late_piece_is_told_once_and_leaves_no_predictions()
    {
        var rows = Files.Rows(Count);
        var labels = rows.Int64("label").ToArray();
        labels[^1] = 3;
        var path = files.At("given-up.parquet");
        var error = Files.Refused(Request with
        {
            Data = files.Write("late.parquet", rows.With(ColumnValues.Of("label", labels))),
            Predictions = path,
            Threads = 4,
        });
        Assert.Contains("Column label holds 3; it was expected to be 0 to 2.", error.Problem, StringComparison.Ordinal);
        Assert.Equal(files.At("late.parquet"), error.Where);
        Assert.False(File.Exists(path));
    }
}
