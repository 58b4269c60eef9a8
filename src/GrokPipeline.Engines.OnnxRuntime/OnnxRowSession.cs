using System.Numerics;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Onnx;
using Microsoft.ML.OnnxRuntime;

namespace GrokPipeline.Engines.OnnxRuntime;

/// <summary>
/// An opened file with one data input, run on rows that lie in the caller's memory. Batches have power-of-two sizes, each with memory of its
/// own that is bound once; so a call allocates nothing after the first of its size. One call at a time.
/// </summary>
public sealed class OnnxRowSession : IDisposable
{
    private const int WidestRow = 1 << 24;

    private readonly InferenceSession _session;
    private readonly RunOptions _runOptions = new();
    private readonly BoundBatch?[] _batches;
    private readonly OnnxPort[] _outputs;
    private readonly int[] _widths;
    private readonly string _where;

    private OnnxRowSession(InferenceSession session, OnnxSignature signature, string where, int largestBatch)
    {
        (_session, _where, Signature) = (session, where, signature);
        _batches = new BoundBatch?[BitOperations.Log2((uint)largestBatch) + 1];
        Input = signature.Inputs[0];
        RowWidth = WidthOf(Input) ?? throw new GrokException(
            $"A row of its input {Input} has no fixed width.", "Open it with OnnxRuntimeEngine.Open.", where);
        _outputs = [.. signature.Outputs.Where(output => output.Element == ElementType.Float32 && WidthOf(output) is not null)];
        _widths = [.. _outputs.Select(output => WidthOf(output) ?? 0)];
    }

    /// <summary>What the file takes and gives.</summary>
    public OnnxSignature Signature { get; }

    /// <summary>The data input.</summary>
    public OnnxPort Input { get; }

    /// <summary>Elements of one row of the input.</summary>
    public int RowWidth { get; }

    /// <summary>Opens a model that is in memory.</summary>
    /// <param name="model">The file's bytes; it holds all of the model.</param>
    /// <param name="where">What messages call it, usually its path.</param>
    /// <param name="options">Threads; one per processor unless said.</param>
    /// <param name="largestBatch">Most rows that are run at once, at least 1; rounded down to a power of two.</param>
    /// <exception cref="GrokException">
    /// It is no ONNX model, it has another number of inputs than one, rows of its input or an output have no fixed width, or ONNX Runtime
    /// refuses it.
    /// </exception>
    public static OnnxRowSession Open(byte[] model, string where, CompileOptions? options = null, int largestBatch = 256)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(largestBatch, 1);
        var signature = OnnxFileSession.SignatureOf(model, where);
        if (signature.Inputs.Length != 1 || signature.Inputs[0].Element is not (ElementType.Int64 or ElementType.Float32))
        {
            throw new GrokException(
                $"Its inputs are {string.Join(", ", signature.Inputs)}; one of Int64 or Float32 is needed to give it rows.",
                "Open it with OnnxRuntimeEngine.Open.", where);
        }
        return new(Native.Load(model, (options ?? new CompileOptions()).ResolvedThreads, [], where), signature, where, largestBatch);
    }

    /// <summary>Elements of one row of an output.</summary>
    /// <exception cref="GrokException">There is no such output of Float32; the message says which there are.</exception>
    public int WidthOf(string output) => _widths[IndexOf(output)];

    /// <summary>Runs rows and copies one output.</summary>
    /// <typeparam name="T">The input's element: <see langword="long"/> or <see langword="float"/>.</typeparam>
    /// <param name="rows">Row-major, shape [rows, <see cref="RowWidth"/>].</param>
    /// <param name="output">An output of Float32.</param>
    /// <param name="destination">Receives the output, row-major, shape [rows, <see cref="WidthOf(string)"/>].</param>
    /// <exception cref="GrokException">The elements are of another type, do not make whole rows, or do not fit the destination.</exception>
    public void Run<T>(ReadOnlySpan<T> rows, string output, Span<float> destination)
        where T : unmanaged
    {
        var index = IndexOf(output);
        var count = RowsIn(rows.Length, ElementTypes.Of<T>());
        var width = _widths[index];
        if (destination.Length != (long)count * width)
        {
            throw new GrokException(
                $"'{output}' of {count} rows is {(long)count * width} numbers; there is room for {destination.Length}.",
                $"Give {width} for each row.", _where);
        }
        while (count > 0)
        {
            var batch = Batch(Math.Min(BitOperations.Log2((uint)count), _batches.Length - 1));
            rows[..(batch.Rows * RowWidth)].CopyTo(batch.Input.AsSpan<T>());
            Run(batch);
            batch.Outputs[index].AsSpan<float>().CopyTo(destination);
            rows = rows[(batch.Rows * RowWidth)..];
            destination = destination[(batch.Rows * width)..];
            count -= batch.Rows;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var batch in _batches) { batch?.Dispose(); }
        _runOptions.Dispose();
        _session.Dispose();
    }

    private void Run(BoundBatch batch)
    {
        try
        {
            _session.RunWithBinding(_runOptions, batch.Binding);
        }
        catch (OnnxRuntimeException e)
        {
            throw Native.RunFailed(_where, e);
        }
    }

    private int RowsIn(int elements, ElementType element)
    {
        if (element != Input.Element)
        {
            throw new GrokException($"Its input is {Input}; {element} was given.", $"Give {Input.ElementName}.", _where);
        }
        return elements % RowWidth == 0 ? elements / RowWidth : throw new GrokException(
            $"{elements} elements are no whole rows of its input {Input}.", $"Give {RowWidth} for each row.", _where);
    }

    private int IndexOf(string output)
    {
        for (var i = 0; i < _outputs.Length; i++)
        {
            if (_outputs[i].Name == output) { return i; }
        }
        throw Native.NoSuch("output", output, _outputs.Select(known => known.Name));
    }

    private BoundBatch Batch(int exponent) => _batches[exponent] ??= new(_session, 1 << exponent, Input, _outputs);

    // The product of all extents but the first; null when one is open, or the product is more than a batch can have.
    private static int? WidthOf(OnnxPort port)
    {
        if (port.Extents is not { Length: >= 1 } extents) { return null; }
        var width = 1L;
        foreach (var extent in extents.Skip(1))
        {
            if (extent.Number is not (>= 1 and <= WidestRow)) { return null; }
            width *= extent.Number.Value;
            if (width > WidestRow) { return null; }
        }
        return (int)width;
    }
}
