using System.Security.Cryptography;

namespace GrokPipeline.Tables;

/// <summary>
/// Hashes of the cells of each column of a table that is written piece by piece: to compare with what is read back
/// (<see cref="ContentHash.OfFile"/>).
/// </summary>
/// <param name="columns">How many columns there are.</param>
public sealed class ColumnHashes(int columns) : IDisposable
{
    private readonly IncrementalHash[] _hashes =
        [.. Enumerable.Range(0, columns).Select(_ => IncrementalHash.CreateHash(HashAlgorithmName.SHA256))];

    /// <summary>Adds rows.</summary>
    public void Add(Table rows)
    {
        for (var column = 0; column < _hashes.Length; column++) { ContentHash.Append(_hashes[column], rows.Values(column)); }
    }

    /// <summary>The hash of each column: SHA-256 as 64 lowercase hexadecimal digits.</summary>
    public string[] Finish() => Array.ConvertAll(_hashes, hash => Convert.ToHexStringLower(hash.GetHashAndReset()));

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var hash in _hashes) { hash.Dispose(); }
    }
}
