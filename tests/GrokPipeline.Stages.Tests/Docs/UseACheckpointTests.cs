using GrokPipeline.Checkpoints;
using GrokPipeline.Evaluation;
using GrokPipeline.Runs;
using GrokPipeline.Stages.Tests.Checkpoints;
using GrokPipeline.Testing;

namespace GrokPipeline.Stages.Tests.Docs;

/// <summary>What docs/use-a-checkpoint.md shows is what runs here.</summary>
[Collection(TrainedSumsCollection.Name)]
public sealed class UseACheckpointTests(TrainedSums trained)
{
    [Fact]
    public void The_code_of_the_page_does_what_the_page_says()
    {
        var (models, data) = (Path.Combine(trained.Root, "models"), Path.Combine(trained.Root, "data"));
        Run(models, data);
        Assert.Equal(
            [
                "sums: grokked, memorized at 30, generalized at 290", "step 128 before_grok", "step 290 at_grok", "step 500 after_grok final",
                "5 + 18 = 0", "128 activations", "validation accuracy 1.000, 159 rows",
            ], Console.Lines);
    }

    [Fact]
    public void The_code_of_the_page_is_the_code_of_this_test() => Assert.Equal(
        ReadMe.Regions("tests/GrokPipeline.Stages.Tests/Docs/UseACheckpointTests.cs", "use-"),
        ReadMe.Blocks("csharp", "docs/use-a-checkpoint.md").Select(block => block.Trim()));

    private static void Run(string models, string data)
    {
        #region use-open
        var run = RunDirectory.Open($"{models}/sums");              // every hash is checked here
        Console.WriteLine($"{run.Name}: {run.Verdict}, memorized at {run.MemorizationStep}, generalized at {run.GeneralizationStep}");
        foreach (Checkpoint checkpoint in run.Checkpoints.Where(checkpoint => checkpoint.Marks.Length > 0))
        {
            Console.WriteLine($"step {checkpoint.Step} {string.Join(' ', checkpoint.Marks)}");
        }
        #endregion

        #region use-score
        using var model = CheckpointModel.Open(run, "final");       // a mark, or step:250
        long[] rows = [5, 18, 20, 7];                               // two rows of a, b
        var logits = new float[rows.Length / model.RowWidth * model.Classes];
        model.Score(rows, logits);                                  // from the second call on, nothing is allocated
        Span<float> first = logits.AsSpan(0, model.Classes);
        Console.WriteLine($"5 + 18 = {first.IndexOf(logits[..model.Classes].Max())}");
        #endregion

        #region use-weights
        using MappedSafetensors weights = run.OpenWeights("before_grok");
        TensorType type = weights.TypeOf("hidden.0.weight");                        // Float32[46, 128]
        ReadOnlySpan<float> weight = weights.Read<float>("hidden.0.weight");        // the file's own memory, until Dispose
        #endregion
        Assert.Equal((TensorType.Float32([46, 128]), 46 * 128), (type, weight.Length));

        #region use-activations
        using var open = CheckpointModel.Open(run, "final", new CheckpointModelOptions { Activations = ["hidden.0"] });
        var hidden = new float[2 * open.ActivationWidth("hidden.0")];
        open.ReadActivation("hidden.0", rows, hidden);
        Console.WriteLine($"{open.ActivationWidth("hidden.0")} activations");
        #endregion

        #region use-evaluate
        foreach (Score score in model.Evaluate($"{data}/mod23/validation.parquet").Where(score => score.Metric == "accuracy"))
        {
            Console.WriteLine($"validation accuracy {score.Value.Value:F3}, {score.Rows} rows");
        }
        #endregion
    }

    // Stands in for the process's console, which other tests share.
    private static class Console
    {
        public static List<string> Lines { get; } = [];

        public static void WriteLine(string line) => Lines.Add(line);
    }
}
