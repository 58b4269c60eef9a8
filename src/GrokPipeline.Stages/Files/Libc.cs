using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace GrokPipeline.Stages.Files;

/// <summary>
/// The few calls of the C library that .NET lacks or answers wrongly: its own flush reports success when fsync fails, it cannot
/// open a folder, it has no exchange of names, and its lock ignores errors other than "busy".
/// </summary>
internal static class Libc
{
    private const int CloseOnExec = 0x80000;
    private const int ExchangeFlag = 2;
    private const int NonBlocking = 4;
    private const int CurrentFolder = -100;
    private const int TryAgain = 11;
    private const int InvalidArgument = 22;
    private const int NoSuchCall = 38;
    private const int NotSupported = 95;

    /// <summary>How a lock is held.</summary>
    public enum Lock
    {
        /// <summary>Together with other readers.</summary>
        Shared = 1,

        /// <summary>Alone.</summary>
        Exclusive = 2,
    }

    /// <summary>Brings a file's bytes to the disk.</summary>
    public static void Sync(SafeFileHandle file, string path)
    {
        if (!OperatingSystem.IsLinux()) { RandomAccess.FlushToDisk(file); }
        else if (fsync(file) != 0) { throw Failure("fsync", path); }
    }

    /// <summary>Brings a folder's names to the disk.</summary>
    public static void SyncFolder(string path)
    {
        if (!OperatingSystem.IsLinux()) { return; }
        var folder = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x4000 : 0x10000;
        using var handle = open(path, CloseOnExec | folder, 0);
        if (handle.IsInvalid) { throw Failure("open", path); }
        if (fsync(handle) != 0) { throw Failure("fsync", path); }
    }

    /// <summary>
    /// Opens a file to hold a lock, making it when it is not there. .NET's own way of opening takes a lock by itself, so that a second
    /// look at a locked file would fail for a reason that says nothing.
    /// </summary>
    public static SafeFileHandle OpenForLock(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        }
        const int readWrite = 2, create = 0x40, ownerOnly = 0x180;
        var handle = open(path, CloseOnExec | readWrite | create, ownerOnly);
        if (!handle.IsInvalid) { return handle; }
        var error = Marshal.GetLastPInvokeError();
        handle.Dispose();
        throw Failure("open", path, error);
    }

    /// <summary>Swaps two names in one step; false where the system cannot.</summary>
    public static bool Exchange(string a, string b)
    {
        if (!OperatingSystem.IsLinux()) { return false; }
        if (renameat2(CurrentFolder, a, CurrentFolder, b, ExchangeFlag) == 0) { return true; }
        var error = Marshal.GetLastPInvokeError();
        return error is InvalidArgument or NoSuchCall or NotSupported ? false : throw Failure("renameat2", b, error);
    }

    /// <summary>Takes a lock on an open file without waiting; false when another process holds it.</summary>
    public static bool TryLock(SafeFileHandle file, Lock kind, string path)
    {
        if (flock(file, (int)kind | NonBlocking) == 0) { return true; }
        var error = Marshal.GetLastPInvokeError();
        return error == TryAgain ? false : throw Failure("flock", path, error);
    }

    private static IOException Failure(string call, string path, int? error = null)
    {
        var code = error ?? Marshal.GetLastPInvokeError();
        return new IOException(
            string.Create(CultureInfo.InvariantCulture, $"{call} of {path}: {Marshal.GetPInvokeErrorMessage(code)}"), code);
    }

#pragma warning disable IDE1006, SA1300 // names are the C library's
    [DllImport("libc", SetLastError = true)]
    private static extern int fsync(SafeFileHandle file);

    [DllImport("libc", SetLastError = true)]
    private static extern int flock(SafeFileHandle file, int operation);

    [DllImport("libc", SetLastError = true)]
    private static extern SafeFileHandle open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, int mode);

    [DllImport("libc", SetLastError = true)]
    private static extern int renameat2(
        int oldFolder, [MarshalAs(UnmanagedType.LPUTF8Str)] string oldPath, int newFolder,
        [MarshalAs(UnmanagedType.LPUTF8Str)] string newPath, uint flags);
#pragma warning restore IDE1006, SA1300
}
