using GrokPipeline.Runs.Scoring;
using GrokPipeline.Stages.Files;

namespace GrokPipeline.Stages;

/// <summary>Scoring any ONNX file on any table, outside a pipeline.</summary>
public static class ModelEvaluation
{
    private static readonly long LargestModel = Array.MaxLength - 1;

    /// <summary>Scores a file on a table, as <see cref="FileScoring"/> does.</summary>
    /// <param name="tools">The engine and the store.</param>
    /// <param name="request">Files, columns and what is computed.</param>
    /// <exception cref="GrokException">A file is missing or broken, has no rows, or they do not fit together.</exception>
    public static FileScores Score(PipelineTools tools, EvaluationRequest request) =>
        new FileScoring(tools.Store, tools.Open, tools.Clock).Score(request, ReadModel(request.Model));

    /// <summary>Reads a model's file whole, within the format's limit.</summary>
    /// <exception cref="GrokException">It is missing, or larger than a file of the format can be.</exception>
    public static byte[] ReadModel(string path)
    {
        if (!File.Exists(path)) { throw new GrokException("there is no such file.", "Name an ONNX file.", path); }
        return BoundedFile.Read(path, LargestModel) ?? throw new GrokException(
            "is larger than 2 GiB, the format's limit.", "It is no ONNX file.", path, ProblemKind.Integrity);
    }
}
