using GrokPipeline.Stages.Configuration;
using GrokPipeline.Stages.Files;

namespace GrokPipeline.Stages.Reproductions;

/// <summary>A row of the user's own.</summary>
public static class ReproductionFile
{
    /// <summary>Reads a pipeline file with a section <c>reproduction</c>.</summary>
    /// <exception cref="GrokException">It is missing, wrong, or has no such section.</exception>
    public static ReproductionRow Read(string path)
    {
        PipelineFile.Read(path);                                                     // all that is wrong in it is told at once
        var text = BoundedFile.Read(path, YamlReader.MaximumBytes) ?? [];
        return ReproductionRow.Of(path, text);
    }
}
