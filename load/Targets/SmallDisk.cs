using System.Globalization;

namespace Gateway.Load.Targets;

/// <summary>A file system of a size of its own (tmpfs), in which a full disk is a real one: the kernel says ENOSPC. Needs root, or a user namespace in which it is root.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private readonly OrphanCleanup _cleanup;

    private SmallDisk(string folder)
    {
        Folder = folder;
        _cleanup = OrphanCleanup.Note($"umount -l {OrphanCleanup.Quoted(folder)}; rmdir {OrphanCleanup.Quoted(folder)}");
    }

    /// <summary>Where it is mounted.</summary>
    public string Folder { get; }

    /// <summary>Bytes that are free.</summary>
    public long FreeBytes => new DriveInfo(Folder).AvailableFreeSpace;

    /// <exception cref="IOException">It could not be mounted.</exception>
    public static async Task<SmallDisk> MountAsync(long bytes)
    {
        var disk = new SmallDisk(Directory.CreateTempSubdirectory("disk-").FullName);
        try
        {
            await ChildProcess.RunAsync("mount", ["-t", "tmpfs", "-o", Size(bytes), "none", disk.Folder]);
            return disk;
        }
        catch
        {
            disk.Delete();
            throw;
        }
    }

    /// <summary>Somebody makes room.</summary>
    public Task ResizeAsync(long bytes) => ChildProcess.RunAsync("mount", ["-o", $"remount,{Size(bytes)}", Folder]);

    /// <summary>Once nobody uses it any more.</summary>
    public async ValueTask DisposeAsync()
    {
        await ChildProcess.RunAsync("umount", [Folder]);
        Delete();
    }

    private void Delete()
    {
        Directory.Delete(Folder);
        _cleanup.Dispose();
    }

    private static string Size(long bytes) => string.Create(CultureInfo.InvariantCulture, $"size={bytes}");
}
