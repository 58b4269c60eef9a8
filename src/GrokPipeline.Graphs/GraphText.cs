using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using GrokPipeline.Graphs.Ops;

namespace GrokPipeline.Graphs;

/// <summary>
/// The canonical text of a graph: one line per value, in the order of computation, <c>%6: Float32[2, 4] = MatMul(%x, %w)</c>. Equal text
/// means equal computation: numbers follow from the structure alone. Inputs go by their names; a name given to another value stands
/// behind <c>#</c>; a float scalar without a name stands where it is used.
/// </summary>
public static class GraphText
{
    private const int ShownElements = 16;

    /// <summary>The text of a graph: inputs in the order of the port, values, outputs, carried pairs. Lines end in <c>\n</c>.</summary>
    public static string Of(Graph graph)
    {
        var text = new StringBuilder().Append("graph ").Append(graph.Name).Append('\n');
        var names = Lines(text, graph.Inputs.Concat(graph.Values.Where(value => !value.IsInput)));
        foreach (var (name, value) in graph.Outputs) { text.Append("output ").Append(name).Append(" = ").Append(names[value]).Append('\n'); }
        foreach (var (output, input) in graph.Carried) { text.Append("carry ").Append(output).Append(" -> ").Append(input).Append('\n'); }
        return text.ToString();
    }

    /// <summary>The text of all that a value is computed from, itself last.</summary>
    public static string Of(Value value) => Of([value]);

    /// <summary>The text of all that some values are computed from; the last line names them.</summary>
    public static string Of(IEnumerable<Value> values)
    {
        var roots = values.ToImmutableArray();
        var text = new StringBuilder();
        var names = Lines(text, Topology.Of(roots));
        return text.Append("-> ").AppendJoin(", ", roots.Select(root => names[root])).Append('\n').ToString();
    }

    private static Dictionary<Value, string> Lines(StringBuilder text, IEnumerable<Value> values)
    {
        var names = new Dictionary<Value, string>();
        var next = 0;
        foreach (var value in values)
        {
            if (value.Name is null && Scalar(value.Op) is { } number)
            {
                names[value] = Number(number);
                continue;
            }
            names[value] = value.IsInput ? $"%{value.Name}" : $"%{(next++).ToString(CultureInfo.InvariantCulture)}";
            text.Append(names[value]).Append(": ").Append(value.Type).Append(" = ").Append(Definition(names, value));
            if (value is { IsInput: false, Name: { } name }) { text.Append("  # ").Append(name); }
            text.Append('\n');
        }
        return names;
    }

    private static string Definition(Dictionary<Value, string> names, Value value) => value.Op switch
    {
        null => "input",
        var op when Scalar(op) is { } number => $"Fill({Number(number)})",
        Fill fill => $"Fill({Number(fill.Number)})",
        Constant constant => $"Constant({Content(constant.Content)})",
        { } op => $"{op.OpType}({string.Join(", ", [
            .. value.Inputs.Select(input => names[input]), .. op.ConstantInputs.Select(Known), .. op.Attributes.Select(Known)])})",
    };

    // A float scalar is the same number whether it was made as a constant or as a fill; a file does not tell them apart.
    private static double? Scalar(Op? op) => op switch
    {
        Fill fill when fill.Type == TensorType.Float32([]) => fill.Number,
        Constant constant when constant.Content.Type == TensorType.Float32([]) => constant.Content.AsSpan<float>()[0],
        _ => null,
    };

    private static string Known(OpAttribute attribute) =>
        attribute.Content is Tensor tensor ? $"{attribute.Name}={Content(tensor)}" : attribute.ToString();

    private static string Content(Tensor tensor)
    {
        if (tensor.Shape.Count > ShownElements) { return $"sha256:{Convert.ToHexStringLower(SHA256.HashData(tensor.Bytes))[..16]}"; }
        IEnumerable<string> elements = tensor.Type.Element switch
        {
            ElementType.Int64 => tensor.AsSpan<long>().ToArray().Select(number => number.ToString(CultureInfo.InvariantCulture)),
            ElementType.Bool => tensor.AsSpan<bool>().ToArray().Select(truth => truth ? "true" : "false"),
            ElementType.Float32 => tensor.AsSpan<float>().ToArray().Select(number => Number(number)),
            _ => tensor.AsSpan<double>().ToArray().Select(number => number.ToString("R", CultureInfo.InvariantCulture)),
        };
        return $"{{{string.Join(", ", elements)}}}";
    }

    // As the float32 that it is in a file.
    private static string Number(double number) => ((float)number).ToString("R", CultureInfo.InvariantCulture);
}
