using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace GrokPipeline.Tables;

/// <summary>
/// A hash of what a table holds: schema (names, kinds, widths) and rows in order. It does not depend on the store, the file format or
/// the metadata. All NaN count as one; −0 and 0 differ.
/// </summary>
public static class ContentHash
{
    /// <summary>SHA-256 as 64 lowercase hexadecimal digits.</summary>
    public static string Of(Table table)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, "GrokPipeline.Table/1");
        Append(hash, table.Schema.Count);
        Append(hash, table.Rows);
        for (var i = 0; i < table.Schema.Count; i++)
        {
            var column = table.Schema[i];
            Append(hash, column.Name);
            Append(hash, (int)column.Kind);
            Append(hash, column.Width);
            Append(hash, table.Values(i));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void Append(IncrementalHash hash, Array values)
    {
        switch (values)
        {
            case long[] cells: hash.AppendData(MemoryMarshal.AsBytes(cells.AsSpan())); break;
            case float[] cells: hash.AppendData(MemoryMarshal.AsBytes(WithOneNaN(cells, float.NaN).AsSpan())); break;
            case double[] cells: hash.AppendData(MemoryMarshal.AsBytes(WithOneNaN(cells, double.NaN).AsSpan())); break;
            case bool[] cells: hash.AppendData(Array.ConvertAll(cells, cell => (byte)(cell ? 1 : 0))); break;
            case string?[] cells: Array.ForEach(cells, cell => Append(hash, cell)); break;
            default: throw new InvalidOperationException($"A column holds {values.GetType()}.");
        }
    }

    // Payloads of NaN are not kept by every store and processor.
    private static T[] WithOneNaN<T>(T[] cells, T nan)
        where T : System.Numerics.IFloatingPoint<T> =>
        Array.Exists(cells, T.IsNaN) ? Array.ConvertAll(cells, cell => T.IsNaN(cell) ? nan : cell) : cells;

    private static void Append(IncrementalHash hash, string? text)
    {
        var bytes = text is null ? [] : Encoding.UTF8.GetBytes(text);
        Append(hash, text is null ? -1 : bytes.Length);
        hash.AppendData(bytes);
    }

    private static void Append(IncrementalHash hash, int number)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        hash.AppendData(bytes);
    }
}
