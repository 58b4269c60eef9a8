using GrokPipeline.Evaluation;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Onnx;
using GrokPipeline.Tables;

namespace GrokPipeline.Runs.Scoring;

/// <summary>
/// Scores a model on a table, which streams through: memory does not grow with its rows. Each thread has a session of its own, and the
/// numbers are the same for any number of threads.
/// </summary>
/// <param name="store">Reads the table and writes predictions.</param>
/// <param name="open">Opens the bytes of an ONNX file to be run on some threads.</param>
/// <param name="clock">Measures the seconds.</param>
public sealed class FileScoring(ITableStore store, Func<ReadOnlyMemory<byte>, int, ISession> open, TimeProvider clock)
{
    // Rows that a thread takes at a time: enough that threads seldom wait for each other, few enough to be small.
    private const int PieceRows = 8192;

    /// <summary>Scores.</summary>
    /// <param name="request">Files, columns and what is computed; the model's path is what messages call it.</param>
    /// <param name="model">The bytes of the ONNX file.</param>
    /// <exception cref="GrokException">A file is missing or broken, has no rows, or they do not fit together.</exception>
    public FileScores Score(EvaluationRequest request, ReadOnlyMemory<byte> model)
    {
        var signature = Signature(request.Model, model.Span);
        if (!File.Exists(request.Data)) { throw new GrokException("there is no such file.", "Name a Parquet file.", request.Data); }
        request.CheckPredictions();
        var header = store.ReadHeader(request.Data);
        if (header.Rows == 0) { throw new GrokException("has no rows.", "Give a table of at least one row.", request.Data); }
        var columns = DataColumns.Of(request, header, signature);
        var ports = ModelPorts.Of(signature, columns, request.Model, request.Data);
        if (columns.Facts.IsReal)
        {
            return At(
                request.Data,
                () => RealFileScoring.Score(request, columns, ports, store, () => At(request.Model, () => open(model, 1)), clock),
                request.Model);
        }
        RealFileScoring.CheckClasses(request);
        var accumulator = new ScoreAccumulator(
            columns.Facts.Classes, request.Options, new Seed(0).Derive("evaluate"), columns.Group, Shares(request, columns));
        var parts = request.Options.Needs(columns.Group is not null, request.Predictions is not null);
        using var writer = request.Predictions is { } path ? Writer(path, header, columns) : null;
        // A thread takes a few batches at a time; more threads than pieces would open sessions for nothing.
        var piece = Math.Max(request.Batch, PieceRows / request.Batch * request.Batch);
        var threads = (int)Math.Min(request.Threads == 0 ? Environment.ProcessorCount : request.Threads, 1 + ((header.Rows - 1) / piece));
        var sessions = new List<ISession>();
        try
        {
            for (var i = 0; i < threads; i++) { sessions.Add(At(request.Model, () => open(model, 1))); }
            var scorers = sessions.Select(session => new BatchScorer(
                session, ports.Input, ports.Output, columns.Facts, request.Batch, parts, ports.Form)
            { Parts = columns.Parts }).ToArray();
            var pieces = store.ReadPieces(request.Data, columns.Read, piece).Select(columns.Packed);
            var begin = clock.GetTimestamp();
            At(request.Data, () =>
            {
                new PiecePool(pieces, Take).Run([.. scorers.Select(scorer => (Func<Table, long, Predictions>)scorer.Score)]);
                return true;
            }, request.Model);
            var seconds = clock.GetElapsedTime(begin).TotalSeconds;
            writer?.Complete();
            return new FileScores(accumulator.Finish(), accumulator.Rows, threads, seconds);

            void Take(Table rows, Predictions predictions, long first)
            {
                accumulator.Add(predictions, columns.Group is { } group ? rows.Groups(group) : []);
                writer?.Add(PredictionRows.Of(rows, columns.Facts, predictions, first));
            }
        }
        finally
        {
            foreach (var session in sessions) { session.Dispose(); }
        }
    }

    /// <summary>Reads inputs, outputs and metadata of a model.</summary>
    /// <param name="path">What messages call it.</param>
    /// <param name="bytes">The file.</param>
    /// <exception cref="GrokException">It is no ONNX file, or a damaged one.</exception>
    public static OnnxSignature Signature(string path, ReadOnlySpan<byte> bytes)
    {
        try { return OnnxReader.Signature(bytes); }
        catch (GrokException error)
        {
            // A reader of bytes knows a place in the file at most.
            var where = error.Where is null or "file" ? path : $"{path}, {error.Where}";
            throw new GrokException(error.Problem, error.Remedy, where, error.Kind, error);
        }
    }

    /// <summary>The share of each value of an integer column.</summary>
    internal static IReadOnlyDictionary<long, double> SharesOf(IEnumerable<long> values)
    {
        var counts = values.CountBy(value => value).ToArray();
        var all = counts.Sum(pair => (long)pair.Value);
        return counts.ToDictionary(pair => pair.Key, pair => pair.Value / (double)all);
    }

    private IReadOnlyDictionary<long, double>? Shares(EvaluationRequest request, DataColumns columns) =>
        request.Train is not { } train || columns.Group is not { } group ? null : SharesOf(
            store.ReadPieces(train, [group], 1 << 16).SelectMany(piece => piece.Groups(group).ToArray()));

    private ITableWriter Writer(string path, TableHeader header, DataColumns columns) =>
        store.Create(path, PredictionRows.Schema([.. columns.Read.Select(name => header.Schema[name])], columns.Facts));

    // A session knows no path, and a reader of rows neither; a message needs one.
    private static T At<T>(string path, Func<T> read, string? model = null)
    {
        try { return read(); }
        catch (GrokException error) when (error.Where is null or "file" or BatchScorer.AtModel or "the model")
        {
            var where = error.Where is BatchScorer.AtModel or "the model" ? model ?? path : path;
            throw new GrokException(error.Problem, error.Remedy, where, error.Kind, error);
        }
    }
}
