using System.Globalization;
using GrokPipeline.Evaluation;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Tables;

namespace GrokPipeline.Runs.Scoring;

/// <summary>Scores a model of real targets on a table, which streams through one thread.</summary>
internal static class RealFileScoring
{
    private const int PieceRows = 8192;

    /// <summary>Scores.</summary>
    /// <param name="request">What is computed.</param>
    /// <param name="columns">Which columns are what.</param>
    /// <param name="ports">Where the model takes rows and gives numbers.</param>
    /// <param name="store">Reads the table.</param>
    /// <param name="open">Opens the model.</param>
    /// <param name="clock">Measures the seconds.</param>
    /// <exception cref="GrokException">Something is asked for that only classes have, or a row is broken.</exception>
    public static FileScores Score(
        EvaluationRequest request, DataColumns columns, ModelPorts ports, ITableStore store, Func<ISession> open, TimeProvider clock)
    {
        Check(request);
        using var session = open();
        var scores = new RealScores(columns.Facts, request.Options, new Seed(0).Derive("evaluate"));
        var (begin, first) = (clock.GetTimestamp(), 0L);
        foreach (var piece in store.ReadPieces(request.Data, columns.Read, PieceRows))
        {
            var rows = columns.Packed(piece);
            RealScorer.Add(
                scores, session, (ports.Input, ports.Form, ports.Output), rows, columns.Facts, request.Batch, first, columns.Parts);
            first += rows.Rows;
        }
        return new FileScores(scores.Finish(), scores.Rows, 1, clock.GetElapsedTime(begin).TotalSeconds);
    }

    /// <summary>Refuses metrics that only real targets have, for a model of classes.</summary>
    /// <exception cref="GrokException">One is asked for.</exception>
    public static void CheckClasses(EvaluationRequest request)
    {
        if (request.Options.Metrics.FirstOrDefault(name => !Metric.All.ContainsKey(name)) is not { } name) { return; }
        throw new GrokException(
            $"{name} is a metric of real targets; the model tells classes apart.",
            $"Use some of: {string.Join(", ", Metric.All.Keys.Order(StringComparer.Ordinal))}.", request.Model);
    }

    // Metrics beyond those that nobody named: ece and brier are of the default, and are left out of real targets.
    private static void Check(EvaluationRequest request)
    {
        var foreign = request.Options.Metrics.Except(new EvaluationOptions().Metrics)
            .FirstOrDefault(name => !Metric.OfReal.ContainsKey(name));
        if (foreign is null && request.Predictions is null && string.IsNullOrEmpty(request.Groups)) { return; }
        var what = foreign is not null ? $"{foreign} is computed"
            : request.Predictions is null ? "groups are scored" : "predictions are written";
        throw new GrokException(
            string.Create(CultureInfo.InvariantCulture, $"{what} for classes only; the targets are real numbers."),
            $"Leave it out; metrics of real targets are {string.Join(", ", Metric.OfReal.Keys.Order(StringComparer.Ordinal))}.",
            request.Model);
    }
}
