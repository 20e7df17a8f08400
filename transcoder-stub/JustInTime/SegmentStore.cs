namespace TranscoderStub.JustInTime;

/// <summary>
/// Made segments on disk, found by a key of the form <c>title/rendition/number</c>. The index in memory is read off the folder when the store is first
/// used. No failure of the disk reaches an asker: what cannot be kept is made again, what is damaged is deleted and made again.
/// </summary>
internal sealed class SegmentStore : IDisposable
{
    // Part of every path: files of another form or of another encoder's settings are never read, and go when the store is opened.
    private const string FormatTag = "f1";
    private const string Extension = ".seg";

    private static readonly Action<ILogger, string, Exception?> s_notKept =
        LoggerMessage.Define<string>(LogLevel.Warning, new EventId(1, "SegmentNotKept"), "A made segment could not be kept and will be made again when it is asked for: {Why}");
    private static readonly Action<ILogger, string, Exception?> s_corrupt =
        LoggerMessage.Define<string>(LogLevel.Warning, new EventId(2, "SegmentCorrupt"), "Stored segment {Key} is not what was written; it is made again");

    private readonly SegmentStoreOptions _options;
    private readonly TimeProvider _time;
    private readonly WorkCounters _work;
    private readonly ILogger<SegmentStore> _log;
    private readonly string _root;
    private readonly StoreIndex _index;
    private ITimer? _cleaning;

    public SegmentStore(SegmentStoreOptions options, TimeProvider time, WorkCounters work, ILogger<SegmentStore> log)
    {
        _options = options;
        _time = time;
        _work = work;
        _log = log;
        _root = Path.Combine(Path.GetFullPath(options.Path.Length > 0 ? options.Path : DefaultPath()), FormatTag);
        _index = new StoreIndex(options, time, ListFiles);
    }

    public long Bytes => _index.Bytes;

    /// <summary>Makes sure that the configured folder can be written, so that a wrong one is told at start, and begins to clean up by the clock.</summary>
    /// <exception cref="StartRefusedException">It cannot.</exception>
    public void Open()
    {
        _cleaning ??= _time.CreateTimer(_ => Delete(_index.Prune()), null, _options.PruneEvery, _options.PruneEvery);
        if (_options.Path.Length == 0) return;
        try
        {
            Directory.CreateDirectory(_root);
            var attempt = Path.Combine(_root, $"start{SegmentFile.Temporary}");
            File.WriteAllBytes(attempt, []);
            File.Delete(attempt);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartRefusedException($"Transcoder:Store:Path = '{_options.Path}': the folder cannot be written: {e.Message}");
        }
    }

    public bool Contains(string key) => _index.Contains(key);

    /// <summary>The segment, verified; null if there is none or it is damaged.</summary>
    public async Task<MadeSegment?> FindAsync(string key, CancellationToken stop)
    {
        if (!_index.TryUse(key)) return null;
        try
        {
            if (await SegmentFile.VerifyAsync(PathOf(key), stop) is { } sound) return sound;
            _work.CorruptFound();
            s_corrupt(_log, key, null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Deleted from outside, or unreadable: either way it is not there.
        }

        _index.Remove(key);
        SegmentFile.Delete(PathOf(key));
        return null;
    }

    /// <summary>Where a segment is written while it is made.</summary>
    public SegmentSpool NewSpool()
    {
        // What an earlier run left half written goes when the folder is listed: before the first file of this one is there.
        _index.Load();
        var folder = Path.Combine(_root, "spool");
        try
        {
            Directory.CreateDirectory(folder);
            return new SegmentSpool(HasFreeSpace(0) ? Path.Combine(folder, $"{Guid.NewGuid():N}{SegmentFile.Temporary}") : null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new SegmentSpool(null);
        }
    }

    /// <summary>Keeps a segment if there is room for it. One that is there already stays, since somebody may be reading it by ranges.</summary>
    /// <returns>What askers get, and whether the store has it.</returns>
    public async Task<(MadeSegment Made, bool IsKept)> KeepAsync(string key, SegmentSpool spool)
    {
        var hash = await spool.EndAsync();
        if (Contains(key) && await FindAsync(key, CancellationToken.None) is { } before) return (before, true);
        var (length, path) = (spool.Length, PathOf(key));
        var isKept = await TryKeepAsync(key, length, spool.IsOnDisk ? null : spool.Failure ?? "the disk takes nothing", () => spool.MoveAsync(path, hash));
        return (isKept ? new MadeSegment(new StoredBody(path, length, hash), hash) : new MadeSegment(new Titles.MemoryBody(await spool.TakeAsync()), hash), isKept);
    }

    /// <summary>As above, for what is small and was made in one piece; false if there is no room.</summary>
    public async Task<bool> KeepAsync(string key, ReadOnlyMemory<byte> bytes, byte[] hash) =>
        Contains(key) || await TryKeepAsync(key, bytes.Length, obstacle: null, () => SegmentFile.WriteAsync(PathOf(key), bytes, hash));

    public void Dispose() => _cleaning?.Dispose();

    private async Task<bool> TryKeepAsync(string key, long length, string? obstacle, Func<Task> write)
    {
        var size = SegmentFile.FileLengthOf(length);
        var isReserved = false;
        try
        {
            obstacle ??= Reserve(size);
            isReserved = obstacle is null;
            if (isReserved)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(PathOf(key))!);
                await write();
                _index.Add(key, size);
                _work.SegmentKept();
                return true;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            obstacle = e.Message;
            if (isReserved) _index.Release(size);
        }

        _work.SegmentNotKept();
        s_notKept(_log, obstacle!, null);
        return false;
    }

    private string? Reserve(long size)
    {
        var hasRoom = _index.TryReserve(size, out var gone);
        Delete(gone);
        if (!hasRoom) return "the store is full of segments that are younger than Transcoder:Store:MinAge";
        Directory.CreateDirectory(_root);
        if (HasFreeSpace(size)) return null;
        _index.Release(size);
        return "the disk has no more free space than Transcoder:Store:FreeSpaceFloor";
    }

    private bool HasFreeSpace(long size) => _options.FreeSpaceFloor == 0 || new DriveInfo(_root).AvailableFreeSpace - size >= _options.FreeSpaceFloor;

    private void Delete(IReadOnlyList<string> keys)
    {
        foreach (var key in keys) SegmentFile.Delete(PathOf(key));
    }

    private IEnumerable<(string Key, long Size, DateTimeOffset Written)> ListFiles()
    {
        var now = _time.GetUtcNow();
        foreach (var file in Directory.Exists(_root) ? new DirectoryInfo(_root).EnumerateFiles("*", SearchOption.AllDirectories) : [])
        {
            var written = new DateTimeOffset(file.LastWriteTimeUtc);
            if (file.Extension == Extension && now - written <= _options.MaxAge)
                yield return (Path.ChangeExtension(Path.GetRelativePath(_root, file.FullName), null).Replace('\\', '/'), file.Length, written);
            else
                SegmentFile.Delete(file.FullName);
        }
    }

    private string PathOf(string key) => Path.Combine(_root, key) + Extension;

    private static string DefaultPath() => Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "transcoder-stub", "made");
}
