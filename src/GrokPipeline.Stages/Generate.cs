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
        var sink = new Sink(this, context);
        var card = DatasetBuilder.Write(entry.Spec, sink);
        context.Files.ReplaceText(context.Work.At(Path.Combine(entry.Name, CardName)), card.ToJson(), durable: false);
        var (splits, shifts) = (entry.Splits().Count(), entry.Spec.Shifts.Length);
        var summary = $"{sink.Rows:N0} rows, {Words.Count(splits, "split")}, {Words.Count(shifts, "shift")}";
        return new StageResult(summary, new JsonObject { ["rows"] = sink.Rows });
    }

    // Writes tables as they are made. The store checks nothing of what it wrote; a file that reads back with other rows is not kept.
    private sealed class Sink(Generate stage, StageContext context) : IDatasetSink
    {
        private const int PieceRows = 1 << 13;

        private readonly ITableStore _store = context.Tools.Store;
        private int _written;

        public long Rows { get; private set; }

        public void Write(string name, Table table)
        {
            var path = Begin(name);
            _store.Write(path, table);
            if (ContentHash.Of(_store.Read(path)) != ContentHash.Of(table)) { throw Misread(path); }
            Rows += table.Rows;
        }

        public string Write(string name, TableSchema schema, IEnumerable<Table> pieces, IReadOnlyDictionary<string, string> metadata)
        {
            var path = Begin(name);
            using var hashes = new ColumnHashes(schema.Count);
            using (var writer = _store.Create(path, schema))
            {
                foreach (var piece in pieces)
                {
                    context.ThrowIfStopped();
                    writer.Add(piece);
                    hashes.Add(piece);
                    Rows += piece.Rows;
                }
                writer.Complete(metadata);
            }
            var columns = new List<string>();
            var hash = ContentHash.OfFile(_store, path, PieceRows, columns);
            return hashes.Finish().SequenceEqual(columns) ? hash : throw Misread(path);
        }

        private string Begin(string name)
        {
            context.ThrowIfStopped();
            context.Tell(new StageProgress(stage.Target, _written++, stage.Entry.Distributions().Count(), name));
            return context.Work.At(Path.Combine(stage.Entry.Name, stage.Entry.FileOf(name)));
        }

        private GrokException Misread(string path) => new(
            $"{_store.Name} wrote {Path.GetFileName(path)}, and other rows were read back.", "Run again; check disk and memory.",
            kind: ProblemKind.Integrity);
    }
}
