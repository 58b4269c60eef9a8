using Google.Protobuf;
using GrokPipeline.Onnx.Proto;

namespace GrokPipeline.Onnx.Reading;

/// <summary>Bytes to messages, with what holds of any file that is opened here: it is whole, and all of it is in the file.</summary>
internal static class ModelFile
{
    /// <summary>Parses and looks for outside data at every depth. Nesting is limited by protobuf itself (100).</summary>
    /// <exception cref="GrokException">The bytes are no ONNX model, or it keeps data elsewhere.</exception>
    public static ModelProto Parse(ReadOnlySpan<byte> bytes)
    {
        ModelProto model;
        try
        {
            model = ModelProto.Parser.WithDiscardUnknownFields(true).ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw Broken($"These {bytes.Length} bytes are no whole ONNX model: {e.Message}", "file", e);
        }
        if (model.Graph is null || model.IrVersion <= 0) { throw Broken("The file has no graph or no format version.", "file"); }
        RefuseOutsideData(model.Graph, "graph");
        foreach (var function in model.Functions)
        {
            foreach (var node in function.Node) { RefuseOutsideData(node, $"function '{function.Name}'"); }
            RefuseOutsideData(function.AttributeProto, $"function '{function.Name}'");            // what its attributes are by default
        }
        return model;
    }

    /// <summary>The error for a file that is not as it must be.</summary>
    public static GrokException Broken(string problem, string where, Exception? cause = null) => new(
        problem, "Export the model again, or restore the file.", where, ProblemKind.Integrity, cause);

    private static void RefuseOutsideData(GraphProto graph, string where)
    {
        foreach (var tensor in graph.Initializer) { RefuseOutsideData(tensor, where); }
        foreach (var sparse in graph.SparseInitializer) { RefuseOutsideData(sparse, where); }
        foreach (var node in graph.Node) { RefuseOutsideData(node, where); }
    }

    private static void RefuseOutsideData(NodeProto node, string where) =>
        RefuseOutsideData(node.Attribute, $"{where}, node '{node.Name}'");

    private static void RefuseOutsideData(IEnumerable<AttributeProto> attributes, string place)
    {
        foreach (var attribute in attributes)
        {
            if (attribute.T is not null) { RefuseOutsideData(attribute.T, place); }
            if (attribute.G is not null) { RefuseOutsideData(attribute.G, place); }
            if (attribute.SparseTensor is not null) { RefuseOutsideData(attribute.SparseTensor, place); }
            foreach (var tensor in attribute.Tensors) { RefuseOutsideData(tensor, place); }
            foreach (var graph in attribute.Graphs) { RefuseOutsideData(graph, place); }
            foreach (var sparse in attribute.SparseTensors) { RefuseOutsideData(sparse, place); }
        }
    }

    private static void RefuseOutsideData(SparseTensorProto sparse, string where)
    {
        if (sparse.Values is not null) { RefuseOutsideData(sparse.Values, where); }
        if (sparse.Indices is not null) { RefuseOutsideData(sparse.Indices, where); }
    }

    private static void RefuseOutsideData(TensorProto tensor, string where)
    {
        if (tensor.DataLocation != 0 || tensor.ExternalData.Count > 0)
        {
            throw new GrokException(
                $"The tensor '{tensor.Name}' keeps its data outside the file.", "Save the model as one file.", where,
                ProblemKind.Integrity);
        }
    }
}
