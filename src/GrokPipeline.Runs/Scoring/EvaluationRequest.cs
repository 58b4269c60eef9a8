using GrokPipeline.Evaluation;

namespace GrokPipeline.Runs.Scoring;

/// <summary>A model to be scored on a file, outside a pipeline.</summary>
public sealed record EvaluationRequest
{
    /// <summary>The ONNX file. It has one input; one output holds a logit for each class.</summary>
    public required string Model { get; init; }

    /// <summary>The Parquet file.</summary>
    public required string Data { get; init; }

    /// <summary>What is computed.</summary>
    public EvaluationOptions Options { get; init; } = new();

    /// <summary>Threads, each with a session of its own; 0 for one per processor. The numbers do not depend on it.</summary>
    public int Threads { get; init; }

    /// <summary>Rows of a call, at least 1.</summary>
    public int Batch { get; init; } = 1024;

    /// <summary>The integer column of groups; null for the one that the data says, empty for none.</summary>
    public string? Groups { get; init; }

    /// <summary>The integer column of the right class; null for the one that data or model say.</summary>
    public string? Target { get; init; }

    /// <summary>The columns of the features, one vector or several numbers; empty for those that data or model say.</summary>
    public IReadOnlyList<string> Features { get; init; } = [];

    /// <summary>The integer columns of the operands, in the order of the model's input; empty for those that data or model say.</summary>
    public IReadOnlyList<string> Operands { get; init; } = [];

    /// <summary>A Parquet file of the train split, whose shares of groups weigh <c>adjusted_accuracy</c>; null for none.</summary>
    public string? Train { get; init; }

    /// <summary>A Parquet file for what the model says about each row; null for none.</summary>
    public string? Predictions { get; init; }

    /// <summary>Refuses to write over a file that is read, or into the folder of a finished stage.</summary>
    /// <exception cref="GrokException">The target is one of them.</exception>
    public void CheckPredictions()
    {
        if (Predictions is not { } path) { return; }
        var full = FullPath(path);
        foreach (var read in ((string?[])[Model, Data, Train]).OfType<string>())
        {
            if (FullPath(read) == full) { throw new GrokException("is read by this command.", "Give predictions another name.", path); }
        }
        for (var folder = Path.GetDirectoryName(full); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (!File.Exists(Path.Combine(folder, StageRecord.FileName))) { continue; }
            throw new GrokException(
                "lies in the folder of a finished stage, whose manifest would no longer hold.", "Give predictions another place.", path);
        }
    }

    // Through links: another name of a file is the file.
    private static string FullPath(string path) =>
        (File.Exists(path) ? File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName : null) ?? Path.GetFullPath(path);
}

/// <summary>The scores of a model on a file.</summary>
/// <param name="Scores">The numbers.</param>
/// <param name="Rows">Rows of the file.</param>
/// <param name="Threads">Threads that were used.</param>
/// <param name="Seconds">Seconds from the first row to the last: reading, running, judging.</param>
public sealed record FileScores(IReadOnlyList<Score> Scores, long Rows, int Threads, double Seconds);
