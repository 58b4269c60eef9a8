using System.Text;

namespace GrokPipeline.Tests.Onnx;

/// <summary>Protobuf's wire format read by hand: the fields of a message, one level at a time.</summary>
internal sealed class WireFields
{
    private readonly List<(int Number, byte[] Bytes)> _fields = [];

    public WireFields(byte[] message)
    {
        for (var at = 0; at < message.Length;)
        {
            var tag = Varint(message, ref at);
            var start = at;
            var length = (tag & 7) switch { 0 => 0, 1 => 8, 5 => 4, _ => (int)Varint(message, ref at) };
            if ((tag & 7) == 0) { Varint(message, ref at); }
            else { start = at; }
            at += length;
            _fields.Add(((int)(tag >> 3), message[start..at]));
        }
    }

    /// <summary>True when a field is there.</summary>
    public bool Has(int number) => _fields.Exists(field => field.Number == number);

    /// <summary>The messages of a field.</summary>
    public IEnumerable<WireFields> All(int number) =>
        _fields.Where(field => field.Number == number).Select(field => new WireFields(field.Bytes));

    /// <summary>The texts of a field.</summary>
    public IEnumerable<string> Texts(int number) =>
        _fields.Where(field => field.Number == number).Select(field => Encoding.UTF8.GetString(field.Bytes));

    private static ulong Varint(byte[] message, ref int at)
    {
        var (number, shift) = (0UL, 0);
        do
        {
            number |= (ulong)(message[at] & 0x7F) << shift;
            shift += 7;
        }
        while ((message[at++] & 0x80) != 0);
        return number;
    }
}
