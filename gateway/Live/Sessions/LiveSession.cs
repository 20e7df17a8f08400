using System.Buffers.Text;
using System.Security.Cryptography;
using Gateway.Live.Journal;
using Gateway.Live.Timeline;

namespace Gateway.Live.Sessions;

/// <summary>
/// A live session on this node: its journal's sum, kept in memory. Thread-safe.
/// </summary>
/// <remarks>
/// <para>Writers take turns: each appends to the journal first and then applies what the journal gives back, in the journal's order, so memory never knows more than the disk. Readers take a lock for as
/// long as it takes to look, and never wait for the journal.</para>
/// <para>Where other nodes write to the journal as well, a reader first joins a read of the journal that begins after it has come (<see cref="RefreshAsync"/>); all who come while one read is under way
/// share the next. So whoever has seen a version on one node sees no older one on another, and a thousand readers cost a read at a time.</para>
/// </remarks>
internal sealed class LiveSession(LiveSessionHeader header, ILiveJournal journal, LiveTelemetry telemetry)
{
    private readonly Lock _lock = new();
    private readonly LiveTimeline _timeline = new(header.Timeline, header.CreatedAt);
    private Task _lastTurn = Task.CompletedTask;
    private Task? _nextRead;
    private int _known;
    private WrittenPlaylist? _whole;
    private WrittenPlaylist? _update;
    private bool _isCloseNoted;
    private long _watchedAt = DateTimeOffset.MinValue.UtcTicks;

    public LiveSessionHeader Header => header;

    public string Id => header.Id;

    /// <summary>First index whose uploaded chunk may still be there, and first one whose segment may: the sweeper's own.</summary>
    public (int Input, int Output) Kept { get; set; }

    /// <summary>When a viewer last asked for its playlist on this node.</summary>
    public DateTimeOffset WatchedAt
    {
        get => new(Volatile.Read(ref _watchedAt), TimeSpan.Zero);
        set => Volatile.Write(ref _watchedAt, value.UtcTicks);
    }

    /// <summary>Looks at the timeline.</summary>
    public T Look<T>(Func<LiveTimeline, T> look)
    {
        lock (_lock) return look(_timeline);
    }

    /// <summary>The playlist as it is now. The whole one and the update of it are written once for each version, and all readers share them.</summary>
    public WrittenPlaylist Playlist(PlaylistRequest request, DateTimeOffset now)
    {
        lock (_lock)
        {
            if (!request.IsWhole) return Write(request, now);
            ref var written = ref request.Skips ? ref _update : ref _whole;
            if (written?.Version != _timeline.Version) written = Write(request, now);
            return written;
        }
    }

    /// <summary>Reads what other nodes have appended; at once where there are none.</summary>
    /// <exception cref="IOException">The journal cannot be read.</exception>
    public Task RefreshAsync()
    {
        if (!journal.IsShared) return Task.CompletedTask;
        lock (_lock) return _nextRead ??= Task.Run(ReadAsync);
    }

    /// <summary>Reads the journal from its beginning; once, before anybody else knows the session.</summary>
    public async Task LoadAsync(CancellationToken stopping) => Apply(await journal.ReadAsync(Id, 0, stopping));

    /// <summary>Appends a record, unless it has become pointless.</summary>
    /// <param name="record">The record.</param>
    /// <param name="isWanted">Asked when it is this writer's turn.</param>
    /// <returns>Whether it was appended.</returns>
    /// <exception cref="IOException">The journal cannot be written: nothing has changed.</exception>
    public async Task<bool> AppendAsync(LiveRecord record, Func<LiveTimeline, bool>? isWanted = null)
    {
        var mine = await TakeTurnAsync();
        try
        {
            if (isWanted is not null && !Look(isWanted)) return false;
            var records = await journal.AppendAsync(Id, record, _known, CancellationToken.None);
            Tell(record, Apply(records));
            await NoteCloseAsync();
            return true;
        }
        finally
        {
            mine.SetResult();
        }
    }

    /// <summary>Notes that the session is closed, where it is and that is not noted yet.</summary>
    /// <exception cref="IOException">The journal cannot be written.</exception>
    public async Task EnsureCloseNotedAsync()
    {
        var mine = await TakeTurnAsync();
        try
        {
            await NoteCloseAsync();
        }
        finally
        {
            mine.SetResult();
        }
    }

    private WrittenPlaylist Write(PlaylistRequest request, DateTimeOffset now)
    {
        var text = PlaylistWriter.Write(_timeline, request, now);
        return new WrittenPlaylist(_timeline.Version, text, $"\"{Base64Url.EncodeToString(SHA256.HashData(text).AsSpan(0, 12))}\"");
    }

    private async Task ReadAsync()
    {
        var mine = await TakeTurnAsync();
        try
        {
            // Whoever comes from now on may have seen what this read does not.
            lock (_lock) _nextRead = null;
            Apply(await journal.ReadAsync(Id, _known, CancellationToken.None));
            await NoteCloseAsync();
        }
        finally
        {
            mine.SetResult();
        }
    }

    /// <summary>Waits until all who came before are through; the next one waits for what is returned.</summary>
    private async Task<TaskCompletionSource> TakeTurnAsync()
    {
        var mine = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task before;
        lock (_lock) (before, _lastTurn) = (_lastTurn, mine.Task);
        await before;
        return mine;
    }

    private async Task NoteCloseAsync()
    {
        if (_isCloseNoted || Look(t => t.ClosedAt) is not { } at) return;
        await journal.CloseAsync(Id, at, CancellationToken.None);
        _isCloseNoted = true;
    }

    private (TimelineEntry Entry, DateTimeOffset? AcceptedAt)[] Apply(IReadOnlyList<LiveRecord> records)
    {
        lock (_lock)
        {
            var listed = _timeline.Next;
            foreach (var record in records) _timeline.Apply(record);
            _known += records.Count;
            if (_timeline.Next == listed) return [];
            var entries = _timeline.Entries;
            var first = entries.Count;
            while (first > 0 && entries[first - 1].Index >= listed) first--;
            return [.. entries.Skip(first).Select(e => (e, _timeline.AcceptedAt(e.Index)))];
        }
    }

    /// <summary>The node that appended a record tells what came of it.</summary>
    private void Tell(LiveRecord record, (TimelineEntry Entry, DateTimeOffset? AcceptedAt)[] listed)
    {
        foreach (var (entry, acceptedAt) in listed) telemetry.Listed(Id, entry, acceptedAt);
        if (record.Kind == LiveRecordKind.Ended) telemetry.Ended(Id, record.Reason);
        if (!_isCloseNoted && Look(t => t.IsClosed)) telemetry.Closed(Id);
    }
}
