using System.Collections.Concurrent;
using System.Globalization;
using Gateway.Live.Journal;

namespace Gateway.Live.Ingest;

/// <summary>
/// The files in which chunks arrive, one for each session and index, so that an upload that broke off can go on. One request at a time writes to one: a new one for the same chunk ends the one before,
/// whose client has in general gone away without the server noticing yet. A session has a bounded number of them under way.
/// </summary>
/// <remarks>Where other gateways share the folder, each run has names of its own, so that no two ever write to one file; a broken upload then goes on at the run that took it, or begins anew.</remarks>
internal sealed class PartialUploads(ILiveJournal journal, LiveOptions options, TimeProvider time)
{
    /// <summary>How long a new request waits for the one that it ends.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Requests for one chunk that may step in between.</summary>
    private const int MostTurns = 8;

    /// <summary>Broken uploads of one session that are kept: more than any program sends at a time, and no way to fill the disk with beginnings of chunks.</summary>
    private const int MostKept = 16;

    private readonly ConcurrentDictionary<(string Session, int Index), Holder> _holders = new();
    private readonly ConcurrentDictionary<string, int> _underWay = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _bytesOf = new(StringComparer.Ordinal);
    private long _bytes;
    private long _announced;
    private readonly string _folder = Path.GetFullPath(Path.Combine(options.Folder, "uploads"));
    private Dictionary<string, (DateTime Changed, DateTimeOffset Since)> _seen = [];
    private readonly string _suffix = journal.IsShared ? $".{Guid.NewGuid():N}.part" : ".part";

    public string Folder => _folder;

    /// <summary>Uploads that are under way.</summary>
    public int UnderWay => _holders.Count;

    /// <summary>Bytes of this gateway's uploads: of those that are under way as many as they have announced, of those that broke off as many as came.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Bytes that uploads under way have announced, however many of them have come.</summary>
    public long Announced => Volatile.Read(ref _announced);

    public string PathOf(string session, int index) => Path.Combine(_folder, $"{session}_{index:D5}{_suffix}");

    /// <summary>Bytes that have arrived of a chunk.</summary>
    public long LengthOf(string session, int index) => new FileInfo(PathOf(session, index)) is { Exists: true } file ? file.Length : 0;

    /// <summary>Takes one of the session's places; false where it has as many uploads under way as it may. What is taken is given back by <see cref="Leave"/>.</summary>
    public bool TryEnter(string session)
    {
        if (_underWay.AddOrUpdate(session, 1, static (_, count) => count + 1) <= options.UploadsPerSession) return true;
        Leave(session);
        return false;
    }

    public void Leave(string session)
    {
        if (_underWay.AddOrUpdate(session, 0, static (_, count) => count - 1) == 0) _underWay.TryRemove(KeyValuePair.Create(session, 0));
    }

    /// <summary>Takes the file of a chunk; null where the request before does not let go of it in time.</summary>
    public async Task<Holder?> TakeAsync(string session, int index, CancellationToken leaving)
    {
        var mine = new Holder(this, (session, index), leaving);
        for (var turns = 0; turns < MostTurns; turns++)
        {
            if (_holders.TryAdd((session, index), mine)) return mine;
            if (!_holders.TryGetValue((session, index), out var before)) continue;
            before.End();
            try
            {
                await before.Left.WaitAsync(Patience, time, leaving);
            }
            catch (TimeoutException)
            {
                break;
            }
        }

        mine.Dispose();
        return null;
    }

    /// <summary>Deletes the oldest of a session's broken uploads, so that a bounded number is left; those that a request holds stay.</summary>
    public void Trim(string session)
    {
        var kept = new DirectoryInfo(_folder).GetFiles($"{session}_?????{_suffix}");
        if (kept.Length <= MostKept) return;
        foreach (var file in kept.OrderByDescending(f => f.LastWriteTimeUtc).Skip(MostKept)) DeleteUnheld(file);
    }

    /// <summary>
    /// Deletes what nobody has gone on with: files that were the same at every look for so long, and that no request holds. The file's own time is compared with itself alone, since the file system may have another clock. Only the sweep calls it.
    /// </summary>
    public void DeleteUnchanged(TimeSpan after)
    {
        if (!Directory.Exists(_folder)) return;
        var now = time.GetUtcNow();
        var seen = new Dictionary<string, (DateTime Changed, DateTimeOffset Since)>(StringComparer.Ordinal);
        foreach (var file in new DirectoryInfo(_folder).EnumerateFiles())
        {
            var since = _seen.TryGetValue(file.Name, out var known) && known.Changed == file.LastWriteTimeUtc ? known.Since : now;
            if (now - since < after) seen[file.Name] = (file.LastWriteTimeUtc, since);
            else if (!DeleteUnheld(file)) seen[file.Name] = (file.LastWriteTimeUtc, now);
            CountLeft(file.FullName);
        }

        _seen = seen;
    }

    /// <summary>Deletes a file that is of no use any more; one that cannot be deleted now is tried again by the sweep.</summary>
    public static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is in nobody's way.
        }
    }

    /// <returns>False where a request holds it.</returns>
    private bool DeleteUnheld(FileInfo file)
    {
        var name = file.Name.AsSpan();
        var end = name.LastIndexOf('_');
        // Segments that arrive are in files of their own, which nobody holds; so are other gateways' uploads.
        if (end < 0 || !name.EndsWith(_suffix, StringComparison.Ordinal) || !int.TryParse(name[(end + 1)..^_suffix.Length], NumberStyles.None, CultureInfo.InvariantCulture, out var index))
        {
            TryDelete(file.FullName);
            return true;
        }

        var chunk = (name[..end].ToString(), index);
        using var mine = new Holder(this, chunk, CancellationToken.None);
        if (!_holders.TryAdd(chunk, mine)) return false;
        TryDelete(file.FullName);
        return true;
    }

    private void Count(string path, long bytes)
    {
        lock (_bytesOf)
        {
            _bytes += bytes - _bytesOf.GetValueOrDefault(path);
            if (bytes == 0) _bytesOf.Remove(path);
            else _bytesOf[path] = bytes;
        }
    }

    /// <summary>Counts what an earlier run has left, and what is deleted no more. Of others that share the folder nothing is counted: nobody tells when it goes.</summary>
    private void CountLeft(string path)
    {
        if (!path.EndsWith(_suffix, StringComparison.Ordinal) || path.EndsWith(SegmentIntake.Beside, StringComparison.Ordinal)) return;
        // With the lock, so that what its holder has deleted in between does not come back.
        lock (_bytesOf)
        {
            var file = new FileInfo(path);
            if (!file.Exists) Count(path, 0);
            else if (!_bytesOf.ContainsKey(path)) Count(path, file.Length);
        }
    }

    /// <summary>The right to write to one file, until it is disposed.</summary>
    internal sealed class Holder(PartialUploads uploads, (string Session, int Index) chunk, CancellationToken leaving) : IDisposable
    {
        private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly CancellationTokenSource _ended = CancellationTokenSource.CreateLinkedTokenSource(leaving);
        private long _announced;

        /// <summary>Ends when another request wants the file, or the client leaves.</summary>
        public CancellationToken Ended => _ended.Token;

        public Task Left => _left.Task;

        public void End()
        {
            try
            {
                _ended.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // It has just left.
            }
        }

        /// <summary>Tells how many bytes the file will have; once it is let go of, it counts as it is.</summary>
        public void Announce(long bytes)
        {
            uploads.Count(uploads.PathOf(chunk.Session, chunk.Index), bytes);
            Interlocked.Add(ref uploads._announced, bytes - _announced);
            _announced = bytes;
        }

        /// <summary>Takes back what was announced: the file counts as it is.</summary>
        public void Withdraw()
        {
            Announce(uploads.LengthOf(chunk.Session, chunk.Index));
            Interlocked.Add(ref uploads._announced, -_announced);
            _announced = 0;
        }

        public void Dispose()
        {
            if (uploads._holders.TryGetValue(chunk, out var holder) && ReferenceEquals(holder, this)) Withdraw();
            uploads._holders.TryRemove(KeyValuePair.Create(chunk, this));
            _left.TrySetResult();
            _ended.Dispose();
        }
    }
}
