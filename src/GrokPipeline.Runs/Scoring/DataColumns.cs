using System.Collections.Immutable;
using GrokPipeline.Data;
using GrokPipeline.Onnx;
using GrokPipeline.Tables;

namespace GrokPipeline.Runs.Scoring;

/// <summary>Which columns of a file are input, label and group; checked before a row is read.</summary>
/// <param name="Facts">What the columns mean, after <see cref="Packed"/>.</param>
/// <param name="Group">The column of groups; null for none.</param>
/// <param name="Read">The columns to read.</param>
/// <param name="Parts">Columns of numbers that make the feature vector; empty when the file has a vector.</param>
internal sealed record DataColumns(DatasetFacts Facts, string? Group, ImmutableArray<string> Read, ImmutableArray<string> Parts)
{
    /// <summary>How many values an operand takes when nobody says it; the model itself refuses what it has no row for.</summary>
    public const int AnyValue = int.MaxValue - 2;

    private const string PackedName = "packed features";

    /// <summary>Finds the columns.</summary>
    /// <exception cref="GrokException">Nobody says what they are, or one is missing or of another kind than expected.</exception>
    public static DataColumns Of(EvaluationRequest request, TableHeader header, OnnxSignature signature)
    {
        var (schema, where) = (header.Schema, request.Data);
        var parts = PartsOf(request, schema);
        var known = Known(request, header, signature, parts);
        foreach (var part in parts)
        {
            if (Named(schema, part, where).Kind is ColumnKind.Text or ColumnKind.Bool or ColumnKind.Vector)
            {
                throw Mistyped(schema[part], "a number", where);
            }
        }
        Check(known, schema, parts.Length > 0, where);
        var group = request.Groups is null
            ? known.Group is { } own && schema.Contains(own) ? own : null
            : request.Groups.Length == 0 ? null : request.Groups;
        if (group is not null && Named(schema, group, where).Kind != ColumnKind.Bool) { Expect(schema, group, ColumnKind.Int64, where); }
        ImmutableArray<string> inputs = known.Kind == InputKind.Operands ? known.Operands : parts.IsEmpty ? [known.Features ?? "x"] : parts;
        return new(known, group, [.. inputs.Concat(known.AnswerColumns).Concat(group is null ? [] : [group]).Distinct()], parts);
    }

    /// <summary>Looks for the columns of some facts in a table.</summary>
    /// <param name="facts">What the columns mean.</param>
    /// <param name="schema">The table's columns.</param>
    /// <param name="isPacked">True when the feature vector is made of other columns.</param>
    /// <param name="where">The table's file.</param>
    /// <exception cref="GrokException">One is missing or of another kind than expected.</exception>
    public static void Check(DatasetFacts facts, TableSchema schema, bool isPacked, string where)
    {
        foreach (var answer in facts.AnswerColumns) { Expect(schema, answer, facts.IsReal ? ColumnKind.Vector : ColumnKind.Int64, where); }
        foreach (var operand in facts.Operands) { Expect(schema, operand, ColumnKind.Int64, where); }
        if (facts.Features is not { } features || isPacked) { return; }
        Expect(schema, features, ColumnKind.Vector, where);
        // 1: a file of another program does not say the width before its first row.
        if (schema[features].Width != facts.FeatureCount && schema[features].Width > 1)
        {
            throw Mistyped(schema[features], $"Vector[{facts.FeatureCount}]", where);
        }
    }

    /// <summary>The rows with their features as one vector.</summary>
    public Table Packed(Table rows)
    {
        if (Parts.IsEmpty) { return rows; }
        var values = new float[rows.Rows * Parts.Length];
        for (var k = 0; k < Parts.Length; k++)
        {
            for (var row = 0; row < rows.Rows; row++) { values[(row * Parts.Length) + k] = Number(rows, Parts[k], row); }
        }
        return rows.With(ColumnValues.Vector(PackedName, Parts.Length, values));
    }

    private static float Number(Table rows, string column, int row) => rows.Schema[column].Kind switch
    {
        ColumnKind.Int64 => rows.Int64(column)[row],
        ColumnKind.Float32 => rows.Float32(column)[row],
        _ => (float)rows.Float64(column)[row],
    };

    // Several columns, or one of numbers, are put together; one vector is taken as it is.
    private static ImmutableArray<string> PartsOf(EvaluationRequest request, TableSchema schema) =>
        request.Features.Count > 1 || (request.Features is [var one] && schema.Contains(one)
            && schema[one].Kind is (ColumnKind.Int64 or ColumnKind.Float32 or ColumnKind.Float64))
            ? [.. request.Features] : [];

    private static DatasetFacts Known(
        EvaluationRequest request, TableHeader header, OnnxSignature signature, ImmutableArray<string> parts)
    {
        var told = ModelFacts.Of(header.Metadata, signature);
        if (request.Features.Count > 0)
        {
            var first = request.Features[0];
            var width = parts.IsEmpty ? WidthOf(header.Schema, first, signature) : parts.Length;
            told = new DatasetFacts
            {
                Kind = InputKind.Features, Features = parts.IsEmpty ? first : PackedName, FeatureCount = width,
                TargetKind = told?.TargetKind ?? default, Outputs = told?.Outputs ?? 0, Tolerance = told?.Tolerance ?? 0,
                Classes = told?.Classes ?? ClassesOf(signature), Target = told?.Target ?? "label", Group = told?.Group,
            };
        }
        if (request.Operands.Count > 0)
        {
            told = new DatasetFacts
            {
                Kind = InputKind.Operands, Operands = [.. request.Operands],
                OperandValues = told is { OperandValues: > 0 } values ? values.OperandValues : AnyValue,
                Classes = told?.Classes ?? ClassesOf(signature), Target = told?.Target ?? "label", Group = told?.Group,
            };
        }
        if (told is null)
        {
            throw new GrokException(
                "neither the table nor the model says which columns are inputs and labels.",
                $"Name them: --features COLUMN (or --operands COLUMN) --target COLUMN. Its columns are {string.Join(", ", header.Schema)}.", request.Data);
        }
        return request.Target is null ? told : told with { Target = request.Target, Answer = default };
    }

    private static int WidthOf(TableSchema schema, string column, OnnxSignature signature)
    {
        if (schema.Contains(column) && schema[column].Width > 1) { return schema[column].Width; }
        return signature.Inputs is [{ Extents: { Length: 2 } extents }] && extents[1].Number is { } width and < int.MaxValue
            ? (int)width : 1;
    }

    private static int ClassesOf(OnnxSignature signature)
    {
        var port = signature.Output("logits") ?? (signature.Outputs.Length == 1 ? signature.Outputs[0] : null);
        return port?.Extents is { Length: 2 } extents && extents[1].Number is { } classes and > 0 and <= 1 << 20
            ? (int)classes
            : throw new GrokException(
                "the model does not say how many classes it tells apart.", "Its output has the shape [rows, classes], classes a number.");
    }

    private static Column Named(TableSchema schema, string name, string where)
    {
        if (schema.Contains(name)) { return schema[name]; }
        var names = schema.Select(column => column.Name).ToArray();
        throw new GrokException(
            $"has no column '{name}'.{Spelling.Suggestion(name, names)}", $"Its columns are {string.Join(", ", schema)}.", where);
    }

    private static void Expect(TableSchema schema, string name, ColumnKind kind, string where)
    {
        if (Named(schema, name, where).Kind != kind) { throw Mistyped(schema[name], kind.ToString(), where); }
    }

    private static GrokException Mistyped(Column column, string expected, string where) => new(
        $"the column '{column.Name}' is {column.ToString()[(column.Name.Length + 2)..]}; {expected} is expected, all cells given.",
        "Write the column anew, or name another.", where);
}
