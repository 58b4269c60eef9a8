using GrokPipeline.Data;
using GrokPipeline.Onnx;
using GrokPipeline.Runs.Scoring;
using GrokPipeline.Tables;

namespace GrokPipeline.Stages.Probing;

/// <summary>The tables that an ONNX file is probed on: splits of one dataset, each called by its file's name.</summary>
/// <param name="Facts">What their columns mean.</param>
/// <param name="Splits">Names and rows, in the order of the files.</param>
internal sealed record ProbedTables(DatasetFacts Facts, (string Name, Table Table)[] Splits)
{
    /// <summary>Reads files.</summary>
    /// <param name="tools">The store.</param>
    /// <param name="files">Parquet files; at least one.</param>
    /// <param name="signature">The model, whose metadata say what columns mean where the first table does not.</param>
    /// <exception cref="GrokException">
    /// One is missing or has no rows, lacks a column or has it in another kind, or differs from the first in its columns; two have one
    /// name.
    /// </exception>
    public static ProbedTables Read(PipelineTools tools, IReadOnlyList<string> files, OnnxSignature signature)
    {
        var splits = files.Select(path => (Name: Path.GetFileNameWithoutExtension(path), Table: Read(tools, path))).ToArray();
        if (splits.GroupBy(split => split.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new GrokException(
                $"two files make a split named '{twice.Key}': a split is called by its file's name.", "Rename one of them.", "--data");
        }
        var facts = ModelFacts.Of(splits[0].Table.Metadata, signature) ?? throw new GrokException(
            "neither the table nor the model says which columns are inputs and labels.",
            $"Add the metadata '{DatasetFacts.MetadataKey}' to the table.", files[0]);
        for (var i = 0; i < files.Count; i++)
        {
            var (first, schema) = (splits[0].Table.Schema, splits[i].Table.Schema);
            DataColumns.Check(facts, schema, isPacked: false, files[i]);
            if (!first.Select(Form).ToHashSet().SetEquals(schema.Select(Form)))
            {
                throw new GrokException(
                    $"has the columns {schema}, and {files[0]} has {first}.", "Give tables of one dataset, with the same columns.", files[i]);
            }
        }
        return new(facts, splits);
    }

    private static (string Name, ColumnKind Kind, int Width) Form(Column column) => (column.Name, column.Kind, column.Width);

    private static Table Read(PipelineTools tools, string path)
    {
        if (!File.Exists(path)) { throw new GrokException("there is no such file.", "Name a Parquet file.", path); }
        var table = tools.Store.Read(path);
        return table.Rows > 0 ? table : throw new GrokException("has no rows.", "Give a table of at least one row.", path);
    }
}
