namespace GrokPipeline.Graphs.Engines;

/// <summary>
/// The interpreter that defines what graphs mean: one value after the other, one thread, plain loops. Other engines are compared with it.
/// </summary>
/// <remarks>
/// In Float64 every float of the graph is a double: <see cref="ISession.Read"/> gives Float64 tensors for the graph's Float32 values, and
/// <see cref="ISession.Write"/> takes Float64 or Float32.
/// </remarks>
public sealed class ReferenceEngine : IEngine
{
    private readonly ElementType _precision;

    /// <summary>An interpreter in single precision.</summary>
    public ReferenceEngine()
        : this(ElementType.Float32)
    {
    }

    /// <summary>An interpreter in a precision of one's choice.</summary>
    /// <param name="precision">Float32 or Float64.</param>
    public ReferenceEngine(ElementType precision) => _precision = precision.IsFloat() ? precision
        : throw new ArgumentOutOfRangeException(nameof(precision), precision, "Floats are computed in Float32 or Float64.");

    /// <inheritdoc/>
    public EngineFacts Facts => new(
        "reference", typeof(ReferenceEngine).Assembly.GetName().Version!.ToString(3), "cpu, one thread", NumericPromise.SameBytesPerThreadCount);

    /// <inheritdoc/>
    public ISession Compile(Graph graph, CompileOptions options) => _precision == ElementType.Float64
        ? new ReferenceSession<double>(graph)
        : new ReferenceSession<float>(graph);
}
