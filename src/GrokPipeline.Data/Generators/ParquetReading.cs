using System.Collections.Immutable;
using GrokPipeline.Data.Files;
using GrokPipeline.Tables;
using GrokPipeline.Tables.DuckDb;

namespace GrokPipeline.Data.Generators;

/// <summary>Reads the columns that options name from a Parquet file of any program, within bounds.</summary>
internal sealed class ParquetReading
{
    private const long MostElements = 1L << 29;                                          // 2 GiB of float32
    private const int PieceRows = 1 << 14;

    // Facts are needed before anything runs, so that the file is opened here and not by a stage; any store reads the same rows.
    private readonly DuckDbStore _store = new();
    private readonly ParquetOptions _options;
    private readonly SourceFile _file;
    private readonly TableHeader _header;

    /// <summary>Finds the file and looks at its columns.</summary>
    /// <exception cref="GrokException">The file is missing, no table, another one than its SHA-256 says, or lacks a column.</exception>
    internal ParquetReading(ParquetOptions options)
    {
        (_options, _file) = (options, SourceFile.Find(options.Folder, options.Path));
        if (options.Sha256.Length > 0 && !string.Equals(options.Sha256, _file.Hash, StringComparison.OrdinalIgnoreCase))
        {
            throw new GrokException(
                $"'{_file.Name}' has the SHA-256 {_file.Hash}; {options.Sha256} was expected.", "Put the right file there, or correct sha256.",
                kind: ProblemKind.Integrity);
        }
        _header = Named(() => _store.ReadHeader(_file.Path));
        FeatureColumns = [.. options.Features.IsDefault ? [] : options.Features.SelectMany(Matching)];
        Operands = options.Operands.IsDefault ? [] : options.Operands;
        string[] others = [options.Target, options.Group, options.SplitColumn];
        Columns = [.. FeatureColumns.Concat(Operands).Concat(others.Where(name => name.Length > 0)).Select(Known)];
        if (Columns.GroupBy(name => name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(same => same.Count() > 1) is { } twice)
        {
            throw new GrokException($"Column '{twice.Key}' of '{_file.Name}' is named for two purposes.", "Name each column once.");
        }
        if (_header.Rows is < 2 or > DrawnDataset.MostRows)
        {
            throw new GrokException($"'{_file.Name}' has {_header.Rows:N0} rows.", $"Give 2 to {DrawnDataset.MostRows:N0} rows.");
        }
    }

    /// <summary>The file's name and hash, for the data card.</summary>
    internal string Note => $"Rows of {_file.Name}, SHA-256 {_file.Hash}.";

    /// <summary>The columns of features, patterns resolved; empty for operands.</summary>
    internal ImmutableArray<string> FeatureColumns { get; }

    /// <summary>The columns of operands; empty for features.</summary>
    internal ImmutableArray<string> Operands { get; }

    private ImmutableArray<string> Columns { get; }

    /// <summary>Reads all rows: features become one column <c>x</c>, other columns keep their names.</summary>
    /// <exception cref="GrokException">A cell is missing or no finite number, or there is too much.</exception>
    internal Table Read() => Named(() => Joined(Pieces()));

    private List<Table> Pieces()
    {
        var pieces = new List<Table>();
        var rows = 0L;
        foreach (var piece in _store.ReadPieces(_file.Path, Columns, PieceRows))
        {
            var width = FeatureColumns.Sum(name => (long)piece.Schema[name].Width);
            if ((rows + piece.Rows) * Math.Max(1, width) > MostElements)
            {
                throw new GrokException(
                    $"'{_file.Name}' has {_header.Rows:N0} rows of {width:N0} features.",
                    $"At most {MostElements:N0} numbers are read: take fewer rows or features.");
            }
            pieces.Add(FeatureColumns.IsEmpty ? piece : WithFeatures(piece, (int)width, rows));
            rows += piece.Rows;
        }
        return pieces;
    }

    // The columns of features side by side, each number finite.
    private Table WithFeatures(Table piece, int width, long firstRow)
    {
        var (x, at) = (new float[piece.Rows * width], 0);
        foreach (var name in FeatureColumns)
        {
            var (cells, own) = (Numbers(piece, name), piece.Schema[name].Width);
            for (var i = 0; i < cells.Length; i++)
            {
                if (!float.IsFinite(cells[i]))
                {
                    throw new GrokException(
                        $"Column '{name}' of '{_file.Name}' holds {cells[i]} in row {firstRow + (i / own)}; features are finite numbers.",
                        "Leave out or fill such rows.");
                }
                x[(i / own * width) + at + (i % own)] = cells[i];
            }
            at += own;
        }
        var features = ColumnValues.Vector("x", width, x, "Features");
        return Table.Of([features, .. Columns.Skip(FeatureColumns.Length).Select(name => Cells(piece, name))]);
    }

    private float[] Numbers(Table piece, string name) => piece.Schema[name].Kind switch
    {
        ColumnKind.Vector => piece.Vector(name).ToArray(),
        ColumnKind.Float32 => piece.Float32(name).ToArray(),
        ColumnKind.Float64 => Array.ConvertAll(piece.Float64(name).ToArray(), value => (float)value),
        ColumnKind.Int64 => Array.ConvertAll(piece.Int64(name).ToArray(), value => (float)value),
        ColumnKind.Bool => Array.ConvertAll(piece.Bool(name).ToArray(), value => value ? 1f : 0f),
        _ => throw new GrokException(
            $"Column {piece.Schema[name]} of '{_file.Name}' was to be a feature.", "Give columns of numbers, or of lists of numbers."),
    };

    private static ColumnValues Cells(Table table, string name) => table.Schema[name].Kind switch
    {
        ColumnKind.Int64 => ColumnValues.Of(name, table.Int64(name).ToArray()),
        ColumnKind.Float32 => ColumnValues.Of(name, table.Float32(name).ToArray()),
        ColumnKind.Float64 => ColumnValues.Of(name, table.Float64(name).ToArray()),
        ColumnKind.Text => ColumnValues.Of(name, table.Text(name).ToArray()),
        ColumnKind.Bool => ColumnValues.Of(name, table.Bool(name).ToArray()),
        _ => ColumnValues.Vector(name, table.Schema[name].Width, table.Vector(name).ToArray()),
    };

    private static Table Joined(List<Table> pieces) => pieces.Count == 1 ? pieces[0] : Table.Of(
        [.. pieces[0].Schema.Select(column => column.Kind switch
        {
            ColumnKind.Int64 => ColumnValues.Of(column.Name, [.. pieces.SelectMany(piece => piece.Int64(column.Name).ToArray())]),
            ColumnKind.Float32 => ColumnValues.Of(column.Name, [.. pieces.SelectMany(piece => piece.Float32(column.Name).ToArray())]),
            ColumnKind.Float64 => ColumnValues.Of(column.Name, [.. pieces.SelectMany(piece => piece.Float64(column.Name).ToArray())]),
            ColumnKind.Text => ColumnValues.Of(column.Name, [.. pieces.SelectMany(piece => piece.Text(column.Name))]),
            ColumnKind.Bool => ColumnValues.Of(column.Name, [.. pieces.SelectMany(piece => piece.Bool(column.Name).ToArray())]),
            _ => ColumnValues.Vector(column.Name, column.Width, JoinedVectors(pieces, column.Name)),
        })]);

    private static float[] JoinedVectors(List<Table> pieces, string name)
    {
        var (all, at) = (new float[pieces.Sum(piece => piece.Vector(name).Length)], 0);
        foreach (var piece in pieces)
        {
            piece.Vector(name).CopyTo(all.AsSpan(at));
            at += piece.Vector(name).Length;
        }
        return all;
    }

    private IEnumerable<string> Matching(string pattern)
    {
        if (!pattern.EndsWith('*')) { return [pattern]; }
        var names = _header.Schema.Select(column => column.Name)
            .Where(name => name.StartsWith(pattern[..^1], StringComparison.Ordinal)).ToArray();
        return names.Length > 0 ? names : throw Lacks(pattern);
    }

    private string Known(string name) => _header.Schema.Contains(name) ? _header.Schema[name].Name : throw Lacks(name);

    private GrokException Lacks(string name)
    {
        var names = _header.Schema.Select(column => column.Name).ToArray();
        var told = string.Join(", ", names.Take(20)) + (names.Length > 20 ? $" and {names.Length - 20} more" : "");
        return new($"'{_file.Name}' has no column '{name}'.{Spelling.Suggestion(name, names)}", $"Its columns are {told}.");
    }

    // The store tells where it looked; a user knows the file by the name that the pipeline file gives it.
    private T Named<T>(Func<T> read)
    {
        try { return read(); }
        catch (GrokException e) when (e.Where == _file.Path)
        {
            throw new GrokException($"'{_file.Name}': {e.Problem}", e.Remedy, kind: e.Kind, cause: e);
        }
    }
}
