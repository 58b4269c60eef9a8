using GrokPipeline.Data;
using GrokPipeline.Tables;

namespace GrokPipeline.Probes;

/// <summary>
/// All p² pairs (a, b) of operands, a outer: what a transform over both operands needs. Pairs that are in no split (held out before it) are
/// computed besides.
/// </summary>
internal sealed class InputGrid
{
    private readonly int[] _rowOf;                            // pair → its first row in the context's table; −1 when it has none
    private readonly ProbeContext _context;
    private readonly Table? _pairs;                           // all pairs, when some have no row

    private InputGrid(ProbeContext context, int[] rowOf)
    {
        (_context, _rowOf, Modulus) = (context, rowOf, context.Facts.OperandValues);
        Waves = new Waves(Modulus);
        if (rowOf.Contains(-1)) { _pairs = Every(context.Facts); }
    }

    /// <summary>The modulus p.</summary>
    public int Modulus { get; }

    /// <summary>Cosines and sines of p.</summary>
    public Waves Waves { get; }

    /// <summary>The grid of a context's dataset.</summary>
    /// <param name="context">What is probed.</param>
    /// <param name="probe">The probe's kind, for the message.</param>
    /// <exception cref="GrokException">The dataset has not two operands of an odd number of values.</exception>
    public static InputGrid Of(ProbeContext context, string probe)
    {
        var facts = context.Facts;
        if (facts.Kind != InputKind.Operands || facts.Operands.Length != 2 || facts.OperandValues < 3 || facts.OperandValues % 2 == 0)
        {
            throw new GrokException(
                $"The probe '{probe}' needs two operands of an odd number of values, at least 3; this dataset has "
                + $"{Words(facts.Operands.Length)} of {facts.OperandValues} values.",
                "Use it with modular_arithmetic of an odd modulus.");
        }
        if (facts.AnswerLength > 1)
        {
            throw new GrokException(
                $"The probe '{probe}' looks at the one class of a row; an answer of this dataset has {facts.AnswerLength} tokens.",
                "Leave it out, or leave out the dataset's `answer: with_end`.");
        }
        var (p, rowOf) = (facts.OperandValues, new int[facts.OperandValues * facts.OperandValues]);
        Array.Fill(rowOf, -1);
        var a = context.Rows.Int64(facts.Operands[0]);
        var b = context.Rows.Int64(facts.Operands[1]);
        for (var row = context.Rows.Rows - 1; row >= 0; row--) { rowOf[PairOf(a[row], b[row], p)] = row; }
        return new(context, rowOf);
    }

    /// <summary>An activation of all pairs.</summary>
    public Activation Of(ProbedCheckpoint checkpoint, string name)
    {
        if (_pairs is not null) { return checkpoint.On(_pairs, [name])[0]; }
        var all = checkpoint.Activation(name);
        var values = new float[_rowOf.Length * all.Width];
        for (var pair = 0; pair < _rowOf.Length; pair++)
        {
            all.Values.AsSpan(_rowOf[pair] * all.Width, all.Width).CopyTo(values.AsSpan(pair * all.Width));
        }
        return all with { Values = values };
    }

    /// <summary>The pair of each of the context's rows.</summary>
    public int[] Pairs()
    {
        var facts = _context.Facts;
        var a = _context.Rows.Int64(facts.Operands[0]);
        var b = _context.Rows.Int64(facts.Operands[1]);
        var pairs = new int[_context.Rows.Rows];
        for (var row = 0; row < pairs.Length; row++) { pairs[row] = PairOf(a[row], b[row], Modulus); }
        return pairs;
    }

    /// <summary>+1 when every label is a + b (mod p), −1 when it is a − b.</summary>
    /// <exception cref="GrokException">It is neither.</exception>
    public int Sign(string probe)
    {
        var facts = _context.Facts;
        if (_context.Rows.Rows == 0) { throw new GrokException($"The probe '{probe}' has no rows.", "Give a table of at least one row."); }
        var labels = _context.Rows.Int64(facts.Target);
        var pairs = Pairs();
        var (sum, difference) = (FirstBreach(labels, pairs, 1), FirstBreach(labels, pairs, -1));
        if (facts.Classes == Modulus && (sum < 0 || difference < 0)) { return sum < 0 ? 1 : -1; }
        // The row that breaks the rule which holds the longer says the most.
        var row = Math.Max(sum, difference);
        var (a, b) = (pairs[Math.Max(row, 0)] / Modulus, pairs[Math.Max(row, 0)] % Modulus);
        throw new GrokException(
            $"The probe '{probe}' needs labels that are a + b or a - b modulo {Modulus}; "
            + (facts.Classes != Modulus
                ? $"this dataset has {facts.Classes} classes."
                : $"in row {row} {facts.Operands[0]} is {a}, {facts.Operands[1]} is {b}, and {facts.Target} is {labels[row]}."),
            $"Use it with unchanged labels of 'op: add' or 'op: sub'; this dataset is {Operation(facts)}.");
    }

    // The first row whose label is not a ± b; −1 when there is none.
    private int FirstBreach(ReadOnlySpan<long> labels, int[] pairs, int sign)
    {
        for (var row = 0; row < pairs.Length; row++)
        {
            if (labels[row] != Sum(pairs[row], sign)) { return row; }
        }
        return -1;
    }

    /// <summary>a ± b (mod p) of a pair.</summary>
    public int Sum(int pair, int sign)
    {
        var (a, b) = (pair / Modulus, pair % Modulus);
        return (a + (sign > 0 ? b : Modulus - b)) % Modulus;
    }

    private static string Operation(DatasetFacts facts) => facts.Operation.Length > 0 ? facts.Operation : "of another kind";

    private static string Words(int operands) => operands == 0 ? "no operands" : $"{operands} operand{(operands == 1 ? "" : "s")}";

    private static int PairOf(long a, long b, int p) => a >= 0 && a < p && b >= 0 && b < p
        ? (int)((a * p) + b)
        : throw new GrokException(
            $"A row has operands {a} and {b}; they are expected to be 0 to {p - 1}.", "Use the dataset's own tables.");

    private static Table Every(DatasetFacts facts)
    {
        var p = facts.OperandValues;
        var (a, b) = (new long[p * p], new long[p * p]);
        for (var pair = 0; pair < a.Length; pair++) { (a[pair], b[pair]) = (pair / p, pair % p); }
        return Table.Of(ColumnValues.Of(facts.Operands[0], a), ColumnValues.Of(facts.Operands[1], b));
    }
}
