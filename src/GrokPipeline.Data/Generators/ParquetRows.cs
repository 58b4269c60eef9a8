using System.Collections.Immutable;
using GrokPipeline.Data.Clusters;
using GrokPipeline.Tables;

namespace GrokPipeline.Data.Generators;

/// <summary>
/// The rows of a Parquet file of any program. Columns <c>row</c> (the row's number in the file), <c>x</c> (features) or the operands under
/// their own names, the class under its own name, and the subclass: that of the file under its own name, or <c>subclass</c> for clusters.
/// </summary>
public sealed class ParquetRows : ListedDataset
{
    private readonly ParquetOptions _options;
    private readonly ImmutableArray<string> _notes;

    /// <summary>Reads the file.</summary>
    /// <param name="options">Without problems.</param>
    /// <exception cref="GrokException">The file is missing, no table, lacks a column, or holds what cannot be used.</exception>
    public ParquetRows(ParquetOptions options)
    {
        _options = options;
        var reading = new ParquetReading(options);
        var rows = reading.Read();
        var labels = CodedColumn.Of(rows, options.Target, "class");
        var groups = options.Group.Length > 0 ? CodedColumn.Of(rows, options.Group, "subclass") : null;
        if (options.SplitColumn.Length > 0) { Parts = PartsOf(rows, options.SplitColumn); }
        var (features, width) = (!reading.FeatureColumns.IsEmpty, reading.FeatureColumns.IsEmpty ? 0 : rows.Schema["x"].Width);
        SubclassesPerClass = options.Clusters?.PerClass ?? (groups is null ? 0 : PerClass(labels, groups));
        All = TableOf(rows, labels, groups, width);
        Facts = new DatasetFacts
        {
            Kind = features ? InputKind.Features : InputKind.Operands,
            Classes = labels.Values,
            Target = options.Target,
            Group = options.Clusters is not null ? ClusterColumn.Name : groups is null ? null : options.Group,
            Groups = options.Clusters is { } clusters ? labels.Values * clusters.PerClass : groups?.Values ?? 0,
            Operands = reading.Operands,
            OperandValues = features ? 0 : OperandValues(rows, reading.Operands),
            Operation = $"rows of {options.Path}",
            Features = features ? "x" : null,
            FeatureCount = width,
        };
        string?[] notes =
        [
            reading.Note, labels.Note(options.Target), groups?.Note(options.Group),
            options.Clusters is null ? null : ClusterColumn.Note(options.Clusters), SharesAreRounded,
        ];
        _notes = [.. notes.OfType<string>()];
    }

    /// <inheritdoc/>
    public override Table All { get; }

    /// <inheritdoc/>
    public override DatasetFacts Facts { get; }

    /// <inheritdoc/>
    public override ImmutableArray<string> Notes => _notes;

    private Table TableOf(Table rows, CodedColumn labels, CodedColumn? groups, int width)
    {
        var label = ColumnValues.Of(_options.Target, labels.Codes, "Class");
        var others = groups is null ? [] : ImmutableArray.Create(ColumnValues.Of(_options.Group, groups.Codes, "Subclass"));
        if (width > 0)
        {
            return FeatureList.Of(rows.Vector("x").ToArray(), width, label, labels.Codes, labels.Values, _options.Clusters, others);
        }
        return Table.Of(
        [
            ColumnValues.Of("row", [.. Enumerable.Range(0, rows.Rows).Select(row => (long)row)], "Index in the whole table"),
            .. _options.Operands.Select(name => ColumnValues.Of(name, rows.Int64(name).ToArray(), "Operand")),
            label,
            .. others,
        ]);
    }

    private int OperandValues(Table rows, ImmutableArray<string> operands)
    {
        var largest = 0L;
        foreach (var name in operands)
        {
            if (rows.Schema[name].Kind != ColumnKind.Int64)
            {
                throw new GrokException($"Column {rows.Schema[name]} was to be an operand.", "Give columns of whole numbers.");
            }
            var cells = rows.Int64(name);
            var most = _options.OperandValues > 0 ? _options.OperandValues : 1 << 20;
            for (var row = 0; row < cells.Length; row++)
            {
                if (cells[row] >= 0 && cells[row] < most) { largest = Math.Max(largest, cells[row]); }
                else
                {
                    throw new GrokException(
                        $"Column '{name}' holds {cells[row]} in row {row}; an operand is 0 to {most - 1}.",
                        "Number operands from 0, and give operand_values where not all of them occur.");
                }
            }
        }
        return _options.OperandValues > 0 ? _options.OperandValues : (int)largest + 1;
    }

    // The number of subclasses of each class where they are numbered class by class; otherwise 0.
    private static int PerClass(CodedColumn labels, CodedColumn groups)
    {
        var perClass = groups.Values / labels.Values;
        return perClass * labels.Values == groups.Values && perClass > 0
            && labels.Codes.Zip(groups.Codes).All(pair => pair.Second / perClass == pair.First) ? perClass : 0;
    }

    private static RowParts PartsOf(Table rows, string column)
    {
        if (rows.Schema[column].Kind != ColumnKind.Text)
        {
            throw new GrokException($"Column {rows.Schema[column]} was to name the split of each row.", "Give a column of text.");
        }
        try { return new RowParts(rows.Text(column)); }
        catch (GrokException e) { throw new GrokException($"Column '{column}': {e.Problem}", e.Remedy); }
    }
}
