using GrokPipeline.Cli;
using GrokPipeline.Stages.Tests.Running;

namespace GrokPipeline.Stages.Tests.Cli;

/// <summary>Files that changed since they were written, and files of another kind, given to each verb that reads.</summary>
[Collection("current folder")]
public sealed class ChangedFileTests(FinishedRun finished) : IClassFixture<FinishedRun>
{
    private const string Model = "models/small/onnx/step-00000200.onnx";
    private const string Checkpoint = "models/small/checkpoints/step-00000200/model.safetensors";
    private const string Rows = "data/mod23/validation.parquet";
    private readonly SmallWorkspace _workspace = finished.Workspace;

    [Theory]
    [InlineData(Model, "show", Model)]
    [InlineData(Model, "evaluate", Model, "--data", Rows)]
    [InlineData(Model, "evaluate", Model, "--data", Rows, "--no-isolate")]
    [InlineData(Rows, "show", Rows)]
    [InlineData(Rows, "evaluate", Model, "--data", Rows)]
    [InlineData(Rows, "query", "select count(*) from data.mod23")]
    [InlineData(Rows, "show", "data/mod23")]
    [InlineData(Checkpoint, "show", Checkpoint)]
    [InlineData(Checkpoint, "show", "small")]
    [InlineData(Checkpoint, "probe", "small", "--probe", "weight_norm")]
    [InlineData(Model, "probe", Model, "--data", Rows, "--probe", "circle")]
    [InlineData("models/small/checkpoints/marks.json", "show", "small")]
    [InlineData("models/small/evaluation/evaluation.parquet", "show", "small")]
    [InlineData("models/small/evaluation/evaluation.parquet", "query", "select * from evaluation")]
    public void A_changed_byte_is_told_before_anything_is_read_from_the_file(string file, params string[] arguments)
    {
        using var changed = new Changed(_workspace.At(file), bytes => bytes[bytes.Length * 3 / 5] ^= 1);
        var answer = Grokpipe.Run(_workspace.Root, arguments);
        Assert.Equal((ExitCode.Integrity, ""), (answer.Code, answer.Out));
        Assert.StartsWith($"{file}: changed since it was written.", answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_preview_returns_what_the_run_would_return()
    {
        using var changed = new Changed(_workspace.At("models/small/report/report.html"), bytes => bytes[^1] = (byte)' ');
        var preview = Grokpipe.Run(_workspace.Root, "run", "-n");
        Assert.Equal(ExitCode.Integrity, preview.Code);
        Assert.Contains(
            "report.html: changed since it was written. Rebuild: grokpipe run small/report --force", preview.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("up to date", preview.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Done, Grokpipe.Run(_workspace.Root, "run", "-n", "--force", "small/report").Code);
    }

    [Theory]
    [InlineData("models/small/checkpoints/stage.json", "\"memorization_step\": ")]
    [InlineData("models/small/checkpoints/stage.json", "\"optimizer\": ")]
    [InlineData("models/small/metrics/stage.json", "\"optimizer\": ")]
    [InlineData("data/mod23/stage.json", "\"modulus\": ")]
    public void A_record_tells_by_itself_that_it_was_changed(string file, string after)
    {
        var at = File.ReadAllText(_workspace.At(file)).IndexOf(after, StringComparison.Ordinal);
        Assert.True(at > 0);
        using var changed = new Changed(_workspace.At(file), bytes => bytes[at + 2] = (byte)'x');
        var error = _workspace.Run().Failures[0].Error;
        Assert.Equal((ProblemKind.Integrity, file), (error.Kind, error.Where));
    }

    [Theory]
    [InlineData("is no ONNX file", "evaluate", Checkpoint, "--data", Rows)]
    [InlineData("metrics.parquet: has no column 'c'", "evaluate", "small", "--data", "models/small/metrics/metrics.parquet")]
    [InlineData("no metric 'accurac'. Did you mean 'accuracy'?", "evaluate", "small", "--data", Rows, "--require", "accurac > 0.5")]
    [InlineData("holds no finished training", "probe", "step-00000007")]
    [InlineData("has more than 1,048,576 bytes", "run", "endless.yaml")]
    public void A_file_of_another_kind_is_wrong_usage(string problem, params string[] arguments)
    {
        Directory.CreateDirectory(_workspace.At("step-00000007"));
        File.Delete(_workspace.At("endless.yaml"));
        File.CreateSymbolicLink(_workspace.At("endless.yaml"), "/dev/zero");
        var answer = Grokpipe.Run(_workspace.Root, arguments);
        Assert.Equal((ExitCode.Usage, ""), (answer.Code, answer.Out));
        Assert.Contains(problem, answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Datasets_models_and_checkpoints_are_shown_by_name_and_by_folder()
    {
        var named = Grokpipe.Run(_workspace.Root, "show", "mod23");
        Assert.Equal(ExitCode.Done, named.Code);
        Assert.Contains("modular_arithmetic  op: add, modulus: 23  seed 0", named.Out, StringComparison.Ordinal);
        Assert.Equal(named, Grokpipe.Run(_workspace.Root, "show", "data/mod23/"));
        var model = Grokpipe.Run(_workspace.Root, "show", Model).Out;
        Assert.Contains("  input   operands: Int64[batch, 2]", model, StringComparison.Ordinal);
        Assert.Contains("grokpipe.verification.engines = simd ", model, StringComparison.Ordinal);
        var folder = Grokpipe.Run(_workspace.Root, "show", Path.GetDirectoryName(Checkpoint)!);            // not null: it has one
        Assert.Equal(Grokpipe.Run(_workspace.Root, "show", Checkpoint), folder);
        Assert.Contains("hidden.0.weight  Float32[46, 32]", folder.Out, StringComparison.Ordinal);
        var probed = Grokpipe.Run(_workspace.Root, "probe", "small:step:200", "--probe", "weight_norm").Out;
        var byFile = Grokpipe.Run(_workspace.Root, "probe", Checkpoint, "--probe", "weight_norm").Out;
        Assert.Equal(probed.Split('\n').Length, byFile.Split('\n').Length);
        Assert.Equal(probed.Split(' ')[^1], byFile.Split(' ')[^1]);
    }

    /// <summary>A file with other bytes of the same number, for a while.</summary>
    private sealed class Changed : IDisposable
    {
        private readonly string _path;
        private readonly byte[] _before;

        public Changed(string path, Action<byte[]> change)
        {
            (_path, _before) = (path, File.ReadAllBytes(path));
            var bytes = _before.ToArray();
            change(bytes);
            File.WriteAllBytes(path, bytes);
        }

        public void Dispose() => File.WriteAllBytes(_path, _before);
    }
}
