using System.Collections.Immutable;
using System.Text.Json.Nodes;
using GrokPipeline.Data;
using GrokPipeline.Stages.Running;
using GrokPipeline.Tables;

namespace GrokPipeline.Stages;

/// <summary>Makes a dataset: one Parquet file for each split and shift, and its card.</summary>
internal sealed class Generate(DatasetEntry entry, Workspace workspace, PipelineTools tools) : Stage
{
    /// <summary>The card's file.</summary>
    public const string CardName = "dataset.json";

    /// <summary>The dataset.</summary>
    public DatasetEntry Entry => entry;

    /// <inheritdoc/>
    public override string Kind => "data";

    /// <inheritdoc/>
    public override int Revision => 2;

    /// <inheritdoc/>
    public override string Target => $"data/{entry.Name}";

    /// <inheritdoc/>
    public override string WorkName => entry.Name;

    /// <inheritdoc/>
    public override string? Experiment => null;

    /// <inheritdoc/>
    public override string Root => workspace.Data;

    /// <inheritdoc/>
    public override ImmutableArray<string> Outputs => [entry.Name];

    /// <inheritdoc/>
    public override JsonObject Options => entry.ToJson();

    /// <inheritdoc/>
    public override string Engine => $"{tools.Store.Name} {tools.Store.Version}";

    /// <inheritdoc/>
    public override ImmutableArray<StageInput> Inputs => [];

    /// <inheritdoc/>
    public override StageResult Run(StageContext context)
    {
        context.Files.DeleteFolder(context.Work.Path);            // a dataset is made in one go
        var made = DatasetBuilder.Build(entry.Spec);
        var rows = 0L;
        var tables = made.Splits.Concat(made.Shifts).ToArray();
        for (var i = 0; i < tables.Length; i++)
        {
            context.ThrowIfStopped();
            var (name, table) = tables[i];
            context.Tell(new StageProgress(Target, i, tables.Length, name));
            Write(context, Path.Combine(entry.Name, entry.FileOf(name)), table);
            rows += table.Rows;
        }
        context.Files.ReplaceText(context.Work.At(Path.Combine(entry.Name, CardName)), made.Card.ToJson(), durable: false);
        var summary = $"{rows:N0} rows, {Words.Count(made.Splits.Count, "split")}, {Words.Count(made.Shifts.Count, "shift")}";
        return new StageResult(summary, new JsonObject { ["rows"] = rows });
    }

    // The store checks nothing of what it wrote; a file that reads back with other rows is not kept.
    private void Write(StageContext context, string relative, Table table)
    {
        var path = context.Work.At(relative);
        tools.Store.Write(path, table);
        if (ContentHash.Of(tools.Store.Read(path)) != ContentHash.Of(table))
        {
            throw new GrokException(
                $"{tools.Store.Name} wrote {Path.GetFileName(path)}, and other rows were read back.", "Run again; check disk and memory.",
                kind: ProblemKind.Integrity);
        }
    }
}
