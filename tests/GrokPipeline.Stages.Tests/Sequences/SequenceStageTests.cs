using GrokPipeline.Evaluation;
using GrokPipeline.Runs.Scoring;
using GrokPipeline.Tables;

namespace GrokPipeline.Stages.Tests.Sequences;

/// <summary>Two experiments on answers of several tokens, every stage of them.</summary>
public sealed class SequenceWorkspace : IDisposable
{
    public const string Yaml = """
        schema: 1
        name: sequences
        datasets:
          sorted:
            use: lists
            with: { op: sort, values: 6, capacity: 4 }
            split: { train: 0.7, validation: rest }
            shifts:
              longer: { kind: sequence_length, by: 1 }
              descending: { kind: sequence_order, of: train }
          power:
            use: modular_arithmetic
            with: { modulus: 11 }
            answer: with_end
            split: { train: 0.6, validation: rest }
        defaults:
          train: { steps: 100, evaluate_every: 10, optimizer: { kind: adamw, learning_rate: 3.0e-3 } }
          export: { inputs: [plain, vector] }
        experiments:
          lists:
            data: sorted
            model: { kind: transformer, layers: 1, d_model: 16, heads: 2, mlp: 32 }
            evaluate: { on: [validation, longer, descending], metrics: [accuracy, loss, ece], predictions: marks }
            probe: { probes: [weight_norm, sharpness] }
          ended:
            data: power
            model: { kind: transformer, layers: 1, d_model: 16, heads: 2, mlp: 32, norm: post, positions: all }
            probe: { probes: [weight_norm] }

        """;

    public SequenceWorkspace()
    {
        Workspace = new SmallWorkspace(Yaml);
        Assert.Empty(Workspace.Run().Failures);
    }

    public SmallWorkspace Workspace { get; }

    public void Dispose() => Workspace.Dispose();
}

[Collection("current folder")]
public sealed class SequenceStageTests(SequenceWorkspace sequences) : IClassFixture<SequenceWorkspace>
{
    private readonly SmallWorkspace _workspace = sequences.Workspace;

    [Theory]
    [InlineData("lists"), InlineData("ended")]
    public void The_exported_file_has_the_scores_of_the_training(string experiment)
    {
        var (scores, log) = (Table($"models/{experiment}/evaluation/evaluation.parquet"), Table($"models/{experiment}/metrics/metrics.parquet"));
        foreach (var (metric, tolerance) in (IEnumerable<(string, double)>)[("accuracy", 0), ("loss", 1e-4)])
        {
            var last = Enumerable.Range(0, log.Rows).Last(i => log.Text("split")[i] == "validation" && log.Text("metric")[i] == metric);
            var score = Enumerable.Range(0, scores.Rows).Single(i => scores.Text("distribution")[i] == "validation"
                && scores.Text("group")[i] == "all" && scores.Text("mark")[i] == "final" && scores.Text("metric")[i] == metric);
            Assert.Equal(log.Float64("value")[last], scores.Float64("value")[score], tolerance + 1e-12);
        }
    }

    [Fact]
    public void Predictions_tell_of_every_token_and_give_the_accuracy_again()
    {
        var predictions = Table("models/lists/evaluation/predictions.parquet");
        var scores = Table("models/lists/evaluation/evaluation.parquet");
        var rows = Enumerable.Range(0, predictions.Rows)
            .Where(i => predictions.Text("distribution")[i] == "descending" && predictions.Int64("step")[i] == 100).ToArray();
        Assert.NotEmpty(rows);
        var right = rows.Count(i => Enumerable.Range(0, 4).All(at => predictions.Int64($"target_{at}")[i] == predictions.Int64($"predicted_{at}")[i]));
        var score = Enumerable.Range(0, scores.Rows).Single(i => scores.Text("distribution")[i] == "descending"
            && scores.Text("group")[i] == "all" && scores.Text("mark")[i] == "final" && scores.Text("metric")[i] == "accuracy");
        Assert.Equal(scores.Float64("value")[score], right / (double)rows.Length, 1e-12);
        Assert.All(rows, i => Assert.Equal(Math.Exp(-4 * predictions.Float64("loss")[i]), predictions.Float64("probability")[i], 1e-12));
    }

    [Fact]
    public void Any_file_of_such_answers_can_be_scored()
    {
        var request = new EvaluationRequest
        {
            Model = _workspace.At("models/ended/onnx/step-00000100.onnx"), Data = _workspace.At("data/power/validation.parquet"),
            Options = new() { Metrics = ["accuracy", "loss"] }, Batch = 7,
        };
        var scored = Evaluations.Files.Score(request);
        Assert.Equal(48, scored.Rows);
        var ends = scored.Scores.Single(score => score.Group == "position=1");
        Assert.Equal(1, ends.Value.Value);                                        // the end is easy
        Assert.Equal(scored.Scores.Single(score => score.Group == "position=0").Correct, Scorer.Of(scored.Scores, "accuracy")!.Correct);
    }

    [Fact]
    public void The_report_shows_each_position_and_why_a_metric_is_missing()
    {
        var report = File.ReadAllText(_workspace.At("models/lists/report/report.html"));
        Assert.Contains("position=3", report, StringComparison.Ordinal);
        Assert.Contains("Says something of answers of one token; these have 4.", report, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("inputs: [plain, vector]", "inputs: [application]", "export.inputs: application gives one label")]
    [InlineData("weight_norm, sharpness", "ablation", "probe.probes: ablation looks at the one class of a row")]
    [InlineData("by: 1 }", "by: 2 }", "Give at most 1, or raise with.capacity.")]
    [InlineData("answer: with_end", "answer: with_ends", "Did you mean 'with_end'?")]
    [InlineData("kind: transformer, layers: 1, d_model: 16, heads: 2, mlp: 32 }", "kind: mlp }", "An mlp gives one token")]
    public void What_does_not_fit_is_refused_before_anything_runs(string from, string to, string problem)
    {
        using var other = new SmallWorkspace(SequenceWorkspace.Yaml.Replace(from, to, StringComparison.Ordinal));
        var error = Assert.Throws<GrokException>(() => PipelineFile.Read(other.PipelinePath));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    private Table Table(string path) => SmallWorkspace.Tools.Store.Read(_workspace.At(path));
}
