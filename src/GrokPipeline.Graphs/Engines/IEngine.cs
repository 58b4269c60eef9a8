namespace GrokPipeline.Graphs.Engines;

/// <summary>
/// Something that runs graphs. What an engine cannot run it refuses in <see cref="Compile"/>, with the value's name and operator;
/// never in a run.
/// </summary>
public interface IEngine
{
    /// <summary>Name, version, device and numeric promise; goes into every run's record.</summary>
    EngineFacts Facts { get; }

    /// <summary>Makes a graph ready to run. All memory is asked for here.</summary>
    /// <exception cref="GrokException">The engine cannot run a value of the graph, or memory is short.</exception>
    ISession Compile(Graph graph, CompileOptions options);
}

/// <summary>
/// A compiled graph and its memory; serves one thread at a time. NaN and infinity are values, not errors. Inputs start as zeros.
/// </summary>
public interface ISession : IDisposable
{
    /// <summary>Gives an input its value. It stays until it is written again or an output is carried into it.</summary>
    /// <exception cref="GrokException">No such input, or another type; the message has both types.</exception>
    void Write(string input, Tensor value);

    /// <summary>Computes the outputs from the inputs; then each carried output becomes its input.</summary>
    /// <exception cref="GrokException">
    /// An index is outside its table. Outputs and carried inputs then hold nothing that means anything: write the inputs again.
    /// </exception>
    void Run();

    /// <summary>Copies an output, or the present value of an input, into a tensor of its type.</summary>
    /// <exception cref="GrokException">No such name, or another type.</exception>
    void Read(string name, Tensor destination);
}

/// <summary>A session whose own memory callers may write and read, so that rows go in and results come out without a copy.</summary>
public interface ILendingSession : ISession
{
    /// <summary>
    /// The memory of an input: what is put there is what the next run reads, as if it had been written. Valid until the input is written or
    /// lent as another type.
    /// </summary>
    /// <exception cref="GrokException">No such input, or another type; the message has both types.</exception>
    Tensor Lend(string input, TensorType type);

    /// <summary>
    /// Computes the outputs with an input that is read where it lies in the caller's memory; the session does not keep it. Other inputs are
    /// as they were written.
    /// </summary>
    /// <exception cref="GrokException">No such input, another type, or not as many values as the type has elements.</exception>
    void RunOver<T>(string input, TensorType type, ReadOnlySpan<T> values)
        where T : unmanaged;

    /// <summary>An output of the last run where it lies; valid until the next run.</summary>
    /// <exception cref="GrokException">No such output, nothing was run yet, or another type.</exception>
    ReadOnlySpan<T> Look<T>(string output, TensorType type)
        where T : unmanaged;
}

/// <summary>What an engine is, for records and reports.</summary>
/// <param name="Name">The name used in a pipeline file: <c>simd</c>, <c>ort-cpu</c>.</param>
/// <param name="Version">Version of the engine or of the library behind it.</param>
/// <param name="Device">Where it computes: <c>cpu, 512-bit vectors</c>.</param>
/// <param name="Promise">What may be relied on.</param>
public sealed record EngineFacts(string Name, string Version, string Device, NumericPromise Promise);

/// <summary>What two runs of the same graph on the same inputs have in common.</summary>
public enum NumericPromise
{
    /// <summary>The same bytes for any thread count and any vector width.</summary>
    SameBytes,

    /// <summary>The same bytes on one machine with one thread count; a tolerance elsewhere.</summary>
    SameBytesPerThreadCount,

    /// <summary>A tolerance.</summary>
    Tolerance,
}

/// <summary>How a graph is compiled.</summary>
public sealed record CompileOptions
{
    /// <summary>Threads to compute with, the caller's included. 0, the default, is one per processor.</summary>
    public int Threads { get; init; }

    /// <summary>The threads to use: the option, or one per processor.</summary>
    public int ResolvedThreads => Threads > 0 ? Threads : Environment.ProcessorCount;
}
