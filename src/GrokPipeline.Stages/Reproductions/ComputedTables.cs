using GrokPipeline.Tables;

namespace GrokPipeline.Stages.Reproductions;

/// <summary>Tables that need no training, as views of a row's statements.</summary>
internal static class ComputedTables
{
    /// <summary>The tables by name.</summary>
    public static IReadOnlyDictionary<string, (TableSchema Schema, Func<Table> Rows)> All { get; } =
        new SortedDictionary<string, (TableSchema, Func<Table>)>(StringComparer.Ordinal)
        {
            ["analytic_addition"] = (AnalyticAddition.Schema, AnalyticAddition.Rows),
            ["linear_structure"] = (LinearStructures.Schema, LinearStructures.Rows),
        };

    /// <summary>Writes tables into a folder.</summary>
    /// <returns>The views with their files.</returns>
    public static IEnumerable<(string View, string File)> Write(IEnumerable<string> names, ITableStore store, string folder)
    {
        foreach (var name in names)
        {
            var file = Path.Combine(folder, $"{name}.parquet");
            store.Write(file, All[name].Rows());
            yield return (name, file);
        }
    }
}
