using GrokPipeline.Cli;
using GrokPipeline.Stages.Running;
using GrokPipeline.Stages.Tests.Cli;

namespace GrokPipeline.Stages.Tests.Running;

/// <summary>A train with wrong labels, from the file to the report.</summary>
[Collection("current folder")]
public sealed class ShiftedTrainTests : IDisposable
{
    private readonly SmallWorkspace _workspace = new("""
        schema: 1
        name: noisy
        datasets:
          mod23:
            use: modular_arithmetic
            with: { op: squares_xy, modulus: 23 }
            split: { train: 0.5, validation: rest }
            train_shift: { kind: label_noise, rate: 0.25 }
            shifts:
              swapped: { kind: operand_order, of: train }
              corrected:
                - { kind: select_rows, of: train, where: noisy = 1 }
                - { kind: clean_labels }
        experiments:
          noisy:
            data: mod23
            model: { kind: mlp, encode: onehot, hidden: [64], activation: square, bias: false, init: { kind: normal } }
            train: { steps: 200, evaluate_every: 20, optimizer: { kind: adamw, learning_rate: 1.0e-2, weight_decay: 0 } }
            evaluate: { on: [validation, train, corrected], groups: noisy, interval: { resamples: 20 } }

        """);

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public void Wrong_labels_and_twins_are_counted_scored_apart_and_shown()
    {
        Assert.Empty(_workspace.Run().Failures);
        // 66 of 265 rows (66.25): memorized by their wrong labels, and so not right by the true ones.
        var accuracies = Accuracies();
        Assert.Equal((1.0, 265), accuracies["train", "all"]);
        Assert.Equal((1.0, 66), accuracies["train", "noisy=1"]);
        Assert.Equal((1.0, 199), accuracies["train", "noisy=0"]);
        Assert.Equal((0.0, 66), accuracies["corrected", "all"]);

        var shown = Grokpipe.Run(_workspace.Root, "show", "mod23");
        Assert.Equal(ExitCode.Done, shown.Code);
        Assert.Matches(@"train +265 rows  split  split train: 0\.5; then a share of 0\.25 .*  \(66 labels are wrong\)", shown.Out);
        Assert.Matches(@"validation +264 rows .*  \(\d+ have their twin in train\)", shown.Out);
        Assert.Matches(@"corrected +66 rows .*  \(66 rows are also in train, \d+ have their twin in train\)", shown.Out);
        var report = File.ReadAllText(_workspace.At("models/noisy/report/report.html"));
        Assert.Contains("twin in train", report, StringComparison.Ordinal);
        Assert.Contains("wrong label", report, StringComparison.Ordinal);
    }

    private AccuracyTable Accuracies() => new(_workspace);

    private sealed class AccuracyTable(SmallWorkspace workspace)
    {
        private readonly Tables.Table _scores = SmallWorkspace.Tools.Store.Read(workspace.At("models/noisy/evaluation/evaluation.parquet"));

        public (double Value, long Rows) this[string distribution, string group]
        {
            get
            {
                var row = Enumerable.Range(0, _scores.Rows).Single(row => _scores.Text("mark")[row] == "final"
                    && _scores.Text("metric")[row] == "accuracy" && _scores.Text("distribution")[row] == distribution
                    && _scores.Text("group")[row] == group);
                return (_scores.Float64("value")[row], _scores.Int64("rows")[row]);
            }
        }
    }
}
