using System.Text;

namespace GrokPipeline.Runs;

/// <summary>The hashes of a folder's files, as <c>sha256sum -c</c> reads them.</summary>
internal sealed class Manifest
{
    /// <summary>The file's name.</summary>
    public const string FileName = "MANIFEST.sha256";

    private readonly SortedDictionary<string, string> _hashes;

    private Manifest(SortedDictionary<string, string> hashes) => _hashes = hashes;

    /// <summary>Relative path, with '/' between folders, to hash; in ordinal order.</summary>
    public IReadOnlyDictionary<string, string> Hashes => _hashes;

    /// <summary>The text of the file.</summary>
    public string Text => string.Concat(_hashes.Select(pair => $"{pair.Value}  {pair.Key}\n"));

    /// <summary>The hash of the text: the identity of all files together.</summary>
    public string Hash => FileHash.OfText(Text);

    /// <summary>A manifest of given hashes.</summary>
    public static Manifest Of(IEnumerable<KeyValuePair<string, string>> hashes) =>
        new(new SortedDictionary<string, string>(hashes.ToDictionary(StringComparer.Ordinal), StringComparer.Ordinal));

    /// <summary>Hashes the files in a folder, those of its record apart.</summary>
    public static Manifest OfFolder(string folder) =>
        Of(Files(folder).Select(path => new KeyValuePair<string, string>(path, FileHash.Of(Path.Combine(folder, path)))));

    /// <summary>Reads the manifest of a folder.</summary>
    /// <exception cref="GrokException">It is missing or not one.</exception>
    public static Manifest Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path)) { throw Broken(path, "is missing."); }
        var hashes = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in File.ReadAllLines(path, Encoding.UTF8))
        {
            var sound = line.Length > FileHash.Digits + 2 && line[FileHash.Digits] == ' ' && line[FileHash.Digits + 1] == ' '
                && line.Take(FileHash.Digits).All(char.IsAsciiHexDigitLower);
            var name = sound ? line[(FileHash.Digits + 2)..] : "";
            sound = sound && !Path.IsPathRooted(name) && !name.Split('/').Contains("..") && hashes.TryAdd(name, line[..FileHash.Digits]);
            if (!sound) { throw Broken(path, "is not a list of hashes."); }
        }
        return new Manifest(hashes);
    }

    /// <summary>What is wrong with a folder's files: changed, missing or added; null when nothing is.</summary>
    public (string Path, string Problem)? FirstDifference(string folder)
    {
        foreach (var (path, hash) in _hashes)
        {
            var file = Path.Combine(folder, path);
            if (!File.Exists(file)) { return (path, "is missing."); }
            if (FileHash.Of(file) != hash) { return (path, "changed since it was written."); }
        }
        return null;
    }

    private static IEnumerable<string> Files(string folder) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(folder, path).Replace('\\', '/'))
            .Where(path => path is not (FileName or StageRecord.FileName));

    private static GrokException Broken(string path, string problem) =>
        new(problem, "Rebuild it with --force.", path, ProblemKind.Integrity);
}
