using System.Collections.Immutable;

namespace GrokPipeline.Data;

/// <summary>Which part of a split each listed row belongs to by its source, such as the test images of MNIST.</summary>
public sealed class RowParts
{
    private static readonly ImmutableArray<string> s_names = ["train", "validation", "test"];

    private readonly byte[] _parts;
    private readonly int[] _rows = new int[3];

    /// <summary>Takes the parts.</summary>
    /// <param name="parts">For each row <c>train</c>, <c>validation</c> or <c>test</c>.</param>
    /// <exception cref="GrokException">A row has another name, or none is of train.</exception>
    public RowParts(IReadOnlyList<string?> parts)
    {
        _parts = new byte[parts.Count];
        for (var row = 0; row < parts.Count; row++)
        {
            var part = parts[row] is { } name ? s_names.IndexOf(name) : -1;
            if (part < 0)
            {
                throw new GrokException(
                    $"Row {row} belongs to the split '{parts[row]}'.{Spelling.Suggestion(parts[row] ?? "", s_names)}",
                    $"Use {string.Join(", ", s_names)}.");
            }
            _parts[row] = (byte)part;
            _rows[part]++;
        }
        if (_rows[0] == 0) { throw new GrokException("No row belongs to the split 'train'.", "Give train at least one row."); }
    }

    /// <summary>The parts that have rows, in the order train, validation, test.</summary>
    public IEnumerable<string> Given => s_names.Where((_, part) => _rows[part] > 0);

    /// <summary>The part whose rows a part is drawn from: its own where it has rows, otherwise train's.</summary>
    internal string PoolOf(string part) => Given.Contains(part) ? part : "train";

    /// <summary>True when a row belongs to a part.</summary>
    internal bool Has(int row, string part) => s_names[_parts[row]] == part;
}
