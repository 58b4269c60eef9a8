using GrokPipeline.Checkpoints;
using GrokPipeline.Engines.OnnxRuntime;
using GrokPipeline.Runs;
using GrokPipeline.Tables.DuckDb;

namespace GrokPipeline.Stages.Tests.Checkpoints;

[Collection(TrainedSumsCollection.Name)]
public sealed class CheckpointModelTests(TrainedSums trained)
{
    private const int Modulus = 23;

    private readonly RunDirectory _run = RunDirectory.Open(trained.Experiment);

    [Fact]
    public void Checkpoints_are_listed_by_step_with_their_marks()
    {
        var listed = _run.Checkpoints;
        Assert.Equal(_run.Steps, listed.Select(checkpoint => checkpoint.Step));
        Assert.All(listed, checkpoint => Assert.True(checkpoint.IsExported));
        Assert.Equal(["before_grok"], listed.Single(checkpoint => checkpoint.Step == _run.StepOf("before_grok")).Marks);
        Assert.Equal(["after_grok", "final"], listed[^1].Marks);
        Assert.Equal("step:0", listed[0].Label);
        Assert.All(listed, checkpoint => Assert.Equal(checkpoint.Step, _run.StepOf(checkpoint.Label)));
    }

    [Theory, InlineData(1), InlineData(2), InlineData(7), InlineData(64), InlineData(529)]
    public void Rows_get_the_logits_that_a_plain_session_gives(int count)
    {
        using var model = CheckpointModel.Open(_run, "final", new() { LargestBatch = 64 });
        var rows = Rows(count);
        var logits = new float[count * model.Classes];
        model.Score(rows, logits);

        using var plain = OnnxRuntimeEngine.Open(_run.OnnxPath("final"));
        plain.Write("operands", Tensor.Of<long>([count, 2], rows));
        plain.Run();
        var expected = new Tensor(TensorType.Float32([count, Modulus]));
        plain.Read("logits", expected);
        AssertNear(expected.AsSpan<float>(), logits, 1e-4f);
        Assert.Equal((2, Modulus, true), (model.RowWidth, model.Classes, model.TakesWholeNumbers));
    }

    [Fact]
    public void Before_it_grokked_it_answers_wrong_and_afterwards_right()
    {
        Assert.InRange(Right("before_grok"), 0, 450);
        Assert.Equal(Modulus * Modulus, Right("final"));
    }

    [Fact]
    public void A_call_allocates_nothing_once_its_sizes_were_run()
    {
        using var model = CheckpointModel.Open(_run, "final", new() { Activations = ["hidden.0"] });
        var rows = Rows(300);
        var (logits, hidden) = (new float[300 * model.Classes], new float[300 * model.ActivationWidth("hidden.0")]);
        for (var i = 0; i < 3; i++) { Call(); }
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 20; i++) { Call(); }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Call()
        {
            model.Score(rows, logits);
            model.ReadActivation("hidden.0", rows, hidden);
        }
    }

    [Fact]
    public void An_activation_is_what_the_parameters_make_of_the_row()
    {
        using var model = CheckpointModel.Open(_run, "final", new() { Activations = ["hidden.0"] });
        using var weights = _run.OpenWeights("final");
        var width = model.ActivationWidth("hidden.0");
        var actual = new float[width];
        model.ReadActivation("hidden.0", [5L, 18L], actual);

        var weight = weights.Read<float>("hidden.0.weight");                       // [2 × 23, width]; the row is one-hot twice
        for (var i = 0; i < width; i++)
        {
            var sum = weight[(5 * width) + i] + weight[((Modulus + 18) * width) + i];
            Assert.Equal(sum * sum, actual[i], 1e-3f);
        }
    }

    [Fact]
    public void A_table_is_scored_as_the_pipeline_scored_it()
    {
        using var model = CheckpointModel.Open(_run, "before_grok");
        var scores = model.Evaluate(Path.Combine(trained.Root, "data/mod23/validation.parquet"));
        var table = _run.ReadEvaluation(new DuckDbStore())!;                       // not null: the pipeline evaluated
        var row = Enumerable.Range(0, table.Rows).First(i => table.Text("mark")[i] == "before_grok"
            && table.Text("distribution")[i] == "validation" && table.Text("metric")[i] == "accuracy");
        Assert.Equal(table.Float64("value")[row], scores.Single(score => score.Metric == "accuracy").Value.Value, 12);
    }

    [Fact]
    public void What_does_not_fit_is_refused_with_what_would()
    {
        using var model = CheckpointModel.Open(_run, "final", new() { Activations = ["hidden.0"] });
        AssertRefused("3 elements are no whole rows of its input operands: Int64[batch, 2].", "Give 2", () =>
            model.Score([1L, 2, 3], new float[Modulus]));
        AssertRefused("'logits' of 1 rows is 23 numbers; there is room for 22.", "Give 23", () => model.Score([1L, 2], new float[22]));
        AssertRefused("An operand is 23 (row 1).", "from 0 to 22", () => model.Score([1L, 2, 3, 23], new float[2 * Modulus]));
        AssertRefused("Float32 was given", "Give Int64", () => model.Score([1f, 2f], new float[Modulus]));
        AssertRefused("not opened for the activation 'hiden.0'. Did you mean 'hidden.0'?", "It has: ", () => model.ActivationWidth("hiden.0"));
        AssertRefused("no value 'hidden.9'", "hidden.0", () => CheckpointModel.Open(_run, "final", new() { Activations = ["hidden.9"] }));
    }

    [Fact]
    public void A_checkpoint_that_is_not_there_is_told_with_those_that_are()
    {
        AssertRefused("there is no mark 'grokked'.", "before_grok, at_grok, after_grok, final", () => CheckpointModel.Open(_run, "grokked"));
        AssertRefused("no checkpoint was stored at step 251.", "step:250", () => CheckpointModel.Open(_run, "step:251"));
        AssertRefused("'step:x' names no step.", "step:250", () => CheckpointModel.Open(_run, "step:x"));
        AssertRefused("holds no finished training.", "grokpipe run nothing", () => RunDirectory.Open(Path.Combine(trained.Root, "models/nothing")));
    }

    [Fact]
    public void A_file_that_changed_is_told()
    {
        var copy = trained.Copy();
        var run = RunDirectory.Open(copy);
        using (var file = File.Open(Path.Combine(copy, "onnx/step-00000500.onnx"), FileMode.Open)) { file.WriteByte(7); }
        AssertRefused("changed since it was written.", "grokpipe run --force", () => CheckpointModel.Open(run, "final"));
        using (var file = File.Open(Path.Combine(copy, "checkpoints/step-00000500/model.safetensors"), FileMode.Open)) { file.SetLength(100); }
        AssertRefused("changed since it was written.", "grokpipe run --force", () => RunDirectory.Open(copy));
    }

    [Fact]
    public void A_transformer_is_given_operands_too_and_a_mark_that_never_happened_says_why()
    {
        using var workspace = new SmallWorkspace("""
            schema: 1
            name: small
            datasets:
              mod7: { use: modular_arithmetic, with: { op: add, modulus: 7 }, split: { train: 0.6, validation: rest } }
            experiments:
              small:
                data: mod7
                model: { kind: transformer, layers: 1, d_model: 8, heads: 2, mlp: 16 }
                train: { steps: 4, evaluate_every: 2, optimizer: { kind: adamw, learning_rate: 3.0e-3 } }
                evaluate: { on: [validation], interval: { resamples: 0 } }
            """);
        Assert.Empty(workspace.Run().Failures);
        var run = RunDirectory.Open(workspace.At("models/small"));
        AssertRefused("before_grok: it did not generalize within the budget.", "Use one of: final, or step:N.", () =>
            CheckpointModel.Open(run, "before_grok"));
        using var model = CheckpointModel.Open(run, "final", new() { LargestBatch = 2 });
        var logits = new float[3 * 7];
        model.Score([1L, 2, 3, 4, 5, 6], logits);

        using var plain = OnnxRuntimeEngine.Open(model.Path);
        plain.Write("tokens", Tensor.Of<long>([3, 4], [1, 7, 2, 8, 3, 7, 4, 8, 5, 7, 6, 8]));
        plain.Run();
        var expected = new Tensor(TensorType.Float32([3, 7]));
        plain.Read("logits", expected);
        AssertNear(expected.AsSpan<float>(), logits, 1e-5f);
        AssertRefused("3 operands are no whole rows.", "Give 2", () => model.Score([1L, 2, 3], new float[7]));
    }

    private int Right(string mark)
    {
        using var model = CheckpointModel.Open(_run, mark);
        var rows = Rows(Modulus * Modulus);
        var logits = new float[Modulus * Modulus * Modulus];
        model.Score(rows, logits);
        return Enumerable.Range(0, Modulus * Modulus).Count(row =>
        {
            var scores = logits.AsSpan(row * Modulus, Modulus);
            return scores.IndexOf(scores.ToArray().Max()) == (rows[2 * row] + rows[(2 * row) + 1]) % Modulus;
        });
    }

    private static long[] Rows(int count) =>
        [.. Enumerable.Range(0, count).SelectMany(i => (long[])[i / Modulus % Modulus, i % Modulus])];

    private static void AssertNear(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, float tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++) { Assert.Equal(expected[i], actual[i], tolerance); }
    }

    private static void AssertRefused(string problem, string remedy, Action act)
    {
        var error = Assert.Throws<GrokException>(act);
        Assert.Contains(problem, error.Problem, StringComparison.Ordinal);
        Assert.Contains(remedy, error.Remedy, StringComparison.Ordinal);
    }
}
