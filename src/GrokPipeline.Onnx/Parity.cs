using System.Collections.Immutable;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Graphs.Passes;

namespace GrokPipeline.Onnx;

/// <summary>
/// Whether exported files compute what the training engine computes: the same rows of several distributions go through both, at several
/// batch sizes, and every named value is compared, not the final one alone. Knows no engine; both come as functions that give sessions.
/// A graph is compiled once for each batch size and serves all files.
/// </summary>
public sealed class Parity : IDisposable
{
    private const long LargestBatchBytes = 256L << 20;
    private const int LargestBatch = 1000;

    private readonly Func<int, Graph> _build;
    private readonly Func<Graph, ISession> _engine;
    private readonly ImmutableArray<ParityRows> _rows;
    private readonly ImmutableArray<string> _outputs;
    private readonly Dictionary<int, Compiled> _compiled = [];

    /// <summary>Prepares; nothing is compiled yet.</summary>
    /// <param name="build">The inference graph at a batch size; its inputs are the rows and the parameters.</param>
    /// <param name="engine">Compiles a graph on the engine that trained.</param>
    /// <param name="rows">The distributions, at least one; the first is also compared at the small batch sizes.</param>
    public Parity(Func<int, Graph> build, Func<Graph, ISession> engine, ImmutableArray<ParityRows> rows)
    {
        (_build, _engine, _rows) = (build, engine, rows);
        var graph = build(2);
        _outputs = [.. graph.Outputs.Select(output => output.Name)];
        Intermediates = [.. graph.Values.Where(value => value is { IsInput: false, Name: not null } && !_outputs.Contains(value.Name!))
            .Select(value => value.Name!)];                                          // not null: looked at
        var bytes = Watched(graph).Outputs.Sum(output => output.Value.Type.SizeInBytes) / 2;
        var most = (int)Math.Clamp(LargestBatchBytes / Math.Max(1, bytes), 1, LargestBatch);
        var largest = Math.Min(most, rows.Max(distribution => distribution.Count));
        BatchSizes = [.. SmallSizes.Where(size => size < largest), largest];
    }

    /// <summary>Batch sizes at which files are compared besides the largest.</summary>
    public static ImmutableArray<int> SmallSizes { get; } = [1, 2, 7];

    /// <summary>The batch sizes; the last is that of all rows, at most 1,000, fewer where the values compared need over 256 MiB.</summary>
    public ImmutableArray<int> BatchSizes { get; }

    /// <summary>Names of the values in between, in the order of computation.</summary>
    public ImmutableArray<string> Intermediates { get; }

    /// <summary>Compares a file with the graph that it was made from.</summary>
    /// <param name="parameters">Values of all inputs but the rows.</param>
    /// <param name="file">The exported file. Its outputs are read from it as it is, the values in between from a copy that gives them
    /// out.</param>
    /// <param name="open">Opens a file on the runtime that will score it.</param>
    /// <exception cref="GrokException">A session refuses the graph, the file or the rows.</exception>
    public ParityResult Compare(
        IReadOnlyDictionary<string, Tensor> parameters, ReadOnlyMemory<byte> file, Func<ReadOnlyMemory<byte>, ISession> open)
    {
        var differences = new Dictionary<(string Name, string Distribution), ParityDifference>();
        var scales = new SoftmaxScales();
        using var plain = open(file);
        using var whole = open(OnnxEdit.WithOutputs(file.Span, Intermediates));
        foreach (var size in BatchSizes) { At(size).Write(parameters); }
        foreach (var size in BatchSizes[..^1])
        {
            Batch(size, _rows[0], new ParityBatch(size, 0, 0, Math.Min(size, _rows[0].Count)), 0);
        }
        foreach (var rows in _rows)
        {
            var size = BatchSizes[^1];
            for (var done = 0; done < rows.Count; done += size)
            {
                var start = Math.Clamp(rows.Count - size, 0, done);            // the last batch reaches back, so that it is as large
                Batch(size, rows, new ParityBatch(size, done, done - start, Math.Min(size, rows.Count - done)), start);
            }
        }
        var graph = At(BatchSizes[^1]).Graph;
        foreach (var rows in _rows)
        {
            var conditions = scales.Conditions(graph, rows.Name);
            foreach (var output in graph.Outputs.Where(output => differences.ContainsKey((output.Name, rows.Name))))
            {
                differences[(output.Name, rows.Name)] = differences[(output.Name, rows.Name)] with { Condition = conditions[output.Value] };
            }
        }
        return new(
            BatchSizes, [.. _rows.Select(rows => KeyValuePair.Create(rows.Name, rows.Count))], Ordered(_outputs), Ordered(Intermediates))
        {
            InOrder = Ordered([.. graph.Outputs.Where(output => _outputs.Contains(output.Name) || Intermediates.Contains(output.Name))
                .OrderBy(output => graph.Values.IndexOf(output.Value)).Select(output => output.Name)]),
        };

        void Batch(int size, ParityRows rows, ParityBatch batch, int start)
        {
            var inputs = rows.At(start, size);
            var compiled = At(size);
            foreach (var session in (ISession[])[compiled.Session, plain, whole])
            {
                foreach (var (name, tensor) in inputs) { session.Write(name, tensor); }
                session.Run();
            }
            scales.See(compiled.Graph, compiled.Session, rows.Name);
            foreach (var name in _outputs) { Add(name, compiled, plain); }
            foreach (var name in Intermediates) { Add(name, compiled, whole); }

            void Add(string name, Compiled ours, ISession theirs)
            {
                var type = ours.Graph.OutputType(name)!.Value;                       // not null: it is one of its outputs
                var difference = ParityDifference.Of(name, rows.Name, Read(ours.Session, name, type), Read(theirs, name, type), batch);
                difference = difference with { Worst = difference.Worst with { Row = rows.First + (difference.Worst.Row * rows.Stride) } };
                var key = (name, rows.Name);
                differences[key] = differences.TryGetValue(key, out var before) ? before.And(difference) : difference;
            }
        }

        ImmutableArray<ParityDifference> Ordered(ImmutableArray<string> names) =>
            [.. names.SelectMany(name => _rows.Select(rows => differences[(name, rows.Name)]))];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var compiled in _compiled.Values) { compiled.Session.Dispose(); }
    }

    private Compiled At(int size)
    {
        if (_compiled.TryGetValue(size, out var known)) { return known; }
        var graph = Watched(_build(size));
        return _compiled[size] = new(graph, _engine(graph));
    }

    private Graph Watched(Graph graph) => SoftmaxScales.Watched(WithOutputs.Apply(graph, [.. _outputs, .. Intermediates]));

    private static Tensor Read(ISession session, string name, TensorType type)
    {
        var tensor = new Tensor(type);
        session.Read(name, tensor);
        return tensor;
    }

    private sealed record Compiled(Graph Graph, ISession Session)
    {
        public void Write(IReadOnlyDictionary<string, Tensor> parameters)
        {
            foreach (var input in Graph.Inputs)
            {
                if (parameters.TryGetValue(input.Name!, out var value)) { Session.Write(input.Name!, value); }      // inputs have names
            }
        }
    }
}

/// <summary>Rows of one distribution, as a model reads them.</summary>
/// <param name="Name">The split's or shift's name.</param>
/// <param name="Inputs">A tensor for each input, axis 0 the rows; equally many in all, at least 1.</param>
/// <param name="Stride">These are every so many rows of the distribution, from its first on; 1 when they are all.</param>
public sealed record ParityRows(string Name, ImmutableSortedDictionary<string, Tensor> Inputs, int Stride = 1)
{
    /// <summary>The number in the distribution of the first row; 0 unless these are a part.</summary>
    public long First { get; init; }

    /// <summary>How many rows there are.</summary>
    public int Count => Inputs.Values.First().Shape[0];

    /// <summary>The number in the distribution of one of these rows.</summary>
    /// <param name="row">Which of these, from 0.</param>
    public long NumberOf(int row) => First + ((long)row * Stride);

    /// <summary>The same rows in parts of at most so many.</summary>
    /// <param name="size">Rows of a part, at least 1.</param>
    public IEnumerable<ParityRows> Parts(int size)
    {
        for (var start = 0; start < Count; start += size) { yield return Part(start, Math.Min(size, Count - start)); }
    }

    /// <summary>Some of the rows.</summary>
    /// <param name="start">The first, from 0.</param>
    /// <param name="count">How many, at least 1.</param>
    public ParityRows Part(int start, int count) => this with
    {
        Inputs = At(start, count).ToImmutableSortedDictionary(input => input.Name, input => input.Tensor, StringComparer.Ordinal),
        First = NumberOf(start),
    };

    /// <summary>Some rows from one on, as often from the beginning again as it takes.</summary>
    internal IEnumerable<(string Name, Tensor Tensor)> At(int start, int count)
    {
        foreach (var (name, all) in Inputs)
        {
            var batch = new Tensor(all.Type with { Shape = all.Shape.With(0, count) });
            var row = all.Bytes.Length / Count;
            for (var done = 0; done < count;)
            {
                var from = (start + done) % Count;
                var rows = Math.Min(count - done, Count - from);
                all.Bytes.Slice(from * row, rows * row).CopyTo(batch.Bytes[(done * row)..]);
                done += rows;
            }
            yield return (name, batch);
        }
    }
}
