using GrokPipeline.Runs;
using GrokPipeline.Testing;

namespace GrokPipeline.Stages.Tests.Regression;

[Collection("current folder")]
public sealed class GaussianProcessStageTests
{
    private static string Process => ReadMe.Blocks("yaml", "docs/regression.md")[1];

    [Fact]
    public void The_students_of_the_page_go_through_every_stage()
    {
        using var workspace = new SmallWorkspace(ReadMe.Blocks("yaml", "docs/regression.md")[0]);
        Assert.Empty(workspace.Run().Failures);
        Assert.NotNull(RunDirectory.Open(workspace.At("models/student")).ReadCheckpoint("final")["output.weight"]);
    }

    [Fact]
    public void The_process_of_the_page_groks_and_its_file_has_the_scores_of_its_training()
    {
        using var workspace = new SmallWorkspace(Process);
        Assert.Empty(workspace.Run().Failures);
        var run = RunDirectory.Open(workspace.At("models/process"));
        Assert.Equal("grokked", run.Verdict);
        Assert.Equal([60, 10], run.ReadCheckpoint("final")["inputs"].Shape.Extents);
        var scores = SmallWorkspace.Tools.Store.Read(workspace.At("models/process/evaluation/evaluation.parquet"));
        var log = SmallWorkspace.Tools.Store.Read(workspace.At("models/process/metrics/metrics.parquet"));
        foreach (var (metric, tolerance) in (IEnumerable<(string, double)>)[("accuracy", 1e-12), ("loss", 1e-5)])
        {
            var last = Enumerable.Range(0, log.Rows).Last(i => log.Text("split")[i] == "validation" && log.Text("metric")[i] == metric);
            var row = Enumerable.Range(0, scores.Rows).Single(
                i => scores.Text("mark")[i] == "final" && scores.Text("metric")[i] == metric && scores.Text("group")[i] == "all");
            Assert.Equal(log.Float64("value")[last], scores.Float64("value")[row], tolerance);
        }
    }

    [Theory]
    [InlineData("{ kind: sgd, learning_rate: 0.3 }", "adamw", "use optimizer: { kind: sgd")]
    [InlineData("evaluate_every: 5,", "evaluate_every: 5, batch: 10,", "use batch: full")]
    [InlineData("evaluate_every: 5,", "evaluate_every: 5, start: { from: other },", "does not begin with another training's values")]
    [InlineData("evaluate_every: 5,", "evaluate_every: 5, noise: { weights: 0.1 },", "has neither noise nor penalty")]
    [InlineData("use: sparse_parity\n    with: { n: 10, k: 2 }", "use: polynomial", "tells classes apart by features")]
    public void What_a_process_cannot_be_trained_with_is_refused_before_anything_runs(string from, string to, string problem)
    {
        Assert.Contains(from, Process, StringComparison.Ordinal);
        using var workspace = new SmallWorkspace(Process.Replace(from, to, StringComparison.Ordinal));
        var error = Assert.Throws<GrokException>(() => PipelineFile.Read(workspace.PipelinePath));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }
}
