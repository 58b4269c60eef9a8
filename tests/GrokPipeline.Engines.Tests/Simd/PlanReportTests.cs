using GrokPipeline.Data;
using GrokPipeline.Engines.Simd;
using GrokPipeline.Engines.Simd.Code;
using GrokPipeline.Engines.Simd.Kernels;
using GrokPipeline.Engines.Simd.Planning;
using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Graphs.Ops;
using GrokPipeline.Training;
using GrokPipeline.Training.Losses;
using GrokPipeline.Training.Models;
using GrokPipeline.Training.Optimizers;

namespace GrokPipeline.Engines.Tests.Simd;

/// <summary>The engine's own counts, against counts by hand.</summary>
public sealed class PlanReportTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_network_has_the_products_that_one_counts_by_hand(int threads)
    {
        var facts = new DatasetFacts { Kind = InputKind.Features, Classes = 10, Target = "label", Features = "x", FeatureCount = 32 };
        var model = new Mlp(new MlpOptions { Hidden = [64, 48] }, facts);
        var step = TrainStep.Of(model, 100, new AdamW(new AdamWOptions()), new CrossEntropy());
        // Forward, and as much again for the weights' gradients and for the inputs' gradients, which the first layer does not need.
        const long Forward = 2 * 100 * ((32 * 64) + (64 * 48) + (48 * 10));
        Assert.Equal((3 * Forward) - (2 * 100 * 32 * 64), Works(step.Graph, threads).Sum(work => work.Products));
    }

    [Fact]
    public void A_decoder_reads_looked_up_rows_where_they_lie()
    {
        var kernels = Plan.Of(Steps.Decoder(200).Graph).Kernels;
        // Queries of the first block at ∘, b and = and of the second at =; a sees itself alone.
        Assert.Equal(2 * 4, kernels.OfType<GatheredDotsKernel>().Count());
        Assert.Equal(kernels.OfType<GatheredDotsKernel>().Count(), kernels.OfType<GatheredMixKernel>().Count());
        Assert.Equal(kernels.OfType<GatheredDotsKernel>().Count(), kernels.OfType<ScatteredMixKernel>().Count());
        Assert.DoesNotContain(kernels, kernel => kernel is BatchedProductKernel);
    }

    [Fact]
    public void Many_small_products_count_each_for_itself_and_a_shared_matrix_once()
    {
        var (a, b) = (Value.Input("a", TensorType.Float32([6, 5, 4, 12])), Value.Input("b", TensorType.Float32([1, 5, 12, 7])));
        var work = Assert.Single(Works(Graph.Of("products", [a, b], [new("c", a.MatMul(b))]), 1));
        Assert.Equal(2 * 30 * 4 * 12 * 7, work.Products);
        Assert.Equal(sizeof(float) * ((30 * 4 * 12) + (5 * 12 * 7) + (30 * 4 * 7)), work.Bytes);
    }

    [Fact]
    public void A_loop_counts_one_operation_for_each_step_and_element_and_each_block_once()
    {
        var (a, b) = (Value.Input("a", TensorType.Float32([8, 40])), Value.Input("b", TensorType.Float32([40])));
        var work = Assert.Single(Works(Graph.Of("loop", [a, b], [new("c", (a + b).Relu())]), 1));
        Assert.Equal(new KernelWork(0, 2 * 8 * 40, sizeof(float) * ((8 * 40) + 40 + (8 * 40))), work);
    }

    [Fact]
    public void A_gather_counts_the_rows_that_it_can_touch()
    {
        var table = Value.Input("table", TensorType.Float32([1000, 6]));
        var indices = Value.Input("indices", TensorType.Int64([50]));
        var work = Assert.Single(Works(Graph.Of("gather", [table, indices], [new("rows", table.Gather(indices))]), 1));
        Assert.Equal(new KernelWork(0, 0, (2 * 50 * 6 * sizeof(float)) + (50 * sizeof(long))), work);
    }

    [Fact]
    public void An_exponential_counts_what_its_code_consists_of()
    {
        // Three fused steps and one subtraction to the remainder, seven fused steps of the polynomial, two powers of two.
        Assert.Equal((3 * 2) + 1 + (7 * 2) + 2, StepCost.Of(NodeKind.Exp));
        Assert.Equal(StepCost.Of(NodeKind.Exp) + 2, StepCost.Of(NodeKind.Sigmoid));
    }

    [Fact]
    public void The_roofline_is_the_slower_of_computing_and_reading()
    {
        var peak = new MachinePeak(1, Gigaflops: 100, TileGigaflops: 90, GigabytesPerSecond: 10);
        Assert.Equal(10, peak.BoundMicroseconds(flops: 1_000_000, bytes: 50_000), 1e-9);
        Assert.Equal(50, peak.BoundMicroseconds(flops: 1_000_000, bytes: 500_000), 1e-9);
    }

    [Fact]
    public void A_report_has_a_row_for_each_kernel_in_words_and_the_totals_of_its_rows()
    {
        var step = Steps.Network(64);
        var report = new SimdEngine().Describe(step.Graph, new CompileOptions { Threads = 2 }, session => Steps.Begin(step, session));
        Assert.Equal(Works(step.Graph, 2).Length, report.Kernels.Length);
        Assert.Contains(report.Kernels, row => row.Kernel.StartsWith("Product 64 x 70 x 33 (NN)", StringComparison.Ordinal));
        Assert.All(report.Kernels, kernel => Assert.DoesNotContain("Kernel", kernel.Kernel, StringComparison.Ordinal));
        Assert.All(report.Kernels, kernel => Assert.True(kernel.Microseconds >= 0 && kernel.Bytes > 0, kernel.Kernel));
        Assert.True(report.Peak is { Threads: 2, Gigaflops: > 0, TileGigaflops: > 0, GigabytesPerSecond: > 0 });
        Assert.True(report.Peak.Gigaflops >= report.Peak.TileGigaflops);
        Assert.True(report.MemoryBytes > step.Model.ParameterCount() * 3 * sizeof(float));
        Assert.InRange(report.ShareOfPeak, 0, 1);
        var json = report.ToJson();
        Assert.Equal(report.Kernels.Length, json["kernels"]!.AsArray().Count);                    // written above
        Assert.Equal(report.ProductFlops, (long)json["product_flops"]!);
        var lines = report.ToLines().ToArray();
        Assert.Contains(lines, line => line.EndsWith("all kernels", StringComparison.Ordinal));
        Assert.StartsWith($"train_step on 2 threads: {report.Kernels.Length} kernels,", lines[0], StringComparison.Ordinal);
    }

    private static KernelWork[] Works(Graph graph, int threads)
    {
        using var session = new SimdSession(Plan.Of(graph), graph, threads);
        return [.. session.Kernels.Select(kernel => kernel.Work)];
    }
}
