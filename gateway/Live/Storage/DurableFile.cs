using System.Runtime.InteropServices;
using Gateway.Hosting;

namespace Gateway.Live.Storage;

/// <summary>Makes what was written to a folder survive the loss of power: a file's bytes by its own flush, its name by its folder's.</summary>
/// <remarks>Failures are <see cref="IOException"/>s: what could not be flushed must not be confirmed.</remarks>
internal static class DurableFile
{
    /// <summary>Gives a flushed file its name, unless there is a file of this name, and makes the name durable.</summary>
    /// <returns>False when there is one, and it stayed; its name is durable then, too.</returns>
    /// <remarks>By a <see cref="HardLink"/>, which takes a name or fails.</remarks>
    public static bool Publish(string from, string to)
    {
        var isMine = OperatingSystem.IsWindows() ? TryMove(from, to) : TryLink(from, to);
        FlushFolder(Path.GetDirectoryName(to)!);
        return isMine;
    }

    /// <summary>Makes a folder and those above it that are missing, each durable.</summary>
    public static void CreateFolder(string folder) => CreateFolder(folder, FlushFolder);

    /// <param name="folder">Full path.</param>
    /// <param name="flush">Called for each folder in which a name came to be.</param>
    internal static void CreateFolder(string folder, Action<string> flush)
    {
        if (Directory.Exists(folder)) return;
        var above = Path.GetDirectoryName(folder);
        if (above is not null) CreateFolder(above, flush);
        Directory.CreateDirectory(folder);
        if (above is null) return;
        try
        {
            flush(above);
        }
        catch (IOException)
        {
            // Whoever tries again must not find it: it would be taken for durable.
            TryRemove(folder);
            throw;
        }
    }

    private static void TryRemove(string folder)
    {
        try
        {
            Directory.Delete(folder);
        }
        catch (IOException)
        {
            // Somebody has written to it already.
        }
    }

    public static void FlushFolder(string folder)
    {
        if (FolderFlush.Try(folder, out var isOpened) is var error and not 0) throw Failed(isOpened ? "flushed" : "opened", folder, error);
    }

    private static bool TryMove(string from, string to)
    {
        try
        {
            File.Move(from, to, overwrite: false);
            return true;
        }
        catch (IOException) when (File.Exists(to))
        {
            return false;
        }
    }

    private static bool TryLink(string from, string to)
    {
        var error = HardLink.Create(from, to);
        if (error == HardLink.NameTaken) return false;
        if (error != 0) throw Failed("given a file", Path.GetDirectoryName(to)!, error);
        File.Delete(from);
        return true;
    }

    private static IOException Failed(string what, string folder, int error) => new($"A live folder cannot be {what}: {Marshal.GetPInvokeErrorMessage(error)} ('{folder}').");
}
