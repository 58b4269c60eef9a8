using System.Security.Cryptography;
using System.Text;

namespace GrokPipeline.Stages.Files;

/// <summary>One change of the file system, announced before it is made.</summary>
/// <param name="Kind"><c>mkdir</c>, <c>create</c>, <c>write</c>, <c>fsync</c>, <c>rename</c>, <c>exchange</c> or <c>unlink</c>.</param>
/// <param name="Path">What it changes.</param>
internal readonly record struct FileOperation(string Kind, string Path);

/// <summary>
/// All changes of files go through here. A file appears under its name complete, or not at all: it is written beside its place under
/// another name, brought to the disk, and renamed. Each operation is announced to an optional delegate, with which tests count,
/// fail, delay or kill.
/// </summary>
/// <param name="announce">Hears of each operation; null for nobody.</param>
/// <param name="suffix">The end of a temporary file's name: another for a folder on which no lock is held.</param>
internal sealed class DurableFile(Action<FileOperation>? announce = null, string suffix = DurableFile.TemporarySuffix)
{
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerFolder = OwnerFile | UnixFileMode.UserExecute;

    /// <summary>The end of a temporary file's name.</summary>
    public const string TemporarySuffix = ".partial";

    /// <summary>Writes a file whole, in place of one that may be there.</summary>
    /// <param name="path">The final name.</param>
    /// <param name="write">Writes the bytes.</param>
    /// <param name="durable">
    /// False leaves the disk for later: for files of unfinished work, which are brought to the disk before anything relies on them.
    /// </param>
    /// <returns>The SHA-256 of the bytes.</returns>
    public string Replace(string path, Action<Stream> write, bool durable = true)
    {
        var temporary = path + suffix;
        if (File.Exists(temporary)) { Delete(temporary); }                      // left by a process that was killed; its name is ours
        announce?.Invoke(new("create", temporary));
        string hash;
        try
        {
            using (var file = new FileStream(temporary, Creating()))
            {
                using var sha = SHA256.Create();
                using (var hashing = new CryptoStream(file, sha, CryptoStreamMode.Write, leaveOpen: true))
                {
                    announce?.Invoke(new("write", temporary));
                    using var buffered = new BufferedStream(hashing, 1 << 16);
                    write(buffered);
                }
                file.Flush();
                if (durable)
                {
                    announce?.Invoke(new("fsync", temporary));
                    Libc.Sync(file.SafeFileHandle, temporary);
                }
                hash = Convert.ToHexStringLower(sha.Hash!);                     // not null: the stream is closed
            }
        }
        catch
        {
            File.Delete(temporary);                                             // never kept as if it were sound
            throw;
        }
        Rename(temporary, path, durable);
        return hash;
    }

    /// <summary>Writes a text file whole.</summary>
    public string ReplaceText(string path, string text, bool durable = true) =>
        Replace(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)), durable);

    /// <summary>Opens a file to be appended to; it is made when it is not there.</summary>
    public FileStream Append(string path)
    {
        announce?.Invoke(new("create", path));
        var options = Creating();
        options.Mode = FileMode.Append;
        options.Share = FileShare.ReadWrite | FileShare.Delete;
        return new FileStream(path, options);
    }

    /// <summary>Brings an appended file to the disk.</summary>
    public void Sync(FileStream file)
    {
        file.Flush();
        announce?.Invoke(new("fsync", file.Name));
        Libc.Sync(file.SafeFileHandle, file.Name);
    }

    /// <summary>Brings a file that something else wrote to the disk.</summary>
    public void Sync(string path)
    {
        announce?.Invoke(new("fsync", path));
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1);
        Libc.Sync(file.SafeFileHandle, path);
    }

    /// <summary>Brings all files and names below a folder to the disk.</summary>
    public void SyncTree(string folder)
    {
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)) { Sync(path); }
        foreach (var path in Directory.EnumerateDirectories(folder, "*", SearchOption.AllDirectories)) { SyncFolder(path); }
        SyncFolder(folder);
    }

    /// <summary>Brings the names in a folder to the disk.</summary>
    public void SyncFolder(string path)
    {
        announce?.Invoke(new("fsync", path));
        Libc.SyncFolder(path);
    }

    /// <summary>Makes a folder and those above it, readable by their owner alone.</summary>
    public void CreateFolder(string path)
    {
        if (Directory.Exists(path)) { return; }
        announce?.Invoke(new("mkdir", path));
        if (OperatingSystem.IsWindows()) { Directory.CreateDirectory(path); }
        else { Directory.CreateDirectory(path, OwnerFolder); }
    }

    /// <summary>Gives a file or folder its final name, and makes that durable unless told otherwise.</summary>
    public void Rename(string from, string to, bool durable = true)
    {
        announce?.Invoke(new("rename", to));
        if (Directory.Exists(from)) { Directory.Move(from, to); }
        else { File.Move(from, to, overwrite: true); }
        if (durable) { SyncFolder(Path.GetDirectoryName(Path.GetFullPath(to))!); }             // not null: never the root
    }

    /// <summary>Swaps two folders in one step, and makes that durable; false where the system cannot.</summary>
    public bool Exchange(string a, string b)
    {
        announce?.Invoke(new("exchange", b));
        if (!Libc.Exchange(a, b)) { return false; }
        SyncFolder(Path.GetDirectoryName(Path.GetFullPath(a))!);                // not null: never the root
        SyncFolder(Path.GetDirectoryName(Path.GetFullPath(b))!);
        return true;
    }

    /// <summary>Removes a file; none is fine.</summary>
    public void Delete(string path)
    {
        announce?.Invoke(new("unlink", path));
        File.Delete(path);
    }

    /// <summary>Removes a folder with all that is in it; none is fine.</summary>
    public void DeleteFolder(string path)
    {
        if (!Directory.Exists(path)) { return; }
        announce?.Invoke(new("unlink", path));
        Directory.Delete(path, recursive: true);
    }

    private static FileStreamOptions Creating()
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.Read,
            BufferSize = 0
        };
        if (!OperatingSystem.IsWindows()) { options.UnixCreateMode = OwnerFile; }
        return options;
    }
}
