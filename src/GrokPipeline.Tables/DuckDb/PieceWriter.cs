using System.Collections.Frozen;

namespace GrokPipeline.Tables.DuckDb;

/// <summary>
/// Writes a table piece by piece. The engine copies from a table of its own, which is in memory: so that this does not grow, full parts
/// go to files beside the target. The end streams from those into one more, which then takes the target's name: the target is whole or
/// as it was.
/// </summary>
internal sealed class PieceWriter : ITableWriter
{
    /// <summary>Rows of a part.</summary>
    internal const int PartRows = 1 << 18;

    private const string Rows = "rows";

    private readonly string _path;
    private readonly string _whole;
    private readonly TableSchema _schema;
    private readonly DuckDbSession _session;
    private readonly List<string> _parts = [];
    private long _held;
    private bool _negativeZero;

    internal PieceWriter(string path, TableSchema schema, Func<DuckDbSession> open)
    {
        (_path, _whole, _schema) = (path, $"{path}.part", schema);
        try
        {
            // Rows may be hours of work: that the file can be made is known before the first.
            File.Create(_whole).Dispose();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new GrokException(
                $"The table cannot be written: {error.Message}", "Check that the folder exists and may be written to.", path,
                ProblemKind.Failed, error);
        }
        _session = open();
        TableAppender.Create(_session, Rows, schema);
    }

    /// <inheritdoc/>
    public void Add(Table rows)
    {
        if (!rows.Schema.Select(column => (column.Name, column.Kind, column.Width))
            .SequenceEqual(_schema.Select(column => (column.Name, column.Kind, column.Width))))
        {
            throw new GrokException($"Rows of {rows.Schema} were added to a table of {_schema}.", "Give the columns of the table.", _path);
        }
        Try(() => TableAppender.Fill(_session, Rows, rows));
        _negativeZero |= DuckDbStore.HasNegativeZero(rows);
        _held += rows.Rows;
        if (_held >= PartRows) { FlushPart(); }
    }

    /// <inheritdoc/>
    public void Complete(IReadOnlyDictionary<string, string>? metadata = null)
    {
        var from = $"\"{Rows}\"";
        if (_parts.Count > 0)
        {
            FlushPart();
            from = $"(SELECT * FROM read_parquet({Sql.Texts(_parts.Select(Sql.Pattern))}, hive_partitioning = false))";
        }
        Try(() => _session.Execute(
            DuckDbStore.Copy(from, _whole, _schema, metadata ?? FrozenDictionary<string, string>.Empty, _negativeZero)));
        using (var file = new FileStream(_whole, FileMode.Open, FileAccess.ReadWrite)) { file.Flush(flushToDisk: true); }
        File.Move(_whole, _path, overwrite: true);
        DeleteParts();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        DeleteParts();
        _session.Dispose();
    }

    private void FlushPart()
    {
        if (_held == 0) { return; }
        var part = $"{_path}.part-{_parts.Count:D5}";
        _parts.Add(part);
        Try(() =>
        {
            _session.Execute(DuckDbStore.Copy(
                $"\"{Rows}\"", part, _schema, FrozenDictionary<string, string>.Empty, _negativeZero));
            _session.Execute($"DROP TABLE \"{Rows}\"");
            TableAppender.Create(_session, Rows, _schema);
        });
        _held = 0;
    }

    private void DeleteParts()
    {
        foreach (var part in _parts) { File.Delete(part); }
        _parts.Clear();
        File.Delete(_whole);
    }

    private void Try(Action action)
    {
        try { action(); }
        catch (DuckDbException error) { throw DuckDbStore.WriteFailed(_path, error); }
    }
}
