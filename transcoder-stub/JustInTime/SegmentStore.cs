namespace TranscoderStub.JustInTime;

/// <summary>
/// Made segments on disk, found by a key of the form <c>title/rendition/number</c>. The index in memory is read off the folder when the store is first
/// used. No failure of the disk reaches an asker: what cannot be kept is made again, what is damaged is deleted and made again.
/// </summary>
internal sealed class SegmentStore(SegmentStoreOptions options, TimeProvider time, WorkCounters work, ILogger<SegmentStore> log)
{
    // Part of every path: files of another form or of another encoder's settings are never read, and go when the store is opened.
    private const string FormatTag = "f1";
    private const string Extension = ".seg";

    private static readonly Action<ILogger, string, Exception?> s_notKept =
        LoggerMessage.Define<string>(LogLevel.Warning, new EventId(1, "SegmentNotKept"), "A made segment could not be kept and will be made again when it is asked for: {Why}");
    private static readonly Action<ILogger, string, Exception?> s_corrupt =
        LoggerMessage.Define<string>(LogLevel.Warning, new EventId(2, "SegmentCorrupt"), "Stored segment {Key} is not what was written; it is made again");

    private readonly string _root = Path.Combine(Path.GetFullPath(options.Path.Length > 0 ? options.Path : DefaultPath()), FormatTag);

    // Protects the index and its sum. A holder of a rendition's lock may take it, never the other way round.
    private readonly Lock _lock = new();
    private Dictionary<string, Entry>? _entries;
    private long _bytes;

    public long Bytes
    {
        get
        {
            lock (_lock) return _bytes;
        }
    }

    /// <summary>Makes sure that the configured folder can be written, so that a wrong one is told at start.</summary>
    /// <exception cref="StartRefusedException">It cannot.</exception>
    public void RefuseUnwritable()
    {
        if (options.Path.Length == 0) return;
        try
        {
            Directory.CreateDirectory(_root);
            var attempt = Path.Combine(_root, $"start{SegmentFile.Temporary}");
            File.WriteAllBytes(attempt, []);
            File.Delete(attempt);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartRefusedException($"Transcoder:Store:Path = '{options.Path}': the folder cannot be written: {e.Message}");
        }
    }

    public bool Contains(string key)
    {
        lock (_lock) return Entries_NeedsLock().ContainsKey(key);
    }

    /// <summary>The segment, verified; null if there is none or it is damaged.</summary>
    public async Task<MadeSegment?> FindAsync(string key, CancellationToken stop)
    {
        lock (_lock)
        {
            if (!Entries_NeedsLock().TryGetValue(key, out var entry)) return null;
            entry.Used = time.GetUtcNow();
        }

        try
        {
            if (await SegmentFile.VerifyAsync(PathOf(key), stop) is { } sound) return sound;
            work.CorruptFound();
            s_corrupt(log, key, null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Deleted from outside, or unreadable: either way it is not there.
        }

        Remove(key);
        return null;
    }

    /// <summary>Keeps a segment if there is room for it; false if not. One that is there already stays, since somebody may be reading it by ranges.</summary>
    public async Task<bool> KeepAsync(string key, ReadOnlyMemory<byte> bytes, byte[] hash)
    {
        if (Contains(key)) return true;
        var size = SegmentFile.FileLengthOf(bytes.Length);
        try
        {
            if (Refusal(size) is { } why)
            {
                work.SegmentNotKept();
                s_notKept(log, why, null);
                return false;
            }

            var path = PathOf(key);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await SegmentFile.WriteAsync(path, bytes, hash);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Forget(key, size);
            work.SegmentNotKept();
            s_notKept(log, e.Message, null);
            return false;
        }

        var now = time.GetUtcNow();
        lock (_lock)
        {
            var entries = Entries_NeedsLock();
            if (entries.TryGetValue(key, out var before)) _bytes -= before.Size;
            entries[key] = new Entry { Size = size, Written = now, Used = now };
        }

        work.SegmentKept();
        return true;
    }

    // The room is taken before the write, so that writers beside each other do not overshoot the bound together.
    private string? Refusal(long size)
    {
        List<string> old = [];
        var room = true;
        lock (_lock)
        {
            var entries = Entries_NeedsLock();
            if (_bytes + size > options.MaxBytes) old = Oldest_NeedsLock(entries, size);
            if (_bytes + size > options.MaxBytes) room = false;
            else _bytes += size;
        }

        foreach (var key in old) SegmentFile.Delete(PathOf(key));
        if (!room) return "the store is full of segments that are younger than Transcoder:Store:MinAge";
        Directory.CreateDirectory(_root);
        if (options.FreeSpaceFloor == 0 || new DriveInfo(_root).AvailableFreeSpace - size >= options.FreeSpaceFloor) return null;
        lock (_lock) _bytes -= size;
        return "the disk has no more free space than Transcoder:Store:FreeSpaceFloor";
    }

    // Which go: the ones used longest ago until so much is left as PruneTo says, none younger than MinAge.
    private List<string> Oldest_NeedsLock(Dictionary<string, Entry> entries, long size)
    {
        var now = time.GetUtcNow();
        var goal = Math.Min((long)(options.MaxBytes * options.PruneTo), options.MaxBytes - size);
        var gone = new List<string>();
        foreach (var (key, entry) in entries.Where(e => now - e.Value.Written >= options.MinAge).OrderBy(e => e.Value.Used))
        {
            if (_bytes <= goal && now - entry.Used < options.MaxAge) break;
            gone.Add(key);
            _bytes -= entry.Size;
        }

        foreach (var key in gone) entries.Remove(key);
        return gone;
    }

    private void Forget(string key, long size)
    {
        lock (_lock) _bytes -= size;
        SegmentFile.Delete(PathOf(key) + SegmentFile.Temporary);
    }

    private void Remove(string key)
    {
        lock (_lock)
        {
            if (Entries_NeedsLock().Remove(key, out var entry)) _bytes -= entry.Size;
        }

        SegmentFile.Delete(PathOf(key));
    }

    private Dictionary<string, Entry> Entries_NeedsLock()
    {
        if (_entries is not null) return _entries;
        _entries = new Dictionary<string, Entry>(StringComparer.Ordinal);
        var now = time.GetUtcNow();
        foreach (var file in Directory.Exists(_root) ? new DirectoryInfo(_root).EnumerateFiles("*", SearchOption.AllDirectories) : [])
        {
            var key = Path.ChangeExtension(Path.GetRelativePath(_root, file.FullName), null).Replace('\\', '/');
            var written = new DateTimeOffset(file.LastWriteTimeUtc);
            if (file.Extension != Extension || now - written > options.MaxAge)
            {
                SegmentFile.Delete(file.FullName);
                continue;
            }

            _entries[key] = new Entry { Size = file.Length, Written = written, Used = written };
            _bytes += file.Length;
        }

        return _entries;
    }

    private string PathOf(string key) => Path.Combine(_root, key) + Extension;

    private static string DefaultPath() => Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "transcoder-stub", "made");

    private sealed class Entry
    {
        public long Size { get; init; }

        public DateTimeOffset Written { get; init; }

        public DateTimeOffset Used { get; set; }
    }
}
