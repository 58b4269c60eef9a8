using System.Globalization;
using GrokPipeline.Engines.Simd;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Training.Models;

namespace GrokPipeline.Benchmarks.Workloads;

/// <summary><c>scaling [--threads 2] [--large]</c>: time per operation over shapes; the cost should grow as the operations do.</summary>
internal static class ScalingRun
{
    // Width, layers, heads, batch; the last is W1L.
    private static readonly (int Width, int Layers, int Heads, int Batch)[] Shapes =
    [
        (32, 1, 2, 128), (64, 2, 4, 256), (128, 2, 4, 512), (128, 2, 4, 4096), (256, 2, 4, 512), (256, 4, 8, 1024), (512, 2, 8, 512),
        (512, 6, 8, 1024), (512, 6, 8, 4096),
    ];

    /// <summary>Prints the table.</summary>
    public static int Run(string[] args, TextWriter output)
    {
        var flags = new Flags(args, ["--threads"], "--large");
        var threads = flags.Whole("--threads", Environment.ProcessorCount);
        output.WriteLine("# Time against operations");
        output.WriteLine();
        output.WriteLine($"Training steps of decoders over shapes, all rows computed, on {threads} threads, with the engine's own counts of"
            + " floating-point operations (multiply-add: 2) and its own measure of the machine's peak (multiply-adds between registers)."
            + $" A fifth of the measured steps took less time. {Machine.Line}");
        output.WriteLine();
        output.WriteLine(Figures.Head(
            "width, layers, batch", "GFLOP a step", "of it in products", "memory, MB", "ms a step", "ns a MFLOP", "GFLOP/s in products",
            "peak GFLOP/s", "share of peak"));
        foreach (var (width, layers, heads, batch) in flags.Has("--large") ? Shapes : Shapes[..^1])
        {
            var options = new TransformerOptions
            {
                Positions = Positions.All, Bias = true, Layers = layers, DModel = width, Heads = heads, Mlp = 4 * width,
            };
            var workload = Workload.Decoder("shape", "", options, batch, shareRows: false);
            var plan = new SimdEngine().Describe(workload.Step.Graph, new CompileOptions { Threads = threads }, workload.WriteTo);
            output.WriteLine(Figures.Row(
                $"{width}, {layers}, {batch}", Figures.Digits(plan.Flops / 1e9), Percent((double)plan.ProductFlops / plan.Flops),
                Figures.Digits(plan.MemoryBytes / 1e6), Figures.Digits(plan.Microseconds / 1e3),
                Figures.Digits(plan.Microseconds * 1e9 / plan.Flops), Figures.Digits(plan.ProductFlops / (plan.Microseconds * 1e3)),
                Figures.Digits(plan.Peak.Gigaflops), Percent(plan.ShareOfPeak)));
        }
        return 0;
    }

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.0} %");
}
