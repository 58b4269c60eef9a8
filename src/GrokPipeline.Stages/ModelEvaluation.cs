using GrokPipeline.Evaluation;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Onnx;
using GrokPipeline.Stages.Evaluations;
using GrokPipeline.Stages.Files;
using GrokPipeline.Tables;

namespace GrokPipeline.Stages;

/// <summary>Scoring any ONNX file on any table, outside a pipeline.</summary>
public static class ModelEvaluation
{
    private static readonly long LargestModel = Array.MaxLength - 1;

    /// <summary>
    /// Scores a file on a table, which streams through: memory does not grow with its rows. Each thread has a session of its own, and the
    /// numbers are the same for any number of threads.
    /// </summary>
    /// <param name="tools">The engine and the store.</param>
    /// <param name="request">Files, columns and what is computed.</param>
    /// <exception cref="GrokException">A file is missing or broken, has no rows, or they do not fit together.</exception>
    public static FileScores Score(PipelineTools tools, EvaluationRequest request)
    {
        var bytes = ReadModel(request.Model);
        var signature = Signature(request.Model, bytes);
        if (!File.Exists(request.Data)) { throw new GrokException("there is no such file.", "Name a Parquet file.", request.Data); }
        var header = tools.Store.ReadHeader(request.Data);
        if (header.Rows == 0) { throw new GrokException("has no rows.", "Give a table of at least one row.", request.Data); }
        var columns = DataColumns.Of(request, header, signature);
        var ports = ModelPorts.Of(signature, columns.Facts, request.Model, request.Data);
        var seed = new Seed(0).Derive("evaluate");
        var accumulator = new ScoreAccumulator(
            columns.Facts.Classes, request.Options, seed, columns.Group, Shares(tools, request, columns));
        var threads = request.Threads == 0 ? Environment.ProcessorCount : request.Threads;
        var sessions = new List<ISession>();
        try
        {
            // A thread takes a few batches at a time; more threads than pieces would open sessions for nothing.
            var piece = Math.Max(request.Batch, PieceRows / request.Batch * request.Batch);
            threads = (int)Math.Min(threads, 1 + ((header.Rows - 1) / piece));
            for (var i = 0; i < threads; i++) { sessions.Add(At(request.Model, () => tools.Open(bytes, 1))); }
            var scorers = sessions.Select(session => new BatchScorer(
                session, ports.Input, ports.Output, columns.Facts, request.Batch, accumulator.NeedsOdds, ports.Form)).ToArray();
            using var writer = request.Predictions is { } path ? Writer(tools, path, header, columns) : null;
            var pieces = tools.Store.ReadPieces(request.Data, columns.Read, piece).Select(columns.Packed);
            var begin = tools.Clock.GetTimestamp();
            At(request.Data, () =>
            {
                new PiecePool(pieces, Take).Run([.. scorers.Select(scorer => (Func<Table, long, Predictions>)scorer.Score)]);
                return true;
            });
            var seconds = tools.Clock.GetElapsedTime(begin).TotalSeconds;
            writer?.Complete();
            return new FileScores(accumulator.Finish(), accumulator.Rows, threads, seconds);

            void Take(Table rows, Predictions predictions, long first)
            {
                accumulator.Add(predictions, columns.Group is { } group ? rows.Int64(group) : []);
                writer?.Add(PredictionRows.Of(rows, columns.Facts, predictions, first));
            }
        }
        finally
        {
            foreach (var session in sessions) { session.Dispose(); }
        }
    }

    /// <summary>Reads a model's file whole, within the format's limit.</summary>
    /// <exception cref="GrokException">It is missing, or larger than a file of the format can be.</exception>
    public static byte[] ReadModel(string path)
    {
        if (!File.Exists(path)) { throw new GrokException("there is no such file.", "Name an ONNX file.", path); }
        return BoundedFile.Read(path, LargestModel) ?? throw new GrokException(
            "is larger than 2 GiB, the format's limit.", "It is no ONNX file.", path, ProblemKind.Integrity);
    }

    /// <summary>Reads inputs, outputs and metadata of a model.</summary>
    /// <param name="path">What messages call it.</param>
    /// <param name="bytes">The file.</param>
    /// <exception cref="GrokException">It is no ONNX file, or a damaged one.</exception>
    public static OnnxSignature Signature(string path, byte[] bytes)
    {
        try { return OnnxReader.Signature(bytes); }
        catch (GrokException error)
        {
            // A reader of bytes knows a place in the file at most.
            var where = error.Where is null or "file" ? path : $"{path}, {error.Where}";
            throw new GrokException(error.Problem, error.Remedy, where, error.Kind, error);
        }
    }

    // Rows that a thread takes at a time: enough that threads seldom wait for each other, few enough to be small.
    private const int PieceRows = 8192;

    /// <summary>The share of each value of an integer column.</summary>
    internal static IReadOnlyDictionary<long, double> SharesOf(IEnumerable<long> values)
    {
        var counts = values.CountBy(value => value).ToArray();
        var all = counts.Sum(pair => (long)pair.Value);
        return counts.ToDictionary(pair => pair.Key, pair => pair.Value / (double)all);
    }

    private static IReadOnlyDictionary<long, double>? Shares(PipelineTools tools, EvaluationRequest request, DataColumns columns) =>
        request.Train is not { } train || columns.Group is not { } group ? null : SharesOf(
            tools.Store.ReadPieces(train, [group], 1 << 16).SelectMany(piece => piece.Int64(group).ToArray()));

    private static ITableWriter Writer(PipelineTools tools, string path, TableHeader header, DataColumns columns) =>
        tools.Store.Create(path, PredictionRows.Schema([.. columns.Read.Select(name => header.Schema[name])], columns.Facts));

    // A reader of bytes knows no path; a message needs one.
    private static T At<T>(string path, Func<T> read)
    {
        try { return read(); }
        catch (GrokException error) when (error.Where is null or "file" or "the model")
        {
            throw new GrokException(error.Problem, error.Remedy, path, error.Kind, error);
        }
    }
}
