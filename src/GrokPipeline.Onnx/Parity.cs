using System.Collections.Immutable;
using System.Globalization;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Graphs.Passes;

namespace GrokPipeline.Onnx;

/// <summary>
/// Whether an exported file computes what the training engine computes: the same rows go through both, at several batch sizes, and
/// every named value is compared, not the final one alone. Knows no engine; both come as functions that give sessions.
/// </summary>
public static class Parity
{
    private const long BytesOfIntermediates = 256L << 20;

    /// <summary>Batch sizes at which files are compared besides that of all rows.</summary>
    public static ImmutableArray<int> BatchSizes { get; } = [1, 2, 7];

    /// <summary>Compares an exported file with the graph that it was made from.</summary>
    /// <param name="build">The inference graph at a batch size; its inputs are the rows and the parameters.</param>
    /// <param name="engine">Compiles a graph on the engine that trained.</param>
    /// <param name="parameters">Values of all inputs but the rows.</param>
    /// <param name="file">The exported file.</param>
    /// <param name="open">Opens a file on the runtime that will score it.</param>
    /// <param name="inputName">The name of the rows among the inputs.</param>
    /// <param name="rows">The rows, axis 0 the batch; a batch of n is the first n.</param>
    /// <remarks>
    /// Intermediates are compared at every batch size at which they need at most 256 MiB together; outputs at every one.
    /// </remarks>
    /// <exception cref="GrokException">A session refuses the graph, the file or the rows.</exception>
    public static ParityResult Compare(
        Func<int, Graph> build,
        Func<Graph, ISession> engine,
        IReadOnlyDictionary<string, Tensor> parameters,
        ReadOnlyMemory<byte> file,
        Func<ReadOnlyMemory<byte>, ISession> open,
        string inputName,
        Tensor rows)
    {
        var signature = OnnxReader.Signature(file.Span);
        var intermediates = signature.Intermediates.Select(port => port.Name).ToArray();
        var differences = new SortedDictionary<string, ParityDifference>(StringComparer.Ordinal);
        var sizes = BatchSizes.Where(size => size < rows.Shape[0]).Append(rows.Shape[0]).ToImmutableArray();
        using var whole = open(OnnxEdit.WithOutputs(file.Span, intermediates));
        using var plain = open(file);
        foreach (var size in sizes)
        {
            var graph = build(size);
            string[] named = [.. intermediates.Where(name => graph.Find(name) is { IsInput: false })];
            var small = named.Sum(name => graph.Find(name)!.Type.SizeInBytes) <= BytesOfIntermediates;
            string[] names = [.. graph.Outputs.Select(output => output.Name), .. small ? named : []];
            graph = WithOutputs.Apply(graph, names);
            var batch = FirstRows(rows, size);
            using var session = engine(graph);
            foreach (var input in graph.Inputs) { session.Write(input.Name!, input.Name == inputName ? batch : parameters[input.Name!]); }
            session.Run();
            var exported = small ? whole : plain;
            exported.Write(inputName, batch);
            exported.Run();
            foreach (var name in names)
            {
                var type = graph.OutputType(name)!.Value;
                var difference = ParityDifference.Of(name, Read(session, name, type), Read(exported, name, type));
                differences[name] = differences.TryGetValue(name, out var before) ? before.And(difference) : difference;
            }
        }
        return new(sizes, [.. signature.Outputs.Select(port => differences[port.Name])],
            [.. intermediates.Where(differences.ContainsKey).Select(name => differences[name])]);
    }

    private static Tensor FirstRows(Tensor rows, int count)
    {
        var batch = new Tensor(rows.Type with { Shape = rows.Shape.With(0, count) });
        rows.Bytes[..batch.Bytes.Length].CopyTo(batch.Bytes);
        return batch;
    }

    private static Tensor Read(ISession session, string name, TensorType type)
    {
        var tensor = new Tensor(type);
        session.Read(name, tensor);
        return tensor;
    }
}

/// <summary>How far an exported file is from the graph that it was made from.</summary>
/// <param name="BatchSizes">The batch sizes compared; the last is that of all rows.</param>
/// <param name="Outputs">The file's outputs.</param>
/// <param name="Intermediates">Named values in between, in the file's order.</param>
public sealed record ParityResult(
    ImmutableArray<int> BatchSizes, ImmutableArray<ParityDifference> Outputs, ImmutableArray<ParityDifference> Intermediates)
{
    /// <summary>The key under which files carry this.</summary>
    public const string Prefix = "grokpipe.verification";

    /// <summary>The largest difference of any value.</summary>
    public double LargestAbsolute => Outputs.Concat(Intermediates).Max(difference => difference.Absolute);

    /// <summary>The largest difference of any value against that value's largest magnitude.</summary>
    public double LargestRelative => Outputs.Concat(Intermediates).Max(difference => difference.Relative);

    /// <summary>
    /// The finding as properties of a file: <c>grokpipe.verification.batch_sizes</c>, <c>….absolute.logits</c>, <c>….relative.logits</c>,
    /// <c>….argmax.logits</c>; see <see cref="OnnxEdit.WithMetadata"/>.
    /// </summary>
    public ImmutableSortedDictionary<string, string> ToProperties()
    {
        var properties = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        properties[$"{Prefix}.batch_sizes"] = string.Join(',', BatchSizes.Select(size => size.ToString(CultureInfo.InvariantCulture)));
        foreach (var difference in Outputs.Concat(Intermediates))
        {
            properties[$"{Prefix}.absolute.{difference.Name}"] = Text(difference.Absolute);
            properties[$"{Prefix}.relative.{difference.Name}"] = Text(difference.Relative);
        }
        foreach (var output in Outputs) { properties[$"{Prefix}.argmax.{output.Name}"] = Text(output.ArgmaxAgreement); }
        return properties.ToImmutable();
    }

    private static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);
}
