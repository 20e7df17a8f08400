using Gateway.Live.Ingest;
using Gateway.Live.Journal;
using Gateway.Live.Keys;
using Gateway.Live.Sessions;
using Gateway.Live.Storage;

namespace Gateway.Live.Life;

/// <summary>
/// Deletes what has been kept long enough: an uploaded chunk some time after its segment was listed, segments some time after the playlist's end or after they have left a sliding window, the record of a
/// session last. What this node's viewers still watch is kept until they have gone. Only the sweep calls it. Where something of one session
/// cannot be deleted, the next sweep tries again, and the others go on.
/// </summary>
internal sealed class LiveRetention(LiveSessions sessions, ILiveJournal journal, MeasuredStore store, PartialUploads uploads, LiveOptions options, TimeProvider time)
{
    /// <summary>Players ask for a playlist at least every target duration while it grows; one that has its end is asked for once, and its segments for as long as they are new.</summary>
    private static readonly TimeSpan StillWatched = TimeSpan.FromMinutes(10);

    /// <summary>Nobody goes on with an upload after that time.</summary>
    private static readonly TimeSpan KeepUploads = TimeSpan.FromHours(1);

    /// <summary>How long a session that is over stays in memory when nobody asks for it.</summary>
    private static readonly TimeSpan KeepLoaded = TimeSpan.FromMinutes(10);

    private readonly HashSet<string> _inputDeleted = new(StringComparer.Ordinal);
    private volatile bool _hasDeleted;

    /// <summary>Makes the folder of uploads, and checks what may be written.</summary>
    /// <exception cref="IOException">The store cannot be used; the message names the knob.</exception>
    public async Task CheckAsync(CancellationToken stopping)
    {
        try
        {
            Directory.CreateDirectory(uploads.Folder);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException($"Gateway:Live:Folder: '{options.Folder}' cannot be written. Name a folder that this process owns, or turn Gateway:Live:Enabled off.", e);
        }

        await store.CheckAsync(stopping);
    }

    /// <param name="alone">Does what concerns one session, so that its failure stays its own.</param>
    /// <param name="stopping">Ends it.</param>
    /// <exception cref="IOException">The journals cannot be listed.</exception>
    public async Task DeleteAsync(Func<string, Func<Task>, Task> alone, CancellationToken stopping)
    {
        var now = time.GetUtcNow();
        uploads.DeleteUnchanged(KeepUploads);
        var loaded = sessions.Loaded();
        foreach (var session in loaded) await alone(session.Id, () => TrimAsync(session, now, stopping));
        var all = await journal.ListAsync(stopping);
        Forget(loaded, all);
        foreach (var (id, closedAt) in all)
        {
            if (closedAt is { } at) await alone(id, () => DeleteClosedAsync(id, now - at, now, stopping));
        }
    }

    /// <summary>Measures what lies in the store, where it is due. It may take minutes. One caller at a time.</summary>
    /// <exception cref="IOException">The store cannot be measured; it stays due.</exception>
    public async Task MeasureAsync(CancellationToken stopping)
    {
        var isDue = _hasDeleted;
        _hasDeleted = false;
        try
        {
            await store.MeasureAsync(isDue, stopping);
        }
        catch
        {
            _hasDeleted |= isDue;
            throw;
        }
    }

    /// <summary>Sessions whose records another node has deleted. Each was loaded before the journals were listed, and had one then.</summary>
    private void Forget(ICollection<LiveSession> loaded, IReadOnlyList<(string Session, DateTimeOffset? ClosedAt)> all)
    {
        var known = all.Select(a => a.Session).ToHashSet(StringComparer.Ordinal);
        foreach (var session in loaded)
        {
            if (!known.Contains(session.Id)) sessions.Unload(session.Id);
        }

        _inputDeleted.IntersectWith(known);
        sessions.ForgetPurged(known);
    }

    private async Task DeleteClosedAsync(string id, TimeSpan age, DateTimeOffset now, CancellationToken stopping)
    {
        if (age >= options.KeepInput && !_inputDeleted.Contains(id))
        {
            await store.DeleteAsync(StreamChunkKey.InputFolderOf(id), stopping);
            _inputDeleted.Add(id);
            _hasDeleted = true;
        }

        var session = sessions.Held(id);
        var isWatched = session is not null && now - session.WatchedAt < StillWatched;
        if (age >= options.KeepOutput && !isWatched && !sessions.IsPurged(id))
        {
            await store.DeleteAsync(StreamChunkKey.OutputFolderOf(id), stopping);
            sessions.NotePurged(id);
            _hasDeleted = true;
        }

        if (age >= KeepLoaded && !isWatched) sessions.Unload(id);

        if (age < options.KeepRecord || age < options.KeepOutput || isWatched) return;
        // What came late, after the chunks were deleted: without the record nobody knows of it any more.
        await store.DeleteAsync(StreamChunkKey.InputFolderOf(id), stopping);
        await journal.DeleteAsync(id, stopping);
        sessions.Unload(id);
        _inputDeleted.Remove(id);
    }

    /// <summary>Of a session that is still open: uploaded chunks whose segments have been listed long enough, and segments that left the window as long ago as it is wide.</summary>
    private async Task TrimAsync(LiveSession session, DateTimeOffset now, CancellationToken stopping)
    {
        var (input, output) = session.Kept;
        var (listed, window) = session.Look(t =>
        {
            var first = t.Removed;
            var settled = first;
            for (var at = Math.Max(0, input - first); at < t.Entries.Count && t.Entries[at].ListedAt + options.KeepInput <= now; at++) settled = t.Entries[at].Index + 1;

            return (settled, t.Options.IsSliding ? Math.Max(0, first - t.Entries.Count) : 0);
        });
        for (; input < listed; input++) await store.DeleteAsync(StreamChunkKey.InputPrefixOf(session.Id, input), stopping);
        for (; output < window; output++) await store.DeleteAsync(StreamChunkKey.OutputOf(session.Id, output), stopping);
        session.Kept = (input, output);
    }
}
