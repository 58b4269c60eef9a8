using System.Runtime.InteropServices;
using System.Security.Cryptography;
using GrokPipeline.Data.ShiftKinds;
using GrokPipeline.Tables;

namespace GrokPipeline.Data;

/// <summary>Counts the rows of a split or shift, piece by piece.</summary>
/// <param name="facts">What the columns are.</param>
/// <param name="train">The inputs of train, sorted; null while train itself is counted, whose inputs are then collected.</param>
internal sealed class DistributionCounts(DatasetFacts facts, List<UInt128>? train)
{
    private readonly List<UInt128> _inputs = [];

    /// <summary>Rows so far.</summary>
    internal int Rows { get; private set; }

    /// <summary>Rows by class.</summary>
    internal int[] Classes { get; } = new int[facts.Classes];

    /// <summary>Rows by group; empty without groups.</summary>
    internal int[] Groups { get; } = new int[facts.Groups];

    /// <summary>Rows whose input is one of train's.</summary>
    internal int InTrain { get; private set; }

    /// <summary>Rows whose input with its operands exchanged is one of train's.</summary>
    internal int TwinsInTrain { get; private set; }

    /// <summary>Rows whose label is not the one that they had before noise or outliers.</summary>
    internal int WrongLabels { get; private set; }

    /// <summary>The inputs of the rows so far, sorted: 16 bytes for each. For train.</summary>
    internal List<UInt128> Inputs
    {
        get
        {
            _inputs.Sort();
            return _inputs;
        }
    }

    /// <summary>Says how many rows will come, so that no more memory is taken than they need.</summary>
    internal void Expect(int rows) => _inputs.EnsureCapacity(train is null ? rows : 0);

    /// <summary>Adds rows.</summary>
    internal void Add(Table table)
    {
        if (!facts.IsReal) { Count(table, facts.Target, Classes); }                 // real numbers are of no class
        if (facts.Group is { } group) { Count(table, group, Groups); }
        var inputs = InputsOf(table, swapped: false);
        if (train is null) { _inputs.AddRange(inputs); }
        InTrain += train is null ? table.Rows : inputs.Count(Trained);
        WrongLabels += Relabelled.Count(table, facts);
        Rows += table.Rows;
        if (HasTwins && train is not null) { TwinsInTrain += InputsOf(table, swapped: true).Count(Trained); }
    }

    /// <summary>Adds to the twins those of train's own rows, which are known only when all are.</summary>
    internal void AddOwnTwins(IEnumerable<Table> pieces)
    {
        if (!HasTwins) { return; }
        var inputs = Inputs;
        foreach (var piece in pieces) { TwinsInTrain += InputsOf(piece, swapped: true).Count(input => inputs.BinarySearch(input) >= 0); }
    }

    // The tokens of a list, read backwards, are another list and no twin.
    private bool HasTwins => facts.Kind == InputKind.Operands && (facts.Prompt.IsDefaultOrEmpty || facts.Operands.Length == 2);

    private bool Trained(UInt128 input) => train!.BinarySearch(input) >= 0;                         // not null: asked only then

    private static void Count(Table table, string column, int[] counts)
    {
        foreach (var value in table.Int64(column)) { counts[value]++; }
    }

    // One number per row that stands for its input: the operands themselves, or 128 bits of a hash of the features.
    private UInt128[] InputsOf(Table table, bool swapped)
    {
        var keys = new UInt128[table.Rows];
        if (facts.Features is { } features)
        {
            Parallel.For(0, keys.Length, row =>
            {
                var bytes = MemoryMarshal.AsBytes(table.Vector(features).Slice(row * facts.FeatureCount, facts.FeatureCount));
                keys[row] = MemoryMarshal.Read<UInt128>(SHA256.HashData(bytes));
            });
            return keys;
        }
        foreach (var operand in swapped ? facts.Operands.Reverse() : facts.Operands)
        {
            var cells = table.Int64(operand);
            for (var row = 0; row < keys.Length; row++) { keys[row] = (keys[row] * (uint)facts.OperandValues) + (UInt128)cells[row]; }
        }
        return keys;
    }
}
