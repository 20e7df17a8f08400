using System.Runtime.InteropServices;

namespace Gateway.Hosting;

/// <summary>Makes the names in a folder survive the loss of power. A folder is flushed by its own descriptor, which .NET has no way to open.</summary>
internal static partial class FolderFlush
{
    private const int ReadOnly = 0;

    /// <summary>EINVAL, the same on Linux and macOS: this file system has no flush of a folder (PostgreSQL's fsync_fname lets it pass as well).</summary>
    private const int NotSupported = 22;

    /// <param name="folder">Its path.</param>
    /// <param name="isOpened">Whether it was opened, and an error is the flush's.</param>
    /// <returns>0, also where there is no such flush; or the number of the error.</returns>
    public static int Try(string folder, out bool isOpened)
    {
        isOpened = true;
        if (OperatingSystem.IsWindows()) return 0;
        var descriptor = Open(folder, ReadOnly);
        isOpened = descriptor >= 0;
        if (!isOpened) return Marshal.GetLastPInvokeError();
        var error = Fsync(descriptor) == 0 ? 0 : Marshal.GetLastPInvokeError();
        _ = Close(descriptor);
        return error == NotSupported ? 0 : error;
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
