namespace GrokPipeline.Data.Files;

/// <summary>
/// Options of a dataset that reads files of the user's. Paths are relative to the pipeline file's folder and stay below it; what the files
/// hold is part of what the dataset is.
/// </summary>
public interface IFileOptions : IOptions
{
    /// <summary>The same options with the folder that paths start from.</summary>
    /// <param name="folder">The pipeline file's folder.</param>
    IFileOptions In(string folder);

    /// <summary>A hash of the files' bytes; null when no file is read, or when one cannot be.</summary>
    string? ContentHash { get; }
}
