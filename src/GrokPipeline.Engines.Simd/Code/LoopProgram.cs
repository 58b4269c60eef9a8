using System.Globalization;
using System.Text;
using GrokPipeline.Engines.Simd.Planning;

namespace GrokPipeline.Engines.Simd.Code;

/// <summary>How a generated loop meets a block of memory.</summary>
internal enum Role
{
    /// <summary>A vector per column position.</summary>
    LoadVector,

    /// <summary>One element per row.</summary>
    LoadScalar,

    /// <summary>A vector per column position, in the row that the next operand says: the distance is that of the table's rows.</summary>
    LoadGathered,

    /// <summary>Elements added to along the row that the next operand says; the distance is that of the table's rows.</summary>
    AddScattered,

    /// <summary>The row's number in the table that is the operand before.</summary>
    LoadIndex,

    /// <summary>Elements written along the row.</summary>
    StoreVector,

    /// <summary>One element written per row.</summary>
    StoreScalar,

    /// <summary>Elements added to along the row: partial sums of columns.</summary>
    AddVector,

    /// <summary>As <see cref="AddVector"/>, when all rows of a call add to the same elements.</summary>
    TotalVector,

    /// <summary>One float that row sums are added to.</summary>
    AddScalar,

    /// <summary>A row of scratch between two passes over the row.</summary>
    Spill,
}

/// <summary>A block of memory that a generated loop reads or writes: a start and a distance between rows, given when it runs.</summary>
internal readonly record struct Operand(Role Role, ElementType Element)
{
    /// <summary>True when its rows are found by index.</summary>
    public bool IsIndexed => Role is Role.LoadGathered or Role.AddScattered;

    /// <inheritdoc/>
    public override string ToString() => $"{Role}:{Element}";
}

/// <summary>Where a step takes a number from: a step before it, an operand, or nowhere (a constant).</summary>
internal readonly record struct Source(int Step, int Operand, float Number)
{
    /// <summary>The result of a step.</summary>
    public static Source Of(int step) => new(step, -1, 0);

    /// <summary>Memory.</summary>
    public static Source Memory(int operand) => new(-1, operand, 0);

    /// <summary>A number.</summary>
    public static Source Constant(float number) => new(-1, -1, number);

    /// <inheritdoc/>
    public override string ToString() => Step >= 0 ? $"s{Step}" : Operand >= 0 ? $"m{Operand}"
        : BitConverter.SingleToInt32Bits(Number).ToString("x", CultureInfo.InvariantCulture);
}

/// <summary>
/// One step: for every element (or, when <see cref="IsRow"/>, once per row) a function of its sources. With a <see cref="Segment"/> a sum
/// or maximum is that of each run of so many lanes, given to each of them: rows so short that several fit a vector.
/// </summary>
internal sealed record Step(NodeKind Kind, Source[] Sources, bool IsRow, int Segment = 0);

/// <summary>A result that goes to memory: stored or added, as the operand's role says; once per row or for every element.</summary>
internal readonly record struct Sink(Source From, int Operand, bool IsRow);

/// <summary>
/// What a generated loop does with each row: steps, memory, results. It has no sizes and no addresses, so that all parameters of a
/// model can share the code of one optimizer step.
/// </summary>
internal sealed record LoopProgram(Operand[] Operands, Step[] Steps, Sink[] Sinks)
{
    /// <summary>Text that two programs share exactly when they do the same.</summary>
    public string Key()
    {
        var text = new StringBuilder();
        text.AppendJoin(' ', Operands).Append('|');
        foreach (var step in Steps)
        {
            text.Append(step.Kind).Append(step.IsRow ? "'" : step.Segment > 0 ? $"/{step.Segment}" : "");
            text.Append('(').AppendJoin(',', step.Sources).Append(')');
        }
        text.Append('|');
        foreach (var sink in Sinks) { text.Append(sink.From).Append(sink.IsRow ? "'>" : ">").Append(sink.Operand).Append(' '); }
        return text.ToString();
    }
}
