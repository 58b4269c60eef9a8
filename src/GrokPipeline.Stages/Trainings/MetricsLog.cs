using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using GrokPipeline.Stages.Files;
using GrokPipeline.Tables;
using GrokPipeline.Training;

namespace GrokPipeline.Stages.Trainings;

/// <summary>
/// What a training measured so far: lines that are appended while it runs (<c>metrics/live.jsonl</c>, for those who watch) and become
/// a table at the end. A resume drops what lies after its step, so that no step is doubled or missing.
/// </summary>
internal sealed class MetricsLog : IDisposable
{
    private readonly DurableFile _files;
    private readonly FileStream _file;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly List<(long Step, Measurement Measurement)> _rows = [];
    private long _bytes;

    private MetricsLog(DurableFile files, FileStream file) => (_files, _file) = (files, file);

    /// <summary>The schema of <c>metrics.parquet</c>.</summary>
    public static TableSchema Schema { get; } =
    [
        new("experiment", ColumnKind.Text) { Description = "Name of the experiment." },
        new("step", ColumnKind.Int64) { Description = "Optimizer steps done; 0 is the untrained model." },
        new("split", ColumnKind.Text) { Description = "Split of the dataset, or model." },
        new("metric", ColumnKind.Text) { Description = "What was measured." },
        new("value", ColumnKind.Float64) { Description = "The number." },
    ];

    /// <summary>The rows so far, by step.</summary>
    public IReadOnlyList<(long Step, Measurement Measurement)> Rows => _rows;

    /// <summary>How much of the file belongs to the rows so far, and the hash of that much.</summary>
    public (long Bytes, string Sha256) Position => (_bytes, Convert.ToHexStringLower(_hash.GetCurrentHash()));

    /// <summary>Opens the log, keeping its first bytes: those that a resume point vouches for.</summary>
    /// <exception cref="GrokException">They are not what the resume point saw.</exception>
    public static MetricsLog Open(DurableFile files, string path, long bytes, string? sha256)
    {
        var kept = bytes == 0 || !File.Exists(path) ? [] : File.ReadAllBytes(path);
        if (kept.Length < bytes) { throw Damaged(path); }
        kept = kept[..checked((int)bytes)];
        if (sha256 is not null && Convert.ToHexStringLower(SHA256.HashData(kept)) != sha256) { throw Damaged(path); }
        files.Replace(path, stream => stream.Write(kept));
        var log = new MetricsLog(files, files.Append(path));
        foreach (var line in Encoding.UTF8.GetString(kept).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            log._rows.AddRange(Parse(line, path));
        }
        log._hash.AppendData(kept);
        log._bytes = kept.Length;
        return log;
    }

    /// <summary>Adds the measurements of a step; none is fine.</summary>
    public void Add(long step, IEnumerable<Measurement> measurements)
    {
        var line = new StringBuilder();
        foreach (var measurement in measurements)
        {
            _rows.Add((step, measurement));
            var number = measurement.Value.ToString("R", CultureInfo.InvariantCulture);
            var value = double.IsFinite(measurement.Value) ? number : $"\"{number}\"";
            line.Append(line.Length == 0 ? $"{{\"step\":{step},\"values\":[" : ",")
                .Append($"[\"{measurement.Split}\",\"{measurement.Metric}\",{value}]");
        }
        if (line.Length == 0) { return; }
        var bytes = Encoding.UTF8.GetBytes(line.Append("]}\n").ToString());
        _file.Write(bytes);
        _hash.AppendData(bytes);
        _bytes += bytes.Length;
    }

    /// <summary>Brings what was added to the disk.</summary>
    public void Sync() => _files.Sync(_file);

    /// <summary>All rows as a table.</summary>
    public Table ToTable(string experiment)
    {
        var builder = new TableBuilder(Schema);
        foreach (var (step, m) in _rows) { builder.Add(experiment, step, m.Split, m.Metric, m.Value); }
        return builder.ToTable();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _file.Dispose();
        _hash.Dispose();
    }

    private static List<(long, Measurement)> Parse(string line, string path)
    {
        var rows = new List<(long, Measurement)>();
        try
        {
            using var json = JsonDocument.Parse(line, new JsonDocumentOptions { MaxDepth = 8 });
            var step = json.RootElement.GetProperty("step").GetInt64();
            foreach (var item in json.RootElement.GetProperty("values").EnumerateArray())
            {
                var value = item[2].ValueKind == JsonValueKind.String
                    ? double.Parse(item[2].GetString()!, CultureInfo.InvariantCulture)             // not null: a string
                    : item[2].GetDouble();
                rows.Add((step, new Measurement(item[0].GetString()!, item[1].GetString()!, value)));
            }
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw Damaged(path, error);
        }
        return rows;
    }

    private static GrokException Damaged(string path, Exception? cause = null) => new(
        "changed since it was written.", "Delete the folder it lies in, or run with --force.", path, ProblemKind.Integrity, cause);
}
