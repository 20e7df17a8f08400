using System.Runtime.InteropServices;

namespace Gateway.Live.Storage;

/// <summary>Makes what was written to a folder survive the loss of power: a file's bytes by its own flush, its name by its folder's.</summary>
internal static partial class DurableFile
{
    private const int ReadOnly = 0;

    /// <summary>Moves a flushed file to its name and makes the name durable.</summary>
    /// <returns>False when there is a file of this name, and it stayed.</returns>
    public static bool Publish(string from, string to, bool replaces)
    {
        try
        {
            File.Move(from, to, replaces);
        }
        catch (IOException) when (!replaces && File.Exists(to))
        {
            return false;
        }

        FlushFolder(Path.GetDirectoryName(to)!);
        return true;
    }

    /// <summary>A folder is flushed by its own descriptor, which .NET has no way to open.</summary>
    public static void FlushFolder(string folder)
    {
        if (!OperatingSystem.IsLinux() && !OperatingSystem.IsMacOS()) return;
        var descriptor = Open(folder, ReadOnly);
        if (descriptor < 0) return;
        _ = Fsync(descriptor);
        _ = Close(descriptor);
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
