namespace GrokPipeline.Stages.Files;

/// <summary>
/// A folder that a stage builds in the dark and shows when it is complete. Work lies under <c>.work/</c> in a folder whose name
/// carries the stage's key, so that work with other options is never picked up.
/// </summary>
internal sealed class StageFolder
{
    /// <summary>The folder of unfinished work.</summary>
    public const string WorkName = ".work";

    private readonly DurableFile _files;

    private StageFolder(DurableFile files, string path)
    {
        _files = files;
        Path = path;
    }

    /// <summary>Where the stage builds.</summary>
    public string Path { get; }

    /// <summary>The name of a stage's work folder.</summary>
    public static string WorkPath(string root, string stage, string key) =>
        System.IO.Path.Combine(root, WorkName, $"{stage}-{key[..12]}");

    /// <summary>Opens the work folder of a stage; what an interrupted run left in it stays.</summary>
    public static StageFolder Open(DurableFile files, string root, string stage, string key)
    {
        var path = WorkPath(root, stage, key);
        files.CreateFolder(path);
        return new StageFolder(files, path);
    }

    /// <summary>A path in the work folder, with its folders made.</summary>
    public string At(string relative)
    {
        var path = System.IO.Path.Combine(Path, relative);
        _files.CreateFolder(System.IO.Path.GetDirectoryName(path)!);            // not null: below the work folder
        return path;
    }

    /// <summary>Completes a folder: all its files to the disk, the manifest, then the record as commit mark.</summary>
    /// <param name="files">Makes the changes.</param>
    /// <param name="built">The folder with the files.</param>
    /// <param name="record">The record, its manifest not yet known.</param>
    public static void Seal(DurableFile files, string built, StageRecord record)
    {
        files.Delete(System.IO.Path.Combine(built, StageRecord.FileName));
        var manifest = Manifest.OfFolder(built);
        files.ReplaceText(System.IO.Path.Combine(built, Manifest.FileName), manifest.Text, durable: false);
        files.SyncTree(built);
        files.ReplaceText(System.IO.Path.Combine(built, StageRecord.FileName), (record with { Manifest = manifest.Hash }).Text());
    }

    /// <summary>Moves a complete folder into its place; what stood there is removed afterwards.</summary>
    public static void Place(DurableFile files, string built, string place)
    {
        files.CreateFolder(System.IO.Path.GetDirectoryName(place)!);            // not null: below the workspace
        if (!Directory.Exists(place))
        {
            files.Rename(built, place);
            return;
        }
        if (files.Exchange(built, place))
        {
            files.DeleteFolder(built);
            return;
        }
        var old = built + ".old";
        files.DeleteFolder(old);
        files.Rename(place, old);
        files.Rename(built, place);
        files.DeleteFolder(old);
    }
}
