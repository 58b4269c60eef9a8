using GrokPipeline.Engines.OnnxRuntime;
using GrokPipeline.Runs;
using GrokPipeline.Testing;

namespace GrokPipeline.Stages.Tests.Docs;

/// <summary>What the README shows is what runs here.</summary>
public sealed class ReadMeTests : IDisposable
{
    private readonly SmallWorkspace _workspace = new(ReadMe.Block("yaml"));

    [Fact]
    public void The_pipeline_of_the_readme_runs_and_its_model_answers_as_shown()
    {
        Assert.Empty(_workspace.Run().Failures);
        var models = _workspace.At("models");

        #region readme-predict
        var run = RunDirectory.Open($"{models}/sums");                       // hashes are checked
        Tensor weight = run.ReadCheckpoint("final")["hidden.0.weight"];   // a mark, or step:250
        using var model = OnnxRuntimeEngine.Open(run.OnnxPath("final"));     // runs the file's own bytes
        model.Write("operands", Tensor.Of<long>([2, 2], [5, 18, 20, 7]));    // two rows: 5 + 18 and 20 + 7 (mod 23)
        model.Run();
        var logits = new Tensor(TensorType.Float32([2, 23]));
        model.Read("logits", logits);
        #endregion

        Assert.Equal([46, 128], weight.Shape.Extents);
        Assert.Equal((0, 4), (Largest(logits, 0), Largest(logits, 1)));
    }

    [Fact]
    public void The_code_of_the_readme_is_the_code_of_this_test()
    {
        var shown = ReadMe.Regions("tests/GrokPipeline.Stages.Tests/Docs/ReadMeTests.cs", "readme-predict")[0];
        Assert.Equal(shown, ReadMe.Block("csharp").Trim());
    }

    public void Dispose() => _workspace.Dispose();

    private static int Largest(Tensor logits, int row)
    {
        var scores = logits.AsSpan<float>().Slice(row * 23, 23);
        var best = 0;
        for (var i = 1; i < scores.Length; i++)
        {
            if (scores[i] > scores[best]) { best = i; }
        }
        return best;
    }
}
