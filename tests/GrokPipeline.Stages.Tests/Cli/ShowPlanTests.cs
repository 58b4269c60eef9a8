using System.Text.Json.Nodes;
using GrokPipeline.Cli;

namespace GrokPipeline.Stages.Tests.Cli;

[Collection("current folder")]
public sealed class ShowPlanTests : IDisposable
{
    // 4 classes, 9 positions of 2 dimensions: 18 columns.
    private const string Yaml = """
        schema: 1
        name: plans
        datasets:
          points:
            use: gaussian_subclasses
            with: { geometry: equidistant, positions: 9, dimensions: 2, mean_distance: 1.0, sigma: 0.15 }
            seed: 0
            split:
              train: { rows: 100, shifted_per_class: 1, subclass_rate: 0.2 }
              validation: { rows: 40 }
        experiments:
          points:
            data: points
            model: { kind: mlp, hidden: [16, 12], activation: relu, bias: true }
            train: { steps: 10, batch: 50, optimizer: { kind: adamw } }

        """;

    private readonly SmallWorkspace _workspace = new(Yaml);

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public void A_plan_is_printed_without_data_or_training_and_leaves_nothing_behind()
    {
        var answer = Grokpipe.Run(_workspace.Root, "show", "points", "--plan", "--threads", "1");
        Assert.Equal((ExitCode.Done, ""), (answer.Code, answer.Error));
        var lines = answer.Out.Split('\n');
        Assert.StartsWith("train_step on 1 thread: ", lines[0], StringComparison.Ordinal);
        foreach (var column in (string[])["us", "GFLOP/s", "peak", "bound us", "MFLOP", "MB", "chunks", "kernel"])
        {
            Assert.Contains(lines, line => line.TrimEnd().EndsWith("kernel", StringComparison.Ordinal)
                && line.Contains(column, StringComparison.Ordinal));
        }
        Assert.Contains("Product 50 x 18 x 16 (NN) > Loop [50, 16] Add Relu", answer.Out, StringComparison.Ordinal);
        Assert.Contains("% of peak", answer.Out, StringComparison.Ordinal);
        Assert.Equal(["pipeline.yaml"], Directory.EnumerateFileSystemEntries(_workspace.Root).Select(path => Path.GetFileName(path)!));
    }

    [Fact]
    public void Operations_in_the_json_are_those_that_one_counts_by_hand()
    {
        var answer = Grokpipe.Run(_workspace.Root, "show", "points", "--plan", "--json", "--threads", "2");
        var plan = JsonNode.Parse(answer.Out)!;
        // Forward, weights' gradients, and inputs' gradients of all layers but the first.
        const long Forward = 2 * 50 * ((18 * 16) + (16 * 12) + (12 * 4));
        Assert.Equal((3 * Forward) - (2 * 50 * 18 * 16), (long)plan["product_flops"]!);
        Assert.Equal(("points", "simd", 2), ((string)plan["experiment"]!, (string)plan["engine"]!, (int)plan["threads"]!));
        var kernels = plan["kernels"]!.AsArray();
        Assert.Equal((long)plan["flops"]!, kernels.Sum(kernel => (long)kernel!["flops"]!));
        Assert.Equal((long)plan["bytes"]!, kernels.Sum(kernel => (long)kernel!["bytes"]!));
        Assert.InRange((double)plan["share_of_peak"]!, 0, 1);
    }

    [Theory]
    [InlineData("engine ort-cpu prints no plan", "show", "points", "--plan")]
    [InlineData("there is no experiment named 'point'. Did you mean points?", "show", "point", "--plan")]
    [InlineData("--threads: must be at least 0", "show", "points", "--plan", "--threads", "-1")]
    [InlineData("--threads: belongs to --plan", "show", "points", "--threads", "1")]
    public void What_has_no_plan_says_why(string problem, params string[] arguments)
    {
        var other = Yaml.Replace("{ steps:", "{ engine: ort-cpu, deterministic: false, steps:", StringComparison.Ordinal);
        File.WriteAllText(_workspace.PipelinePath, other);
        var answer = Grokpipe.Run(_workspace.Root, arguments);
        Assert.Equal((ExitCode.Usage, ""), (answer.Code, answer.Out));
        Assert.Contains(problem, answer.Error, StringComparison.Ordinal);
    }
}
