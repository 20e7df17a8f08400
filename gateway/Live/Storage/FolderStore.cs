using Gateway.Live.Keys;

namespace Gateway.Live.Storage;

/// <summary>Objects as files below a folder. A write goes to a file beside, is flushed, and takes its name by a rename; a file system that several gateways mount serves all of them.</summary>
internal sealed class FolderStore(string root) : IObjectStore
{
    private const int BufferBytes = 128 << 10;

    public async Task<bool> WriteAsync(string key, string file, bool replaces, CancellationToken stopping)
    {
        var path = PathOf(key);
        var folder = Path.GetDirectoryName(path)!;
        if (!Directory.Exists(folder))
        {
            Directory.CreateDirectory(folder);
            DurableFile.FlushFolder(Path.GetDirectoryName(folder)!);
        }

        if (!replaces && File.Exists(path)) return false;
        var beside = $"{path}.{Guid.NewGuid():N}.part";
        try
        {
            await using (var target = new FileStream(beside, FileMode.CreateNew, FileAccess.Write, FileShare.None, BufferBytes, useAsync: true))
            {
                await using var source = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, BufferBytes, useAsync: true);
                await source.CopyToAsync(target, stopping);
                target.Flush(flushToDisk: true);
            }

            return DurableFile.Publish(beside, path, replaces);
        }
        finally
        {
            File.Delete(beside);
        }
    }

    public Task<StoredObject?> OpenAsync(string key, CancellationToken stopping)
    {
        try
        {
            var content = new FileStream(PathOf(key), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, BufferBytes, useAsync: true);
            return Task.FromResult<StoredObject?>(new StoredObject(content, content.Length));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return Task.FromResult<StoredObject?>(null);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException("The live folder may not be read.", e);
        }
    }

    public Task DeleteAsync(string prefix, CancellationToken stopping)
    {
        var path = PathOf(prefix);
        try
        {
            if (prefix.EndsWith('/')) Directory.Delete(path, recursive: true);
            else File.Delete(path);
        }
        catch (DirectoryNotFoundException)
        {
            // Deleted before.
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException("The live folder may not be changed.", e);
        }

        return Task.CompletedTask;
    }

    public async Task CheckAsync(CancellationToken stopping)
    {
        var probe = Path.Combine(root, $".probe-{Guid.NewGuid():N}");
        try
        {
            foreach (var folder in new[] { StreamChunkKey.InputFolder, StreamChunkKey.OutputFolder })
            {
                Directory.CreateDirectory(Path.Combine(root, folder));
                var there = Path.Combine(root, folder, Path.GetFileName(probe));
                await File.WriteAllTextAsync(there, "probe", stopping);
                _ = await File.ReadAllTextAsync(there, stopping);
                File.Delete(there);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"Gateway:Live:Folder: '{root}' cannot be written and read ({e.GetType().Name}). Name a folder that this process owns, or turn Gateway:Live:Enabled off.", e);
        }
    }

    /// <summary>Keys come from <see cref="StreamChunkKey"/> alone; this is the second lock on the door.</summary>
    private string PathOf(string key)
    {
        var path = Path.GetFullPath(Path.Combine(root, key));
        return path.StartsWith(Path.GetFullPath(root) + Path.DirectorySeparatorChar, StringComparison.Ordinal) ? path : throw new IOException("An object key leaves the live folder.");
    }
}
