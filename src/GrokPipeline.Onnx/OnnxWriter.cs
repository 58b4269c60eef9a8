using System.Globalization;
using Google.Protobuf;
using GrokPipeline.Onnx.Proto;
using GrokPipeline.Onnx.Writing;

namespace GrokPipeline.Onnx;

/// <summary>Writes graphs as ONNX files. The same graph, initializers and metadata give the same bytes.</summary>
/// <remarks>
/// Carried pairs are no part of a file: ONNX has no word for them. Format: ONNX IR specification, version 8 for opset 17 and 18, version 9
/// for opset 19 and 20 and version 10 for opset 21, as onnx's own table of versions pairs them. Every value in between has its type in
/// the file (<c>value_info</c>).
/// </remarks>
public static class OnnxWriter
{
    /// <summary>The first opset that has every operator we use (LayerNormalization came with it).</summary>
    public const int FirstOpset = OpSet.Opset;

    /// <summary>The last opset in which none of our operators has another form.</summary>
    public const int LastOpset = OpSet.NewestOpset;

    /// <summary>A graph as a file.</summary>
    /// <param name="small">The graph.</param>
    /// <param name="large">
    /// The same graph built at another batch size: extents that differ become the symbolic axis <c>batch</c>. Null: all extents are fixed.
    /// Choose batch sizes of at least 2 that no other extent has.
    /// </param>
    /// <param name="initializers">Values for inputs that are to be part of the file, by name; the other inputs stay inputs.</param>
    /// <param name="metadata">Producer, text and properties.</param>
    /// <param name="opset">Version of ONNX's default operator set, 17 to 21.</param>
    /// <exception cref="GrokException">
    /// The graphs differ in more than extents, a number depends on the batch size, an initializer does not fit, or an operator is none of
    /// the set; names the value.
    /// </exception>
    public static byte[] Write(
        Graph small, Graph? large, IReadOnlyDictionary<string, Tensor> initializers, OnnxMetadata metadata, int opset = FirstOpset)
    {
        if (opset is < FirstOpset or > LastOpset)
        {
            throw new GrokException(
                $"Opset {opset.ToString(CultureInfo.InvariantCulture)} is not supported.", $"Use one from {FirstOpset} to {LastOpset}.");
        }
        var unknown = initializers.Keys.Order(StringComparer.Ordinal).FirstOrDefault(name => small.InputType(name) is null);
        if (unknown is not null)
        {
            throw new GrokException($"There is no input '{unknown}' to initialize.", "Name an input of the graph.", unknown);
        }
        var model = new ModelProto
        {
            IrVersion = opset <= 18 ? 8 : opset <= 20 ? 9 : 10,
            ProducerName = metadata.Producer,
            ProducerVersion = metadata.ProducerVersion,
            Graph = new GraphEncoder(GraphPair.Of(small, large), initializers).Encode(),
        };
        if (!string.IsNullOrEmpty(metadata.Doc)) { model.DocString = metadata.Doc; }
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = opset });
        model.MetadataProps.AddRange(metadata.Properties.OrderBy(p => p.Key, StringComparer.Ordinal)
            .Select(p => new StringStringEntryProto { Key = p.Key, Value = p.Value }));
        return model.ToByteArray();
    }
}
