using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace GrokPipeline.Stages.Files;

/// <summary>
/// The right to write a folder, or to rely on it not changing. It is the kernel's lock on an open file: it ends with the process,
/// however that ends. The text inside is information for people only.
/// </summary>
internal sealed class FolderLock : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly bool _writes;

    private FolderLock(SafeFileHandle file, bool writes)
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
    /// <param name="wait">How long to wait; zero for not at all. Null where the command has no <c>--wait</c>, which the remedy names.</param>
    /// <exception cref="GrokException">Another process holds it; the message names the process.</exception>
    public static FolderLock Take(DurableFile files, string path, string what, Libc.Lock kind, TimeProvider clock, TimeSpan? wait = null)
    {
        files.CreateFolder(Path.GetDirectoryName(path)!);                       // not null: below the workspace
        var file = Libc.OpenForLock(path);
        try
        {
            var begin = clock.GetTimestamp();
            while (!Libc.TryLock(file, kind, path))
            {
                if (clock.GetElapsedTime(begin) >= (wait ?? default)) { throw Busy(file, what, wait is not null); }
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
        using var file = Opened(path);
        if (file is null) { return null; }                                      // not ours to look at, so that nobody of ours works there
        return Libc.TryLock(file, Libc.Lock.Shared, path) ? null : Information(file);
    }

    private static SafeFileHandle? Opened(string path)
    {
        try { return Libc.OpenForLock(path); }
        catch (IOException) { return null; }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_writes && !_file.IsClosed) { RandomAccess.SetLength(_file, 0); }
        _file.Dispose();                                                        // closing the file gives the lock back
    }

    private static void Describe(SafeFileHandle file, TimeProvider clock)
    {
        var since = clock.GetLocalNow().ToString("HH:mm", CultureInfo.InvariantCulture);
        var text = $"pid {Environment.ProcessId} on {Environment.MachineName} since {since} (grokpipe {CommandName()})\n";
        RandomAccess.SetLength(file, 0);
        RandomAccess.Write(file, Encoding.UTF8.GetBytes(text), 0);
    }

    private static string CommandName() =>
        Environment.GetCommandLineArgs().Skip(1)
            .FirstOrDefault(argument => argument.Length > 0 && char.IsAsciiLetter(argument[0])) ?? "run";

    private static GrokException Busy(SafeFileHandle file, string what, bool canWait)
    {
        var holder = Information(file) is { Length: > 0 } text ? $"by {text}" : "by another process";
        var remedy = canWait ? "Wait for it, or run again with --wait." : "Wait for it, then run again.";
        return new GrokException($"{what} is in use {holder}.", remedy, kind: ProblemKind.Locked);
    }

    private static string Information(SafeFileHandle file)
    {
        var bytes = new byte[256];
        var length = RandomAccess.Read(file, bytes, 0);
        return new string([.. Encoding.UTF8.GetString(bytes, 0, length).TrimEnd('\n').Where(c => !char.IsControl(c))]);
    }
}
