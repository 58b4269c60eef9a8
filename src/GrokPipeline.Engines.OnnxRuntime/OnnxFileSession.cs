using System.Collections.Immutable;
using System.Runtime.InteropServices;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Onnx;
using Microsoft.ML.OnnxRuntime;

namespace GrokPipeline.Engines.OnnxRuntime;

/// <summary>
/// An opened file. Its inputs take any extent on a symbolic axis, so one session scores batches of all sizes; the outputs of a run have
/// that run's extents. Works for files of other programs too.
/// </summary>
public sealed class OnnxFileSession : ILendingSession
{
    private readonly InferenceSession _session;
    private readonly RunOptions _runOptions = new();
    private readonly Dictionary<string, (Tensor Tensor, OrtValue View)> _written = new(StringComparer.Ordinal);
    private readonly string _where;
    private readonly string[] _outputNames;
    private IDisposableReadOnlyCollection<OrtValue>? _results;

    private OnnxFileSession(InferenceSession session, OnnxSignature signature, string where)
    {
        _session = session;
        Signature = signature;
        _where = where;
        _outputNames = [.. signature.Outputs.Select(output => output.Name)];
    }

    /// <summary>What the file takes and gives.</summary>
    public OnnxSignature Signature { get; }

    internal static OnnxFileSession Open(byte[] model, CompileOptions options, string where)
    {
        var signature = SignatureOf(model, where);
        return new(Native.Load(model, options.ResolvedThreads, [], where), signature, where);
    }

    internal static OnnxSignature SignatureOf(byte[] model, string where)
    {
        try
        {
            return OnnxReader.Signature(model);
        }
        catch (GrokException e)
        {
            throw new GrokException(e.Problem, e.Remedy, $"{where}: {e.Where}", e.Kind, e);
        }
    }

    /// <inheritdoc/>
    /// <remarks>Any extent fits a symbolic axis; a fixed one must be met.</remarks>
    public void Write(string input, Tensor value) => value.Bytes.CopyTo(Lend(input, value.Type).Bytes);

    /// <inheritdoc/>
    /// <remarks>Any extent fits a symbolic axis; a fixed one must be met.</remarks>
    public Tensor Lend(string input, TensorType type)
    {
        if (_written.TryGetValue(input, out var own) && own.Tensor.Type == type) { return own.Tensor; }
        CheckType(input, type);
        own.View?.Dispose();
        var tensor = Native.Allocate(input, type);
        _written[input] = (tensor, Native.View(tensor));
        return tensor;
    }

    /// <inheritdoc/>
    public ReadOnlySpan<T> Look<T>(string output, TensorType type)
        where T : unmanaged
    {
        var own = OutputType(output);
        if (own != type) { throw Native.Mistyped(output, own, type); }
        return MemoryMarshal.Cast<byte, T>(Result(output).GetTensorMutableRawData());
    }

    /// <inheritdoc/>
    /// <exception cref="GrokException">An input was never written, or two inputs disagree about a symbolic axis.</exception>
    public void Run() => Run(null, default, null);

    /// <inheritdoc/>
    public unsafe void RunOver<T>(string input, TensorType type, ReadOnlySpan<T> values)
        where T : unmanaged
    {
        CheckType(input, type);
        if (type.Element != ElementTypes.Of<T>() || type.Shape.Count != values.Length)
        {
            throw new GrokException(
                $"'{input}' is {type}; {values.Length} values of {ElementTypes.Of<T>()} were given.", "Give one for each element.", input);
        }
        fixed (T* first = values)
        {
            using var view = Native.View(type, (nint)first);
            Run(input, type, view);
        }
    }

    private void Run(string? given, TensorType type, OrtValue? view)
    {
        CheckInputs(given, type);
        _results?.Dispose();
        _results = null;
        var written = given is null ? _written : _written.Where(own => own.Key != given);
        string[] names = [.. written.Select(own => own.Key)];
        OrtValue[] views = [.. written.Select(own => own.Value.View)];
        try
        {
            _results = given is null || view is null
                ? _session.Run(_runOptions, names, views, _outputNames)
                : _session.Run(_runOptions, [.. names, given], [.. views, view], _outputNames);
        }
        catch (OnnxRuntimeException e)
        {
            throw Native.RunFailed(_where, e);
        }
    }

    private void CheckType(string input, TensorType type)
    {
        var port = Signature.Input(input) ?? throw Native.NoSuch("input", input, Signature.Inputs.Select(known => known.Name));
        if (!port.Accepts(type)) { throw Native.Mistyped(input, port, type); }
    }

    /// <inheritdoc/>
    public void Read(string name, Tensor destination)
    {
        if (_written.TryGetValue(name, out var input) && Signature.Output(name) is null)
        {
            if (input.Tensor.Type != destination.Type) { throw Native.Mistyped(name, input.Tensor.Type, destination.Type); }
            input.Tensor.Bytes.CopyTo(destination.Bytes);
            return;
        }
        var type = OutputType(name);
        if (type != destination.Type) { throw Native.Mistyped(name, type, destination.Type); }
        Result(name).GetTensorMutableRawData().CopyTo(destination.Bytes);
    }

    /// <summary>The type of an output in the last run, its extents included.</summary>
    /// <exception cref="GrokException">There is no such output, nothing was run yet, or it is none of our types.</exception>
    public TensorType OutputType(string name)
    {
        var info = Result(name).GetTensorTypeAndShape();
        var element = (ElementType)(int)info.ElementDataType;
        if (!Enum.IsDefined(element) || info.Shape.Any(extent => extent is < 1 or > int.MaxValue))
        {
            throw new GrokException(
                $"The output '{name}' is {info.ElementDataType}[{string.Join(", ", info.Shape)}].",
                "Only tensors of our element types with at least one element are read.", name);
        }
        return new(element, [.. info.Shape.Select(extent => (int)extent)]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _results?.Dispose();
        foreach (var (_, view) in _written.Values) { view.Dispose(); }
        _runOptions.Dispose();
        _session.Dispose();
    }

    private OrtValue Result(string name)
    {
        var index = Array.IndexOf(_outputNames, name);
        if (index < 0) { throw Native.NoSuch("output", name, _outputNames); }
        return _results?.ElementAt(index) ?? throw new GrokException($"'{name}' was read before the first run.", "Run first.", name);
    }

    private void CheckInputs(string? given, TensorType type)
    {
        var symbols = new Dictionary<string, (int Extent, string Input)>(StringComparer.Ordinal);
        foreach (var port in Signature.Inputs)
        {
            if (!_written.TryGetValue(port.Name, out var own) && port.Name != given)
            {
                throw new GrokException($"The input {port} was never written.", "Write every input before a run.", port.Name);
            }
            foreach (var (extent, number) in (port.Extents ?? ImmutableArray<OnnxExtent>.Empty).Zip(port.Name == given ? type.Shape : own.Tensor.Shape))
            {
                if (extent.Symbol is not { Length: > 0 } symbol) { continue; }
                if (symbols.TryAdd(symbol, (number, port.Name)) || symbols[symbol].Extent == number) { continue; }
                throw new GrokException(
                    $"'{symbol}' is {symbols[symbol].Extent} in '{symbols[symbol].Input}' and {number} in '{port.Name}'.",
                    "Write inputs of one batch.", port.Name);
            }
        }
    }
}
