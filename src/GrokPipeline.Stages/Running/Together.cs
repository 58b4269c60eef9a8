using GrokPipeline.Tables;

namespace GrokPipeline.Stages.Running;

/// <summary>Tables of one schema, one after the other.</summary>
internal static class Together
{
    /// <summary>All rows of some tables, in their order, with the columns and the metadata of the first.</summary>
    public static Table Of(IReadOnlyList<Table> tables)
    {
        var first = tables[0];
        var columns = first.Schema.Where(column => tables.All(table => table.Schema.Contains(column.Name)))
            .Select(column => column.Kind switch
        {
            ColumnKind.Int64 => ColumnValues.Of(
                column.Name, [.. tables.SelectMany(table => table.Int64(column.Name).ToArray())], column.Description),
            ColumnKind.Float32 =>
                ColumnValues.Of(column.Name, [.. tables.SelectMany(table => table.Float32(column.Name).ToArray())], column.Description),
            ColumnKind.Float64 =>
                ColumnValues.Of(column.Name, [.. tables.SelectMany(table => table.Float64(column.Name).ToArray())], column.Description),
            ColumnKind.Bool => ColumnValues.Of(
                column.Name, [.. tables.SelectMany(table => table.Bool(column.Name).ToArray())], column.Description),
            ColumnKind.Text => ColumnValues.Of(
                column.Name, (string?[])[.. tables.SelectMany(table => table.Text(column.Name))], column.Description),
            _ => ColumnValues.Vector(
                column.Name, column.Width, [.. tables.SelectMany(table => table.Vector(column.Name).ToArray())], column.Description),
        });
        return Table.Of([.. columns]).WithMetadata(first.Metadata);
    }
}
