using System.Collections.Immutable;
using GrokPipeline.Tables;

namespace GrokPipeline.Data;

/// <summary>
/// Turns rows into the tensors that a model takes. Inputs by name: <c>tokens</c> Int64[batch, 4] = (a, ∘, b, =), where ∘ is p and = is
/// p + 1; <c>framed_tokens</c> Int64[batch, 5], the same after ⟨eos⟩, which is p + 2; <c>operands_equals</c> Int64[batch, 3] = (a, b, =), where
/// = is p; <c>operands</c> Int64[batch, 2], 0 to p − 1; <c>features</c> Float32[batch, F]. The target is Int64[batch], the
/// class, or Float32[batch, K], K real numbers. A dataset with a prompt of its own has <c>tokens</c> alone; with answers of T tokens they
/// are the prompt and the answer without its last token, and the target is Int64[batch, T].
/// </summary>
public static class RowEncoding
{
    /// <summary>The input <c>(a, ∘, b, =)</c>.</summary>
    public const string Tokens = "tokens";

    /// <summary>The input <c>(⟨eos⟩, a, ∘, b, =)</c>.</summary>
    public const string FramedTokens = "framed_tokens";

    /// <summary>The input <c>(a, b, =)</c>.</summary>
    public const string OperandsEquals = "operands_equals";

    /// <summary>The input of bare operands.</summary>
    public const string Operands = "operands";

    /// <summary>The input of feature vectors.</summary>
    public const string Features = "features";

    /// <summary>The name of the target.</summary>
    public const string TargetName = "target";

    /// <summary>
    /// How many different tokens an input has: the p operand values and its signs; with a prompt of the dataset's own, all up to the
    /// largest that prompt and answer may hold.
    /// </summary>
    public static int Vocabulary(string inputName, DatasetFacts facts) => HasPrompt(inputName, facts)
        ? TokenLayout.Vocabulary(facts) : facts.OperandValues + SignsOf(inputName);

    /// <summary>
    /// The token that every row has in a column of an input of whole numbers (the operation, the equals sign), null for an operand and
    /// for a token of the answer; empty for <c>features</c>.
    /// </summary>
    public static ImmutableArray<long?> KnownColumns(string inputName, DatasetFacts facts) => inputName switch
    {
        Tokens => [.. TokenLayout.Of(facts).Select(TokenLayout.SignOf)],
        FramedTokens => [facts.OperandValues + 2, .. KnownColumns(Tokens, facts)],
        OperandsEquals => [.. KnownColumns(Operands, facts), facts.OperandValues],
        Operands => [.. facts.Operands.Select(_ => (long?)null)],
        _ => [],
    };

    /// <summary>The type of an input for a number of rows.</summary>
    /// <exception cref="GrokException">The name is unknown, or the dataset has no such input.</exception>
    public static TensorType InputType(string inputName, DatasetFacts facts, int rows) => (inputName, facts.Kind) switch
    {
        (Tokens or FramedTokens or OperandsEquals or Operands, InputKind.Operands) => TensorType.Int64([rows, WidthOf(inputName, facts)]),
        (Features, InputKind.Features) => TensorType.Float32([rows, facts.FeatureCount]),
        (Tokens or FramedTokens or OperandsEquals or Operands or Features, _) => throw new GrokException(
            $"The dataset has no input '{inputName}': its rows are {facts.Kind}.",
            $"Use {(facts.Kind == InputKind.Features ? Features : $"{Tokens} or {Operands}")}."),
        _ => throw new GrokException(
            $"There is no input named '{inputName}'.", $"Use one of: {Tokens}, {FramedTokens}, {OperandsEquals}, {Operands}, {Features}."),
    };

    /// <summary>The input of all rows.</summary>
    /// <exception cref="GrokException">The name is unknown, the table has no rows, or an operand is out of range.</exception>
    public static Tensor Input(string inputName, Table table, DatasetFacts facts)
    {
        var tensor = new Tensor(InputType(inputName, facts, RowsOf(table)));
        Input(inputName, table, facts, Every(table), tensor);
        return tensor;
    }

    /// <summary>Writes the input of some rows, in their order, into a tensor. Allocates nothing.</summary>
    /// <param name="inputName">Which input.</param>
    /// <param name="table">The table.</param>
    /// <param name="facts">What its columns are.</param>
    /// <param name="rows">Indices into the table, as many as the tensor has rows.</param>
    /// <param name="destination">Receives the input; of the type that <see cref="InputType"/> says.</param>
    /// <param name="firstRow">The number of the table's first row in its file, for messages.</param>
    /// <exception cref="GrokException">The tensor is of another type, or an operand is out of range.</exception>
    public static void Input(
        string inputName, Table table, DatasetFacts facts, ReadOnlySpan<int> rows, Tensor destination, long firstRow = 0)
    {
        var element = inputName == Features ? ElementType.Float32 : ElementType.Int64;
        if (!Fits(destination, element, rows.Length, WidthOf(inputName, facts))
            || (inputName == Features) != (facts.Kind == InputKind.Features)
            || inputName is not (Tokens or FramedTokens or OperandsEquals or Operands or Features))
        {
            throw Misfit(inputName, InputType(inputName, facts, rows.Length), destination);
        }
        if (inputName == Features) { WriteFeatures(table, facts, rows, destination); }
        else if (HasPrompt(inputName, facts)) { WriteSequence(table, facts, rows, destination, firstRow); }
        else { WriteOperands(table, facts, rows, destination, inputName, firstRow); }
    }

    /// <summary>The features of rows that lie together, where they lie in the table: what <see cref="Features"/> would copy.</summary>
    /// <exception cref="GrokException">The column has vectors of another width.</exception>
    public static ReadOnlySpan<float> FeaturesOf(Table table, DatasetFacts facts, int start, int count) =>
        VectorsOf(table, facts.Features ?? "x", facts.FeatureCount).Slice(start * facts.FeatureCount, count * facts.FeatureCount);

    /// <summary>The type of the target for a number of rows; with answers of T tokens Int64[rows, T].</summary>
    public static TensorType TargetType(DatasetFacts facts, int rows) =>
        facts.IsReal ? TensorType.Float32([rows, facts.Outputs])
        : TensorType.Int64(facts.AnswerLength == 1 ? [rows] : [rows, facts.AnswerLength]);

    /// <summary>The type of the logits of a number of rows: Float32[rows, classes], with answers of T tokens [rows, T, classes].</summary>
    public static TensorType LogitsType(DatasetFacts facts, int rows) => TensorType.Float32(
        facts.AnswerLength == 1 ? [rows, facts.TargetWidth] : [rows, facts.AnswerLength, facts.Classes]);

    /// <summary>The targets of all rows: labels, or real numbers.</summary>
    /// <param name="table">The table.</param>
    /// <param name="facts">What its columns are.</param>
    /// <param name="firstRow">The number of the table's first row in its file, for messages.</param>
    /// <exception cref="GrokException">The table has no rows, or a label is out of range or a number not finite.</exception>
    public static Tensor Target(Table table, DatasetFacts facts, long firstRow = 0)
    {
        var tensor = new Tensor(TargetType(facts, RowsOf(table)));
        Target(table, facts, Every(table), tensor, firstRow);
        return tensor;
    }

    /// <summary>
    /// Writes the targets of some rows, in their order, into a tensor of the type that <see cref="TargetType"/> says. Allocates nothing.
    /// </summary>
    /// <exception cref="GrokException">The tensor is of another type, or a label is out of range or a number not finite.</exception>
    public static void Target(Table table, DatasetFacts facts, ReadOnlySpan<int> rows, Tensor destination, long firstRow = 0)
    {
        if (facts.IsReal)
        {
            WriteReal(table, facts, rows, destination, firstRow);
            return;
        }
        var length = facts.AnswerLength;
        if (!Fits(destination, ElementType.Int64, rows.Length, length == 1 ? 0 : length))
        {
            throw Misfit(TargetName, TargetType(facts, rows.Length), destination);
        }
        for (var at = 0; at < length; at++)
        {
            var column = length == 1 ? facts.Target : facts.Answer[at];
            WriteColumn(table, column, facts.Classes, rows, destination.AsSpan<long>()[at..], length, firstRow);
        }
    }

    private static void WriteSequence(Table table, DatasetFacts facts, ReadOnlySpan<int> rows, Tensor destination, long firstRow)
    {
        var target = destination.AsSpan<long>();
        var (prompt, width) = (facts.Prompt, TokenLayout.Length(facts));
        for (var at = 0; at < width; at++)
        {
            var entry = at < prompt.Length ? prompt[at] : facts.Answer[at - prompt.Length];
            if (TokenLayout.SignOf(entry) is { } sign)
            {
                for (var i = 0; i < rows.Length; i++) { target[(i * width) + at] = sign; }
            }
            else
            {
                var bound = at < prompt.Length ? facts.OperandValues : facts.Classes;
                WriteColumn(table, entry, bound, rows, target[at..], width, firstRow);
            }
        }
    }

    // A cell every `stride` elements.
    private static void WriteColumn(
        Table table, string column, int bound, ReadOnlySpan<int> rows, Span<long> target, int stride, long firstRow)
    {
        var cells = table.Int64(column);
        for (var i = 0; i < rows.Length; i++) { target[i * stride] = InRange(cells[rows[i]], bound, column, firstRow + rows[i]); }
    }

    private static void WriteReal(Table table, DatasetFacts facts, ReadOnlySpan<int> rows, Tensor destination, long firstRow)
    {
        var width = facts.Outputs;
        if (!Fits(destination, ElementType.Float32, rows.Length, width))
        {
            throw Misfit(TargetName, TargetType(facts, rows.Length), destination);
        }
        CopyVectors(table, facts.Target, width, rows, destination.AsSpan<float>());
        var target = destination.AsSpan<float>();
        for (var i = 0; i < target.Length; i++)
        {
            if (float.IsFinite(target[i])) { continue; }
            throw new GrokException(
                $"Column {facts.Target} holds {target[i]} in row {firstRow + rows[i / width]}; a finite number is needed.",
                "Leave such rows out.");
        }
    }

    private static void WriteFeatures(Table table, DatasetFacts facts, ReadOnlySpan<int> rows, Tensor destination) =>
        CopyVectors(table, facts.Features ?? "x", facts.FeatureCount, rows, destination.AsSpan<float>());

    private static void CopyVectors(Table table, string name, int width, ReadOnlySpan<int> rows, Span<float> target)
    {
        var vectors = VectorsOf(table, name, width);
        for (var (i, next) = (0, 0); i < rows.Length; i = next)
        {
            for (next = i + 1; next < rows.Length && rows[next] == rows[next - 1] + 1; next++) { }                // rows that lie together
            vectors.Slice(rows[i] * width, (next - i) * width).CopyTo(target[(i * width)..]);
        }
    }

    private static ReadOnlySpan<float> VectorsOf(Table table, string name, int width) => table.Schema[name].Width == width
        ? table.Vector(name)
        : throw new GrokException($"Column {table.Schema[name]} was expected to have {width} elements.", "Use the dataset's own tables.");

    private static void WriteOperands(
        Table table, DatasetFacts facts, ReadOnlySpan<int> rows, Tensor destination, string inputName, long firstRow)
    {
        var target = destination.AsSpan<long>();
        var width = WidthOf(inputName, facts);
        var (start, stride) = (inputName == FramedTokens ? 1 : 0, inputName is Tokens or FramedTokens ? 2 : 1);
        for (var operand = 0; operand < facts.Operands.Length; operand++)
        {
            var name = facts.Operands[operand];
            var sign = SignAfter(operand, facts);
            var at = start + (operand * stride);
            WriteColumn(table, name, facts.OperandValues, rows, target[at..], width, firstRow);
            for (var i = 0; i < rows.Length && stride == 2; i++) { target[(i * width) + at + 1] = sign; }
        }
        for (var i = 0; i < rows.Length; i++)
        {
            if (inputName == FramedTokens) { target[i * width] = facts.OperandValues + 2; }
            if (inputName == OperandsEquals) { target[(i * width) + width - 1] = facts.OperandValues; }
        }
    }

    private static int WidthOf(string inputName, DatasetFacts facts) => inputName switch
    {
        Features => facts.FeatureCount,
        Tokens => TokenLayout.Length(facts),
        FramedTokens => (2 * facts.Operands.Length) + 1,
        OperandsEquals => facts.Operands.Length + 1,
        _ => facts.Operands.Length,
    };

    private static bool HasPrompt(string inputName, DatasetFacts facts) => inputName == Tokens && !facts.Prompt.IsDefaultOrEmpty;

    private static int SignsOf(string inputName) => inputName switch
    {
        FramedTokens => 3,
        Tokens => 2,
        OperandsEquals => 1,
        _ => 0,
    };

    // ∘ between operands, = after the last.
    private static long SignAfter(int operand, DatasetFacts facts) =>
        operand < facts.Operands.Length - 1 ? facts.OperandValues : facts.OperandValues + 1;

    private static long InRange(long value, int bound, string column, long row) =>
        value >= 0 && value < bound ? value : throw OutOfRange(value, bound, column, row);

    // Apart, so that the check itself is small enough to stand in the loops.
    private static GrokException OutOfRange(long value, int bound, string column, long row) => new(
        $"Column {column} holds {value} in row {row}; it was expected to be 0 to {bound - 1}.", "Use the dataset's own tables.");

    // Compared number by number: to make the expected type would allocate in every step.
    private static bool Fits(Tensor tensor, ElementType element, int rows, int width) =>
        tensor.Type.Element == element && tensor.Shape.Rank == (width == 0 ? 1 : 2) && tensor.Shape[0] == rows
        && (width == 0 || tensor.Shape[1] == width);

    private static GrokException Misfit(string name, TensorType type, Tensor tensor) =>
        new($"{name} is {type}; a tensor of {tensor.Type} was given.", "Give a tensor of that type.");

    private static int RowsOf(Table table) =>
        table.Rows > 0 ? table.Rows : throw new GrokException("The table has no rows.", "Give at least one row.");

    private static int[] Every(Table table)
    {
        var rows = new int[table.Rows];
        for (var i = 0; i < rows.Length; i++) { rows[i] = i; }
        return rows;
    }
}
