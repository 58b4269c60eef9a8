using System.Text;

namespace GrokPipeline.Tests.Onnx;

/// <summary>
/// Protobuf's wire format by hand, so that files can be made which no library would write: fields by number, in any order.
/// </summary>
internal sealed class Wire
{
    private readonly List<byte> _bytes = [];

    public Wire Int(int field, long number)
    {
        Varint((ulong)field << 3);
        Varint(unchecked((ulong)number));
        return this;
    }

    public Wire Bytes(int field, ReadOnlySpan<byte> bytes)
    {
        Varint(((ulong)field << 3) | 2);
        Varint((ulong)bytes.Length);
        _bytes.AddRange(bytes);
        return this;
    }

    public Wire Text(int field, string text) => Bytes(field, Encoding.UTF8.GetBytes(text));

    public Wire Message(int field, Wire message) => Bytes(field, message.ToArray());

    public Wire Messages(int field, IEnumerable<Wire> messages)
    {
        foreach (var message in messages) { Message(field, message); }
        return this;
    }

    public byte[] ToArray() => [.. _bytes];

    /// <summary>A model: format version 8, one operator set.</summary>
    public static Wire Model(Wire graph, long opset = 17, string domain = "") =>
        new Wire().Int(1, 8).Text(2, "by hand").Message(7, graph).Message(8, new Wire().Text(1, domain).Int(2, opset));

    public static Wire Node(string opType, string[] inputs, string output, params Wire[] attributes)
    {
        var node = new Wire();
        foreach (var input in inputs) { node.Text(1, input); }
        return node.Text(2, output).Text(3, $"the {opType}").Text(4, opType).Messages(5, attributes);
    }

    /// <summary>A named tensor type; a text is a symbolic axis.</summary>
    public static Wire Port(string name, int element, params object[] extents)
    {
        var dimensions = extents.Select(
            extent => extent is string symbol ? new Wire().Text(2, symbol) : new Wire().Int(1, Convert.ToInt64(extent, null)));
        var tensor = new Wire().Int(1, element).Message(2, new Wire().Messages(1, dimensions));
        return new Wire().Text(1, name).Message(2, new Wire().Message(1, tensor));
    }

    public static Wire Tensor(string name, int element, long[] extents, byte[] raw)
    {
        var tensor = new Wire();
        foreach (var extent in extents) { tensor.Int(1, extent); }
        return tensor.Int(2, element).Text(8, name).Bytes(9, raw);
    }

    private void Varint(ulong number)
    {
        for (; number >= 0x80; number >>= 7) { _bytes.Add((byte)((number & 0x7F) | 0x80)); }
        _bytes.Add((byte)number);
    }
}
