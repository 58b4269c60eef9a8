using System.Reflection;
using System.Text.Json.Nodes;
using GrokPipeline.Engines.OnnxRuntime;
using GrokPipeline.Engines.Simd;
using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Engines;

namespace GrokPipeline.Cli.Composition;

/// <summary>The engines: those that are built in, and why the others are absent.</summary>
internal static class BuiltEngines
{
    private static readonly Dictionary<string, Lazy<IEngine>> Present = new(StringComparer.Ordinal)
    {
        ["simd"] = new(() => new SimdEngine()),
        ["ort-cpu"] = new(() => new OnnxRuntimeEngine()),
        ["reference"] = new(() => new ReferenceEngine()),
    };

    // Engine, the package that it needs, and what comes nearest to it.
    private static readonly (string Name, string Package, string Instead)[] Others =
    [
        ("ort-cuda", "Microsoft.ML.OnnxRuntime.Gpu", "ort-cpu"),
        ("torch-cpu", "TorchSharp", "simd"),
        ("torch-cuda", "TorchSharp", "simd"),
    ];

    /// <summary>Names of the engines that are built in.</summary>
    public static IEnumerable<string> Names => Present.Keys;

    /// <summary>Names of the engines that are not, and why.</summary>
    public static IEnumerable<(string Name, string Why)> Absent => Others.Select(other => (other.Name, Why(other.Name, other.Package)));

    /// <summary>The engine of a name.</summary>
    /// <exception cref="GrokException">It is unknown, or not part of this build; the message says why and what comes nearest.</exception>
    public static IEngine Of(string name)
    {
        if (Present.TryGetValue(name, out var engine)) { return engine.Value; }
        foreach (var (other, package, instead) in Others)
        {
            if (other == name)
            {
                throw new GrokException(
                    $"engine {name} is not part of this build: {Why(name, package)}.", $"Use engine {instead}, the nearest that is.",
                    kind: ProblemKind.Resources);
            }
        }
        string[] known = [.. Present.Keys, .. Others.Select(other => other.Name)];
        throw new GrokException(
            $"there is no engine named '{name}'.{Spelling.Suggestion(name, known)}", $"Use one of: {string.Join(", ", Present.Keys)}.");
    }

    /// <summary>Opens the bytes of an ONNX file.</summary>
    public static ISession Open(ReadOnlyMemory<byte> model, int threads) =>
        OnnxRuntimeEngine.Open(model, new CompileOptions { Threads = threads });

    /// <summary>How an engine runs a graph, kernel by kernel: a document, and lines for people. Runs it for some seconds.</summary>
    /// <param name="name">The engine.</param>
    /// <param name="graph">The graph.</param>
    /// <param name="threads">Threads; 0 for one per processor.</param>
    /// <param name="write">Writes the graph's inputs.</param>
    /// <exception cref="GrokException">The engine does not tell.</exception>
    public static (JsonObject Document, IEnumerable<string> Lines) Describe(
        string name, Graph graph, int threads, Action<ISession> write)
    {
        if (Of(name) is not SimdEngine engine)
        {
            throw new GrokException($"engine {name} prints no plan.", "Set train.engine to simd, which does.");
        }
        var report = engine.Describe(graph, new CompileOptions { Threads = threads }, write);
        return (report.ToJson(), report.ToLines());
    }

    private static string Why(string name, string package)
    {
        var said = typeof(BuiltEngines).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .FirstOrDefault(data => data.Key == $"Feed:{package}")?.Value;
        return said is null || said.StartsWith("present", StringComparison.Ordinal)
            ? $"no adapter for {name} is built in"
            : $"package {package} is {said}";
    }
}
