using System.Globalization;
using GrokPipeline.Stages.Files;

namespace GrokPipeline.Stages.Exports;

/// <summary>
/// A place that a user named for exported files. No lock is held on it: temporary files carry the process's number, so that two exports
/// into one folder do not take each other's.
/// </summary>
internal sealed class ExportPlace
{
    private readonly DurableFile _files = new(
        suffix: string.Create(CultureInfo.InvariantCulture, $".{Environment.ProcessId}{DurableFile.TemporarySuffix}"));

    private ExportPlace(string folder) => Folder = folder;

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>A folder, which is made if it is not there.</summary>
    /// <exception cref="GrokException">It is a file, or cannot be made.</exception>
    public static ExportPlace OfFolder(string folder)
    {
        if (File.Exists(folder)) { throw new GrokException("is a file.", "Name a folder with --out.", folder); }
        var place = new ExportPlace(folder);
        try { place._files.CreateFolder(folder); }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new GrokException($"cannot be made: {error.Message}", "Name another folder with --out.", folder, cause: error);
        }
        return place;
    }

    /// <summary>The folder of a file, which is made if it is not there.</summary>
    /// <exception cref="GrokException">The file is a folder, or its folder cannot be made.</exception>
    public static ExportPlace OfFile(string path) => Directory.Exists(path)
        ? throw new GrokException("is a folder.", "Name a file with --out.", path)
        : OfFolder(Path.GetDirectoryName(Path.GetFullPath(path)) ?? ".");

    /// <summary>Writes a file, in place of one that may be there.</summary>
    /// <returns>Its path.</returns>
    public string Write(string name, Action<Stream> write)
    {
        var path = Path.Combine(Folder, name);
        _files.Replace(path, write, durable: false);
        return path;
    }
}
