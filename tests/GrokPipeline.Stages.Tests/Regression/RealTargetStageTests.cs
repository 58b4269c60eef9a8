using GrokPipeline.Evaluation;
using GrokPipeline.Runs.Scoring;
using GrokPipeline.Tables;

namespace GrokPipeline.Stages.Tests.Regression;

/// <summary>Two experiments on real targets, every stage of them.</summary>
public sealed class RealWorkspace : IDisposable
{
    public const string Yaml = """
        schema: 1
        name: real
        datasets:
          teacher:
            use: teacher_student
            with: { inputs: 3, outputs: 2, hidden: [8], tolerance: 0.02 }
            split: { train: { rows: 40 }, validation: { rows: 50 } }
          square:
            use: polynomial
            with: { dimensions: 6 }
            split: { train: { rows: 30 }, validation: { rows: 40 } }
        defaults:
          train: { steps: 100, evaluate_every: 10, loss: squared_error }
          export: { inputs: [plain, application] }
        experiments:
          student:
            data: teacher
            model: { kind: mlp, hidden: [16], activation: tanh }
            train: { optimizer: { kind: adamw, learning_rate: 1.0e-2 } }
            evaluate: { metrics: [accuracy, loss, r2], per_class: true, require: ["validation.r2 >= 0.5"] }
            probe: { probes: [weight_norm, sharpness, tangent_kernel] }
          committee:
            data: square
            model: { kind: fixed_readout, width: 32 }
            train: { optimizer: { kind: sgd, learning_rate: 5 } }
            probe: { probes: [weight_norm, hessian, tangent_kernel] }

        """;

    public RealWorkspace()
    {
        Workspace = new SmallWorkspace(Yaml);
        var outcome = Workspace.Run();
        Assert.Empty(outcome.Failures);
        Assert.Empty(outcome.Missed);
    }

    public SmallWorkspace Workspace { get; }

    public void Dispose() => Workspace.Dispose();
}

[Collection("current folder")]
public sealed class RealTargetStageTests(RealWorkspace real) : IClassFixture<RealWorkspace>
{
    private readonly SmallWorkspace _workspace = real.Workspace;

    [Theory]
    [InlineData("student", "accuracy, loss, r2"), InlineData("committee", "accuracy, loss")]
    public void The_exported_file_has_the_scores_of_the_training(string experiment, string metrics)
    {
        var scores = Table($"models/{experiment}/evaluation/evaluation.parquet");
        var all = Enumerable.Range(0, scores.Rows).Where(i => scores.Text("group")[i] == "all" && scores.Text("mark")[i] == "final").ToArray();
        Assert.Equal(metrics, string.Join(", ", all.Select(i => scores.Text("metric")[i])));
        var log = Table($"models/{experiment}/metrics/metrics.parquet");
        foreach (var (metric, tolerance) in (IEnumerable<(string, double)>)[("accuracy", 0), ("loss", 1e-6)])
        {
            var last = Enumerable.Range(0, log.Rows).Last(i => log.Text("split")[i] == "validation" && log.Text("metric")[i] == metric);
            Assert.Equal(100, log.Int64("step")[last]);
            Assert.Equal(
                log.Float64("value")[last], scores.Float64("value")[all.Single(i => scores.Text("metric")[i] == metric)], tolerance + 1e-12);
        }
    }

    [Fact]
    public void Any_file_of_real_targets_can_be_scored_and_metrics_of_classes_are_refused()
    {
        var request = new EvaluationRequest
        {
            Model = _workspace.At("models/student/onnx/step-00000100.application.onnx"), Data = _workspace.At("data/teacher/validation.parquet"),
            Options = new() { Metrics = ["accuracy", "loss", "r2"] }, Batch = 7,
        };
        var scored = Evaluations.Files.Score(request);
        Assert.Equal((50L, 3), (scored.Rows, scored.Scores.Count));
        Assert.InRange(Scorer.Of(scored.Scores, "r2")!.Value.Value, 0.5, 1);
        var error = Assert.Throws<GrokException>(() => Evaluations.Files.Score(request with { Options = new() { Metrics = ["auroc"] } }));
        Assert.Contains("auroc is computed for classes only", error.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_feature_that_is_not_finite_is_refused()
    {
        var rows = Table("data/teacher/validation.parquet");
        var features = rows.Vector("x").ToArray();
        features[(11 * 3) + 1] = float.PositiveInfinity;
        SmallWorkspace.Tools.Store.Write(_workspace.At("broken.parquet"), rows.With(ColumnValues.Vector("x", 3, features)));
        var error = Assert.Throws<GrokException>(() => Evaluations.Files.Score(new EvaluationRequest
        {
            Model = _workspace.At("models/student/onnx/step-00000100.onnx"), Data = _workspace.At("broken.parquet"), Options = new(),
            Batch = 4,
        }));
        Assert.Contains("column 'x' holds Infinity in row 11", error.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void The_report_says_what_the_loss_is_and_nothing_of_nats()
    {
        var report = File.ReadAllText(_workspace.At("models/student/report/report.html"));
        Assert.Contains("Loss (squared error)", report, StringComparison.Ordinal);
        Assert.DoesNotContain("(nats)", report, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("loss: squared_error", "loss: cross_entropy", "train.loss: cross_entropy compares scores of classes")]
    [InlineData("[accuracy, loss, r2]", "[accuracy, ece]", "evaluate.metrics: ece is a metric of classes")]
    [InlineData("weight_norm, sharpness", "ablation, sharpness", "probe.probes: ablation looks at classes")]
    [InlineData("per_class: true", "predictions: all", "evaluate.predictions: predictions are written for classes only")]
    [InlineData("steps: 100, ", "steps: 100, metrics: [loss, margin_min], ", "train.metrics: margin_min compares classes")]
    [InlineData("{ kind: fixed_readout, width: 32 }", "{ kind: linear, weights: [1] }", "6 features and 1 outputs")]
    public void What_compares_classes_is_refused_before_anything_runs(string from, string to, string problem)
    {
        using var other = new SmallWorkspace(RealWorkspace.Yaml.Replace(from, to, StringComparison.Ordinal));
        var error = Assert.Throws<GrokException>(() => PipelineFile.Read(other.PipelinePath));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void R2_is_refused_of_classes()
    {
        using var other = new SmallWorkspace(SmallWorkspace.Yaml.Replace(
            "interval: { resamples: 20 }", "metrics: [accuracy, r2]", StringComparison.Ordinal));
        var error = Assert.Throws<GrokException>(() => PipelineFile.Read(other.PipelinePath));
        Assert.Contains("r2 is a metric of real targets", error.Message, StringComparison.Ordinal);
    }

    private Table Table(string path) => SmallWorkspace.Tools.Store.Read(_workspace.At(path));
}
