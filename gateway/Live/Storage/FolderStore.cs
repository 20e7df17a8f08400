using Gateway.Live.Keys;

namespace Gateway.Live.Storage;

/// <summary>
/// Objects as files below a folder. A write goes to a file beside, is flushed, and takes its name by a hard link, which one writer alone gets; a file system that several gateways mount serves all of them.
/// </summary>
internal sealed class FolderStore(string root) : IObjectStore
{
    private const int BufferBytes = 128 << 10;

    private const string Beside = ".part";

    public bool CreatesAtomically => true;

    public async Task<bool> CreateAsync(string key, string file, CancellationToken stopping)
    {
        var path = PathOf(key);
        try
        {
            DurableFile.CreateFolder(Path.GetDirectoryName(path)!);
            if (File.Exists(path))
            {
                // Whoever gave it its name may have been lost before that was durable.
                DurableFile.FlushFolder(Path.GetDirectoryName(path)!);
                return false;
            }

            return await PublishAsync(file, path, stopping);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException("The live folder may not be written.", e);
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
            if (prefix.EndsWith('/'))
            {
                Directory.Delete(path, recursive: true);
                return Task.CompletedTask;
            }

            foreach (var file in Directory.EnumerateFiles(Path.GetDirectoryName(path)!, Path.GetFileName(path) + "*")) File.Delete(file);
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

    public Task<long> MeasureAsync(string prefix, CancellationToken stopping) => Task.Run(() =>
    {
        long bytes = 0;
        try
        {
            foreach (var file in new DirectoryInfo(PathOf(prefix)).EnumerateFiles("*", SearchOption.AllDirectories))
            {
                stopping.ThrowIfCancellationRequested();
                // A file that has just been deleted has no length.
                if (file.Exists) bytes += file.Length;
            }
        }
        catch (DirectoryNotFoundException)
        {
            // Nothing was written yet, or a session was deleted meanwhile: the next measuring sees the rest.
        }

        return bytes;
    }, stopping);

    public async Task CheckAsync(CancellationToken stopping)
    {
        var name = $".probe-{Guid.NewGuid():N}";
        try
        {
            foreach (var folder in new[] { StreamChunkKey.InputFolder, StreamChunkKey.OutputFolder })
            {
                var there = Path.Combine(Path.GetFullPath(root), folder, name);
                DurableFile.CreateFolder(Path.GetDirectoryName(there)!);
                await File.WriteAllTextAsync(there + Beside, "probe", stopping);
                DurableFile.Publish(there + Beside, there);
                _ = await File.ReadAllTextAsync(there, stopping);
                File.Delete(there);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"Gateway:Live:Folder: '{root}' cannot be written and read ({e.GetType().Name}). Name a folder that this process owns, or turn Gateway:Live:Enabled off.", e);
        }
    }

    private static async Task<bool> PublishAsync(string file, string path, CancellationToken stopping)
    {
        var beside = $"{path}.{Guid.NewGuid():N}{Beside}";
        try
        {
            await using (var target = new FileStream(beside, FileMode.CreateNew, FileAccess.Write, FileShare.None, BufferBytes, useAsync: true))
            {
                await using var source = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, BufferBytes, useAsync: true);
                await source.CopyToAsync(target, stopping);
                target.Flush(flushToDisk: true);
            }

            return DurableFile.Publish(beside, path);
        }
        finally
        {
            File.Delete(beside);
        }
    }

    /// <summary>Keys come from <see cref="StreamChunkKey"/> alone; this is the second lock on the door.</summary>
    private string PathOf(string key)
    {
        var path = Path.GetFullPath(Path.Combine(root, key));
        return path.StartsWith(Path.GetFullPath(root) + Path.DirectorySeparatorChar, StringComparison.Ordinal) ? path : throw new IOException("An object key leaves the live folder.");
    }
}
