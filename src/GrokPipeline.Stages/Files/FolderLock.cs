using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace GrokPipeline.Stages.Files;

/// <summary>
/// The right to write a folder, or to rely on it not changing. It is the kernel's lock on an open file: it ends with the process,
/// however that ends. The text inside is information for people only.
/// </summary>
internal sealed class FolderLock : IDisposable
{
    private readonly FileStream _file;
    private readonly bool _writes;

    private FolderLock(FileStream file, bool writes)
    {
        _file = file;
        _writes = writes;
    }

    /// <summary>Takes a lock, waiting up to <paramref name="wait"/> for it.</summary>
    /// <param name="files">Makes the folder when it is not there.</param>
    /// <param name="path">The lock file.</param>
    /// <param name="what">What messages call the locked thing: <c>models/equidistant</c>.</param>
    /// <param name="kind">Alone, or with other readers.</param>
    /// <param name="clock">Says since when.</param>
    /// <param name="wait">How long to wait; zero for not at all.</param>
    /// <exception cref="GrokException">Another process holds it; the message names the process.</exception>
    public static FolderLock Take(DurableFile files, string path, string what, Libc.Lock kind, TimeProvider clock, TimeSpan wait = default)
    {
        files.CreateFolder(Path.GetDirectoryName(path)!);                       // not null: below the workspace
        var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, 1);
        try
        {
            var begin = clock.GetTimestamp();
            while (!Libc.TryLock(file.SafeFileHandle, kind, path))
            {
                if (clock.GetElapsedTime(begin) >= wait) { throw Busy(file, what); }
                Thread.Sleep(50);
            }
            if (kind == Libc.Lock.Exclusive) { Describe(file, clock); }
            return new FolderLock(file, kind == Libc.Lock.Exclusive);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Who holds a lock, in words; null when nobody does.</summary>
    public static string? Holder(string path)
    {
        if (!File.Exists(path)) { return null; }
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, 1);
        return Libc.TryLock(file.SafeFileHandle, Libc.Lock.Shared, path) ? null : Information(file);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_writes) { _file.SetLength(0); }
        _file.Dispose();                                                        // closing the file gives the lock back
    }

    private static void Describe(FileStream file, TimeProvider clock)
    {
        var since = clock.GetLocalNow().ToString("HH:mm", CultureInfo.InvariantCulture);
        using var self = Process.GetCurrentProcess();
        var text = $"pid {self.Id} on {Environment.MachineName} since {since} (grokpipe {CommandName()})\n";
        file.SetLength(0);
        file.Position = 0;
        file.Write(Encoding.UTF8.GetBytes(text));
        file.Flush();
    }

    private static string CommandName() =>
        Environment.GetCommandLineArgs().Skip(1).FirstOrDefault(argument => argument.Length > 0 && char.IsAsciiLetter(argument[0])) ?? "run";

    private static GrokException Busy(FileStream file, string what)
    {
        var holder = Information(file) is { Length: > 0 } text ? $"by {text}" : "by another process";
        return new GrokException($"{what} is in use {holder}.", "Wait for it, or run again with --wait.", kind: ProblemKind.Locked);
    }

    private static string Information(FileStream file)
    {
        var bytes = new byte[256];
        file.Position = 0;
        var length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return new string([.. Encoding.UTF8.GetString(bytes, 0, length).TrimEnd('\n').Where(c => !char.IsControl(c))]);
    }
}
