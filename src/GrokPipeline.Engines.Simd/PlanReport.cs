using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;

namespace GrokPipeline.Engines.Simd;

/// <summary>A compiled graph as it runs: kernels, operations, bytes, times, and the limits of the machine beside them.</summary>
public sealed class PlanReport
{
    internal PlanReport(
        string graph, MachinePeak peak, ImmutableArray<KernelReport> kernels, long memoryBytes, int runs, double microseconds)
    {
        (Graph, Peak, Kernels, MemoryBytes, Runs, Microseconds) = (graph, peak, kernels, memoryBytes, runs, microseconds);
    }

    /// <summary>The graph's name.</summary>
    public string Graph { get; }

    /// <summary>The limits of the machine on as many threads.</summary>
    public MachinePeak Peak { get; }

    /// <summary>The kernels, in the order in which they run.</summary>
    public ImmutableArray<KernelReport> Kernels { get; }

    /// <summary>Bytes of inputs, constants, results and what lies between them.</summary>
    public long MemoryBytes { get; }

    /// <summary>How many runs were measured.</summary>
    public int Runs { get; }

    /// <summary>Time of a whole run: a fifth of the measured runs took less.</summary>
    public double Microseconds { get; }

    /// <summary>Operations of matrix products.</summary>
    public long ProductFlops => Kernels.Sum(kernel => kernel.ProductFlops);

    /// <summary>All floating-point operations.</summary>
    public long Flops => Kernels.Sum(kernel => kernel.Flops);

    /// <summary>Bytes that the kernels read or write, each kernel for itself.</summary>
    public long Bytes => Kernels.Sum(kernel => kernel.Bytes);

    /// <summary>The kernels' rooflines one after another, in microseconds.</summary>
    public double BoundMicroseconds => Kernels.Sum(kernel => Peak.BoundMicroseconds(kernel.Flops, kernel.Bytes));

    /// <summary>
    /// Operations of matrix products, by the time of the whole run, as a share of the machine's peak; in [0, 1]. Everything that is not a
    /// product lowers it.
    /// </summary>
    public double ShareOfPeak => ProductFlops / (Microseconds * 1e3) / Peak.Gigaflops;

    /// <summary>A table for people: the kernel that takes longest comes first; those below a thousandth of the time are one line.</summary>
    public IEnumerable<string> ToLines()
    {
        var whole = Kernels.Sum(kernel => kernel.Microseconds);
        yield return Line($"{Graph} on {Peak.Threads} {(Peak.Threads == 1 ? "thread" : "threads")}: {Kernels.Length} kernels,")
            + Line($" {MemoryBytes / 1e6:0.00} MB of memory");
        yield return Line($"peak: {Peak.Gigaflops:0.0} GFLOP/s of multiply-adds, {Peak.TileGigaflops:0.0} in the tile of products;")
            + Line($" {Peak.GigabytesPerSecond:0.0} GB/s from memory");
        yield return "";
        yield return "       us   time  GFLOP/s   peak  bound us     MFLOP        MB  chunks     #  kernel";
        var rows = Kernels.Index().OrderByDescending(pair => pair.Item.Microseconds).ToArray();
        var shown = rows.TakeWhile(pair => pair.Item.Microseconds >= whole / 1000).ToArray();
        foreach (var (index, kernel) in shown) { yield return Row([kernel], whole, $"{kernel.Chunks}", $"{index}", kernel.Kernel); }
        if (shown.Length < rows.Length)
        {
            yield return Row([.. rows[shown.Length..].Select(pair => pair.Item)], whole, "", "", $"{rows.Length - shown.Length} more");
        }
        yield return Row(Kernels, whole, "", "", "all kernels");
        yield return "";
        yield return Line($"a run takes {Microseconds:0.0} us ({Runs} measured). Matrix products: {ProductFlops / 1e6:0.000} MFLOP,")
            + Line($" {ProductFlops / (Microseconds * 1e3):0.00} GFLOP/s over the whole run, {ShareOfPeak * 100:0.0} % of peak");
    }

    /// <summary>The same as JSON, kernels in the order in which they run.</summary>
    public JsonObject ToJson() => new()
    {
        ["graph"] = Graph,
        ["threads"] = Peak.Threads,
        ["peak_gigaflops"] = Peak.Gigaflops,
        ["tile_gigaflops"] = Peak.TileGigaflops,
        ["gigabytes_per_second"] = Peak.GigabytesPerSecond,
        ["memory_bytes"] = MemoryBytes,
        ["runs"] = Runs,
        ["microseconds"] = Microseconds,
        ["bound_microseconds"] = BoundMicroseconds,
        ["product_flops"] = ProductFlops,
        ["flops"] = Flops,
        ["bytes"] = Bytes,
        ["share_of_peak"] = ShareOfPeak,
        ["kernels"] = new JsonArray([.. Kernels.Select(ToJson)]),
    };

    private string Row(ImmutableArray<KernelReport> kernels, double whole, string chunks, string index, string text)
    {
        var (time, flops) = (kernels.Sum(kernel => kernel.Microseconds), kernels.Sum(kernel => kernel.Flops));
        var rate = time > 0 ? flops / (time * 1e3) : 0;
        var bound = kernels.Sum(kernel => Peak.BoundMicroseconds(kernel.Flops, kernel.Bytes));
        return Line($"{time,9:0.0} {time / whole * 100,5:0.0}% {rate,8:0.00} {rate / Peak.Gigaflops * 100,5:0.0}% {bound,9:0.0}")
            + Line($" {flops / 1e6,9:0.000} {kernels.Sum(kernel => kernel.Bytes) / 1e6,9:0.000} {chunks,7} {index,5}  {text}");
    }

    private JsonNode ToJson(KernelReport kernel) => new JsonObject
    {
        ["kernel"] = kernel.Kernel,
        ["chunks"] = kernel.Chunks,
        ["product_flops"] = kernel.ProductFlops,
        ["flops"] = kernel.Flops,
        ["bytes"] = kernel.Bytes,
        ["microseconds"] = kernel.Microseconds,
        ["bound_microseconds"] = Peak.BoundMicroseconds(kernel.Flops, kernel.Bytes),
        ["gigaflops"] = kernel.Gigaflops,
        ["share_of_peak"] = kernel.Gigaflops / Peak.Gigaflops,
    };

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
