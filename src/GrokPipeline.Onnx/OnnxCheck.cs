using System.Collections.Immutable;
using System.Globalization;
using GrokPipeline.Onnx.Proto;
using GrokPipeline.Onnx.Reading;
using static GrokPipeline.Onnx.Proto.AttributeProto.Types;

namespace GrokPipeline.Onnx;

/// <summary>
/// The rules of onnx's own checker for files of our operators: versions, single assignment, topological order, typed inputs and outputs,
/// whole tensors, and attributes of the type that the operator specification says.
/// </summary>
public sealed class OnnxCheck
{
    private readonly List<string> _problems = [];
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    private OnnxCheck()
    {
    }

    /// <summary>All that is wrong with a file, in the file's order; empty when nothing is.</summary>
    /// <exception cref="GrokException">The bytes are no ONNX model at all.</exception>
    public static ImmutableArray<string> Problems(ReadOnlySpan<byte> file)
    {
        var check = new OnnxCheck();
        check.Model(ModelFile.Parse(file));
        return [.. check._problems];
    }

    private void Model(ModelProto model)
    {
        Require(model.OpsetImport.Count(import => import.Domain == "") == 1, "The default operator set is not imported exactly once.");
        var opset = model.OpsetImport.FirstOrDefault(import => import.Domain == "")?.Version ?? 0;
        var version = opset <= 18 ? 8 : opset <= 20 ? 9 : 10;
        Require(model.IrVersion >= version,
            $"Format version {Text(model.IrVersion)} is older than opset {Text(opset)}, which came with {Text(version)}.");
        var keys = model.MetadataProps.Select(property => property.Key).ToArray();
        Require(keys.Distinct(StringComparer.Ordinal).Count() == keys.Length, "A metadata key is there twice.");
        Require(keys.SequenceEqual(keys.Order(StringComparer.Ordinal), StringComparer.Ordinal), "Metadata keys are not in order.");
        Require(model.ProducerName.Length > 0, "There is no producer.");
        Graph(model.Graph, opset);
    }

    private void Graph(GraphProto graph, long opset)
    {
        Require(graph.Name.Length > 0, "The graph has no name.");
        foreach (var input in graph.Input) { Port("input", input); Assign(input.Name, "input"); }
        foreach (var initializer in graph.Initializer)
        {
            Whole(initializer, $"initializer '{initializer.Name}'");
            Assign(initializer.Name, "initializer");
        }
        foreach (var node in graph.Node) { Node(node, opset); }
        foreach (var output in graph.Output)
        {
            Port("output", output);
            Require(_known.Contains(output.Name), $"output '{output.Name}' is computed nowhere.");
        }
        Require(graph.Output.Select(output => output.Name).Distinct(StringComparer.Ordinal).Count() == graph.Output.Count,
            "An output is there twice.");
        foreach (var info in graph.ValueInfo) { Require(_known.Contains(info.Name), $"value_info '{info.Name}' is computed nowhere."); }
    }

    private void Node(NodeProto node, long opset)
    {
        var place = $"node '{node.Name}' ({node.OpType})";
        if (!OpSchemas.All.TryGetValue(node.OpType, out var schema) || node.Domain.Length > 0)
        {
            _problems.Add($"{place}: no operator of ours.");
            return;
        }
        Require(
            node.Input.Count >= schema.FewestInputs && node.Input.Count <= schema.MostInputs, $"{place}: {Text(node.Input.Count)} inputs.");
        foreach (var input in node.Input.Where(input => input.Length > 0))
        {
            Require(_known.Contains(input), $"{place}: '{input}' is used before it is computed.");
        }
        Require(node.Output.Count == 1, $"{place}: {Text(node.Output.Count)} outputs.");
        foreach (var output in node.Output) { Assign(output, place); }
        foreach (var attribute in node.Attribute) { Attribute(attribute, schema, place); }
        Require(schema.Required is null || node.Attribute.Any(a => a.Name == schema.Required),
            $"{place}: no attribute '{schema.Required}'.");
        Require(opset >= 19 || node.Attribute.All(a => a.Name != "saturate"), $"{place}: 'saturate' came with opset 19.");
        Require(node.Attribute.Select(a => a.Name).Distinct(StringComparer.Ordinal).Count() == node.Attribute.Count,
            $"{place}: an attribute is there twice.");
    }

    private void Attribute(AttributeProto attribute, OpSchema schema, string place)
    {
        Require(
            schema.Attributes.TryGetValue(attribute.Name, out var type) && type == attribute.Type,
            $"{place}: attribute '{attribute.Name}' of type {attribute.Type} is not in the operator's specification.");
        var filled = (attribute.HasF ? 1 : 0) + (attribute.HasI ? 1 : 0) + (attribute.HasS ? 1 : 0) + (attribute.T is null ? 0 : 1)
            + (attribute.Ints.Count > 0 ? 1 : 0) + (attribute.Floats.Count > 0 ? 1 : 0);
        var fits = attribute.Type switch
        {
            AttributeType.Int => attribute.HasI,
            AttributeType.Float => attribute.HasF,
            AttributeType.String => attribute.HasS,
            AttributeType.Tensor => attribute.T is not null,
            _ => attribute.Type == AttributeType.Ints,
        };
        Require(fits && filled <= 1, $"{place}: attribute '{attribute.Name}' does not hold one {attribute.Type}.");
        if (attribute.T is { } tensor) { Whole(tensor, $"{place}: attribute '{attribute.Name}'"); }
    }

    private void Port(string kind, ValueInfoProto info)
    {
        var type = info.Type?.TensorType;
        Require(type is not null && type.ElemType > 0, $"{kind} '{info.Name}' has no element type.");
        Require(type?.Shape is not null, $"{kind} '{info.Name}' has no shape.");
    }

    private void Whole(TensorProto tensor, string place)
    {
        try
        {
            if (tensor.Dims.Contains(0)) { Require(TensorForms.Constant(tensor, place) is ImmutableArray<long>, $"{place} is empty."); }
            else { TensorForms.Tensor(tensor, place); }
        }
        catch (GrokException e)
        {
            _problems.Add($"{place}: {e.Problem}");
        }
    }

    private void Assign(string name, string place) =>
        Require(name.Length > 0 && _known.Add(name), $"{place}: '{name}' is assigned twice, or is no name.");

    private void Require(bool holds, string problem)
    {
        if (!holds) { _problems.Add(problem); }
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
