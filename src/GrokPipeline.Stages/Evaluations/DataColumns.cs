using System.Collections.Immutable;
using GrokPipeline.Data;
using GrokPipeline.Onnx;
using GrokPipeline.Tables;

namespace GrokPipeline.Stages.Evaluations;

/// <summary>Which columns of a file are input, label and group; checked before a row is read.</summary>
/// <param name="Facts">What the columns mean, after <see cref="Packed"/>.</param>
/// <param name="Group">The column of groups; null for none.</param>
/// <param name="Read">The columns to read.</param>
/// <param name="Parts">Columns of numbers that make the feature vector; empty when the file has a vector.</param>
internal sealed record DataColumns(DatasetFacts Facts, string? Group, ImmutableArray<string> Read, ImmutableArray<string> Parts)
{
    private const string PackedName = "packed features";

    /// <summary>Finds the columns.</summary>
    /// <exception cref="GrokException">Nobody says what they are, or one is missing or of another kind than expected.</exception>
    public static DataColumns Of(EvaluationRequest request, TableHeader header, OnnxSignature signature)
    {
        var (schema, where) = (header.Schema, request.Data);
        var known = Known(request, header, signature);
        ImmutableArray<string> parts = request.Features.Count > 1 ? [.. request.Features] : [];
        foreach (var part in parts)
        {
            if (Named(schema, part, where).Kind is ColumnKind.Text or ColumnKind.Bool or ColumnKind.Vector)
            {
                throw Mistyped(schema[part], "a number", where);
            }
        }
        Expect(schema, known.Target, ColumnKind.Int64, where);
        foreach (var operand in known.Operands) { Expect(schema, operand, ColumnKind.Int64, where); }
        if (known.Features is { } features && parts.IsEmpty)
        {
            Expect(schema, features, ColumnKind.Vector, where);
            // 1: a file of another program does not say the width before its first row.
            if (schema[features].Width != known.FeatureCount && schema[features].Width > 1)
            {
                throw Mistyped(schema[features], $"Vector[{known.FeatureCount}]", where);
            }
        }
        var group = request.Groups is null
            ? known.Group is { } own && schema.Contains(own) ? own : null
            : request.Groups.Length == 0 ? null : request.Groups;
        if (group is not null) { Expect(schema, group, ColumnKind.Int64, where); }
        ImmutableArray<string> inputs = known.Kind == InputKind.Operands ? known.Operands : parts.IsEmpty ? [known.Features ?? "x"] : parts;
        return new(known, group, [.. inputs.Append(known.Target).Concat(group is null ? [] : [group]).Distinct()], parts);
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

    private static DatasetFacts Known(EvaluationRequest request, TableHeader header, OnnxSignature signature)
    {
        DatasetFacts? told = header.Metadata.ContainsKey(DatasetFacts.MetadataKey)
            ? DatasetFacts.Of(header.Metadata)
            : signature.Metadata.Properties.TryGetValue("grokpipe.facts", out var text) ? DatasetFacts.FromJson(text) : null;
        if (request.Features.Count > 0)
        {
            var first = request.Features[0];
            var width = request.Features.Count > 1 ? request.Features.Count : WidthOf(header.Schema, first, signature);
            told = new DatasetFacts
            {
                Kind = InputKind.Features, Features = request.Features.Count > 1 ? PackedName : first, FeatureCount = width,
                Classes = told?.Classes ?? ClassesOf(signature), Target = told?.Target ?? "label", Group = told?.Group,
            };
        }
        if (told is null)
        {
            throw new GrokException(
                "neither the table nor the model says which columns are inputs and labels.",
                $"Name them: --features COLUMN --target COLUMN. Its columns are {string.Join(", ", header.Schema)}.", request.Data);
        }
        return request.Target is null ? told : told with { Target = request.Target };
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
