using GrokPipeline.Engines.OnnxRuntime;
using GrokPipeline.Evaluation;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Runs.Scoring;
using GrokPipeline.Tables.DuckDb;

namespace GrokPipeline.Checkpoints;

/// <summary>Scores a checkpoint's model on a table.</summary>
public static class CheckpointEvaluation
{
    /// <summary>Metrics of a model on a Parquet file, with their intervals. The file streams through; one thread.</summary>
    /// <param name="model">The model.</param>
    /// <param name="parquet">The file. What its columns mean is said by its metadata, or else by the model's.</param>
    /// <param name="options">What is computed; accuracy, loss and calibration unless said.</param>
    /// <returns>Over all rows, and over each group where the dataset has groups.</returns>
    /// <exception cref="GrokException">The file is missing or none, or its rows do not fit the model.</exception>
    public static IReadOnlyList<Score> Evaluate(this CheckpointModel model, string parquet, EvaluationOptions? options = null)
    {
        var scoring = new FileScoring(
            new DuckDbStore(), (bytes, threads) => OnnxRuntimeEngine.Open(bytes, new CompileOptions { Threads = threads }),
            TimeProvider.System);
        var request = new EvaluationRequest { Model = model.Path, Data = parquet, Options = options ?? new(), Threads = 1 };
        return scoring.Score(request, model.File).Scores;
    }
}
