using Gateway.Hosting;
using Microsoft.Win32.SafeHandles;

namespace Gateway.Caching.Disk;

/// <summary>
/// The files of the tier's folder: made for their owner alone, read and written at positions, through the system's page cache. Blocking: only threads of the tier come here, and an
/// operator's purge.
/// </summary>
/// <param name="folder">An absolute path.</param>
internal sealed class DiskFiles(string folder)
{
    /// <summary>The system's number for a socket that is opened as a file, ENXIO.</summary>
    private const int NoSuchDevice = 6;

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Called before each operation; a test lets the disk fail here.</summary>
    public Action<DiskOperation>? Before { get; set; }

    /// <summary>The same before each sync.</summary>
    public Action? BeforeSync { get; set; }

    public string Folder => folder;

    /// <summary>Makes the folder, unless it is there.</summary>
    public void MakeFolder()
    {
        Before?.Invoke(DiskOperation.Open);
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
    }

    /// <summary>Opens a file that no other process may open so.</summary>
    public SafeFileHandle Lock(string name) => Open(name, FileMode.OpenOrCreate, FileShare.None, 0);

    /// <summary>Opens a file of exactly this length; one of another length is made anew, with its space allocated. Null when it is missing and is not to be made.</summary>
    public SafeFileHandle? Open(string name, long bytes, bool make)
    {
        Before?.Invoke(DiskOperation.Open);
        var file = new FileInfo(Path.Combine(folder, name));
        if (file.Exists && file.Length == bytes) return Open(name, FileMode.Open, FileShare.ReadWrite, 0);
        if (!make) return null;
        file.Delete();
        var handle = Open(name, FileMode.CreateNew, FileShare.ReadWrite, bytes);
        try
        {
            RandomAccess.SetLength(handle, bytes);
            return handle;
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Opens a file that may be of any length, and is made when it is missing.</summary>
    public SafeFileHandle OpenAny(string name)
    {
        Before?.Invoke(DiskOperation.Open);
        return Open(name, FileMode.OpenOrCreate, FileShare.ReadWrite, 0);
    }

    public void Delete(string name) => File.Delete(Path.Combine(folder, name));

    /// <summary>Deletes every file whose name begins so.</summary>
    public void DeleteAll(string prefix)
    {
        foreach (var path in Directory.EnumerateFiles(folder, prefix + "*")) File.Delete(path);
    }

    /// <summary>Names of the files that begin so.</summary>
    public string[] Named(string prefix) => [.. Directory.EnumerateFiles(folder, prefix + "*").Select(static path => Path.GetFileName(path))];

    /// <summary>Makes a file with these bytes, synced.</summary>
    public void WriteWhole(string name, ReadOnlySpan<byte> bytes)
    {
        using var file = Open(name, FileMode.CreateNew, FileShare.None, 0);
        Write(file, bytes, 0);
        Sync(file);
    }

    /// <summary>Gives a file another name, in place of a file that has it, and makes the name survive a loss of power.</summary>
    public void Rename(string name, string other)
    {
        File.Move(Path.Combine(folder, name), Path.Combine(folder, other), overwrite: true);
        BeforeSync?.Invoke();
        if (FolderFlush.Try(folder, out _) is var error and not 0) throw new IOException("The folder of the cache's disk cannot be flushed.", error);
    }

    /// <summary>Reads as many bytes as there are; returns their number.</summary>
    public int Read(SafeFileHandle file, Span<byte> into, long offset)
    {
        Before?.Invoke(DiskOperation.Read);
        var read = 0;
        while (read < into.Length)
        {
            var count = RandomAccess.Read(file, into[read..], offset + read);
            if (count == 0) break;
            read += count;
        }

        return read;
    }

    public void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset)
    {
        Before?.Invoke(DiskOperation.Write);
        RandomAccess.Write(file, bytes, offset);
    }

    /// <summary>Makes what was written survive a loss of power.</summary>
    public void Sync(SafeFileHandle file)
    {
        BeforeSync?.Invoke();
        RandomAccess.FlushToDisk(file);
    }

    /// <summary>Whether a name is that of a plain file: no link to another's, no pipe, no socket, no device.</summary>
    public bool IsPlain(string name)
    {
        Before?.Invoke(DiskOperation.Open);
        try
        {
            using var file = Open(name, FileMode.Open, FileShare.ReadWrite, 0);
            return true;
        }
        catch (NotPlainException)
        {
            return false;
        }
        catch (IOException e) when (e.HResult == NoSuchDevice)
        {
            return false;
        }
    }

    /// <exception cref="NotPlainException">It is a link, or nothing that is read at positions.</exception>
    private SafeFileHandle Open(string name, FileMode mode, FileShare share, long allocated)
    {
        var path = Path.Combine(folder, name);
        if (new FileInfo(path).LinkTarget is not null) throw new NotPlainException(path);
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = share, BufferSize = 0, PreallocationSize = allocated };
        if (!OperatingSystem.IsWindows() && mode != FileMode.Open) options.UnixCreateMode = OwnerOnly;
        var stream = new FileStream(path, options);
        if (!stream.CanSeek)
        {
            stream.Dispose();
            throw new NotPlainException(path);
        }

        // A folder that was there before may hold files that others can read.
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(stream.SafeFileHandle, OwnerOnly);
        return stream.SafeFileHandle;
    }

    /// <summary>Something in the folder has a name of the tier, and is no file of its own.</summary>
    private sealed class NotPlainException(string path) : IOException($"'{path}' is a link, a pipe or a device; the cache opens plain files alone. Delete it.");
}
