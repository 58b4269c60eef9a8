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
            AppendHead(hash, table.Schema[i]);
            Append(hash, table.Values(i));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>
    /// The same hash of a table in a file, read column by column and piece by piece, so that memory does not grow with its rows.
    /// </summary>
    /// <param name="store">Reads the file.</param>
    /// <param name="path">The file.</param>
    /// <param name="rows">Least rows of a piece, at least 1.</param>
    /// <param name="columns">Receives a hash of the cells of each column, as <see cref="ColumnHashes"/> gives them; null for none.</param>
    /// <exception cref="GrokException">The file is missing or corrupt.</exception>
    public static string OfFile(ITableStore store, string path, int rows, ICollection<string>? columns = null)
    {
        var header = store.ReadHeader(path);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, "GrokPipeline.Table/1");
        Append(hash, header.Schema.Count);
        Append(hash, checked((int)header.Rows));
        foreach (var column in header.Schema)
        {
            // A schema that was not told in metadata learns the width of vectors from their cells.
            using var own = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var begun = false;
            foreach (var piece in store.ReadPieces(path, [column.Name], rows))
            {
                if (!begun) { AppendHead(hash, piece.Schema[0]); }
                begun = true;
                Append(hash, piece.Values(0));
                Append(own, piece.Values(0));
            }
            if (!begun) { AppendHead(hash, column); }
            columns?.Add(Convert.ToHexStringLower(own.GetHashAndReset()));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void AppendHead(IncrementalHash hash, Column column)
    {
        Append(hash, column.Name);
        Append(hash, (int)column.Kind);
        Append(hash, column.Width);
    }

    /// <summary>Adds the cells of a column.</summary>
    internal static void Append(IncrementalHash hash, Array values)
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
