using GrokPipeline.Tables;

namespace GrokPipeline.Data.ShiftKinds;

/// <summary>Rows with other labels, and the columns that say so.</summary>
internal static class Relabelled
{
    /// <summary>The column of labels as they were before anything changed them.</summary>
    internal const string Clean = "clean";

    /// <summary>The column that is true where the label is not <see cref="Clean"/>.</summary>
    internal const string Noisy = "noisy";

    /// <summary>The rows with these labels; labels that a step before replaced stay the clean ones.</summary>
    internal static Table Of(Table rows, DatasetFacts facts, long[] labels)
    {
        var clean = CleanOf(rows, facts);
        var target = rows.Schema[facts.Target];
        return rows.With(
            ColumnValues.Of(target.Name, labels, target.Description),
            ColumnValues.Of(Clean, clean, "Label before the noise"),
            ColumnValues.Of(Noisy, [.. labels.Zip(clean, (label, own) => label != own)], "True where the label was changed"));
    }

    /// <summary>The labels as they were before anything changed them.</summary>
    internal static long[] CleanOf(Table rows, DatasetFacts facts) =>
        rows.Int64(rows.Schema.Contains(Clean) ? Clean : facts.Target).ToArray();

    /// <summary>How many labels are not the clean ones.</summary>
    internal static int Count(Table rows) =>
        rows.Schema.Contains(Noisy) && rows.Schema[Noisy].Kind == ColumnKind.Bool ? rows.Bool(Noisy).Count(true) : 0;
}
