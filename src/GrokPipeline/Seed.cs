using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace GrokPipeline;

/// <summary>
/// The root of all randomness. Streams are derived by the name of their use, so that a new consumer shifts nobody else's numbers,
/// and a draw is a pure function of (seed, use, index): there is no generator state to save or to forget.
/// </summary>
/// <param name="Value">The number a user gives, or one derived from it.</param>
public readonly record struct Seed(ulong Value)
{
    /// <summary>An independent stream for a named use, unaffected by how often other streams were drawn from.</summary>
    public Seed Derive(string use) => new(BinaryPrimitives.ReadUInt64LittleEndian(
        SHA256.HashData(Encoding.UTF8.GetBytes($"{Value.ToString(CultureInfo.InvariantCulture)}/{use}"))));

    /// <summary>The draws of this stream, from the first one on.</summary>
    public RandomStream Stream() => new(this);

    /// <summary>
    /// The draws of this stream from a word on, as if those before had been drawn: rows of a table can be drawn in any order. A uniform
    /// number takes one word, a normal one two.
    /// </summary>
    /// <param name="word">How many words are left out.</param>
    public RandomStream StreamFrom(ulong word) => new(this, word);
}
