using Gateway.Live.Keys;

namespace Gateway.Live.Timeline;

/// <summary>
/// What a live session's journal adds up to: the playlist's entries, which chunks are known, whether it is over. A pure state machine: the same records in the same order give the same
/// state on every node, and no record takes anything back. Entries are only ever added at the end (and, with a sliding window, leave at the front); after the end has been listed, nothing is.
/// </summary>
/// <remarks>
/// A chunk is listed when all before it are listed, as a segment or as a gap. Time alone changes nothing: <see cref="Due"/> tells which record time has made due, and whoever keeps the journal
/// writes it; until it is in the journal, no node acts upon it. A record that comes too late (a chunk for an index already listed as a gap, a second segment for one index) changes nothing.
/// Not thread-safe.
/// </remarks>
internal sealed class LiveTimeline(TimelineOptions options, DateTimeOffset createdAt)
{
    /// <summary>Words of <see cref="LiveRecord.Reason"/> for an end.</summary>
    public const string EndedByUploader = "uploader", EndedIdle = "idle";

    // What is not listed: few, however long the stream is.
    private readonly Dictionary<int, Slot> _slots = [];
    private readonly List<TimelineEntry> _entries = [];

    // Of each entry, the chunk that came for it.
    private readonly List<ListedChunk> _chunks = [];
    private readonly List<TimelineEntry> _left = [];
    private readonly TrackClock _clock = new();
    private DateTimeOffset _lastActivity = createdAt;
    private int _highest = -1;
    private int _end = int.MaxValue;
    private string? _init;

    public TimelineOptions Options => options;

    /// <summary>The entries that are listed, in order.</summary>
    public IReadOnlyList<TimelineEntry> Entries => _entries;

    /// <summary>
    /// An entry that is listed, or has left the front of a sliding window no longer ago than the window is wide: whoever has the playlist of a moment ago still asks for its segment (RFC 8216 §6.2.2).
    /// Null for any other.
    /// </summary>
    public TimelineEntry? EntryAt(int index)
    {
        var at = index - Removed;
        if (at >= 0) return at < _entries.Count ? _entries[at] : null;
        return at >= -_left.Count ? _left[_left.Count + at] : null;
    }

    /// <summary>Entries that have left the front of a sliding window.</summary>
    public int Removed { get; private set; }

    /// <summary>Of them, how many began with a discontinuity.</summary>
    public int RemovedDiscontinuities { get; private set; }

    /// <summary>Grows whenever the playlist changes.</summary>
    public int Version { get; private set; }

    /// <summary>The first index that is not listed yet.</summary>
    public int Next { get; private set; }

    public DateTimeOffset? EndedAt { get; private set; }

    /// <summary>When the playlist was complete; null while it may grow.</summary>
    public DateTimeOffset? ClosedAt { get; private set; }

    /// <summary>Whether the playlist has its end: nothing more is ever listed.</summary>
    public bool IsClosed => ClosedAt is not null;

    /// <summary>When the last chunk came, or the session began.</summary>
    public DateTimeOffset LastActivity => _lastActivity;

    /// <summary>Time of day at which the stream begins; null before its first entry.</summary>
    public DateTimeOffset? BeginsAt { get; private set; }

    /// <summary>Chunks that are accepted, and neither made into a segment nor given up.</summary>
    public int Unsettled { get; private set; }

    /// <summary>Bytes of all chunks that were confirmed.</summary>
    public long ChunkBytes { get; private set; }

    /// <summary>What is known of a chunk; null where none has come.</summary>
    public AcceptedChunk? ChunkAt(int index)
    {
        if (IsListed(index)) return _chunks[index - Removed] is { Length: > 0 } listed ? listed.Chunk : null;
        return _slots.TryGetValue(index, out var slot) && slot.Chunk.Length > 0 ? slot.Chunk : null;
    }

    /// <summary>When a chunk was confirmed; null where none has come.</summary>
    public DateTimeOffset? AcceptedAt(int index)
    {
        if (IsListed(index)) return _chunks[index - Removed] is { Length: > 0 } listed ? listed.At : null;
        return _slots.TryGetValue(index, out var slot) && slot.Chunk.Length > 0 ? slot.At : null;
    }

    /// <summary>Whether a chunk waits for its segment.</summary>
    public bool IsUnsettled(int index) => _slots.TryGetValue(index, out var slot) && slot.State == SlotState.Accepted;

    /// <summary>The chunks that wait for their segments, in order.</summary>
    public int[] UnsettledIndices() => [.. _slots.Where(s => s.Value.State == SlotState.Accepted).Select(s => s.Key).Order()];

    /// <summary>Whether a chunk that comes now could still be listed.</summary>
    public bool MayBeListed(int index) => index >= Next && index < _end && !IsClosed;

    /// <summary>Whether an index has left the front of a sliding window, and is not remembered any more.</summary>
    public bool IsForgotten(int index) => index < Removed;

    /// <summary>Takes the journal's next record.</summary>
    /// <returns>Whether the playlist has changed.</returns>
    public bool Apply(LiveRecord record)
    {
        var before = Version;
        switch (record.Kind)
        {
            case LiveRecordKind.Accepted:
                Accept(record);
                break;
            case LiveRecordKind.Made when Waits(record.Index, out var made) && record.Segment is not null:
                Settle(record.Index, made with { State = SlotState.Made, Segment = record.Segment });
                break;
            case LiveRecordKind.Failed when Waits(record.Index, out var failed):
                Settle(record.Index, failed with { State = SlotState.Failed });
                break;
            case LiveRecordKind.Missed:
                Miss(record);
                break;
            case LiveRecordKind.Ended when EndedAt is null:
                EndedAt = record.At;
                _end = _highest + 1;
                break;
        }

        Advance(record.At);
        return Version != before;
    }

    /// <summary>The record that time has made due; null while there is none.</summary>
    public LiveRecord? Due(DateTimeOffset now)
    {
        if (IsClosed) return null;
        if (EndedAt is null && now - _lastActivity >= options.IdleTimeout && Unsettled == 0) return new LiveRecord(LiveRecordKind.Ended, now) { Reason = EndedIdle };
        if (MissingSince() is not { } since || now - since < options.GapAfter) return null;
        // One record for the run, which is as long as uploads may lie ahead: a record for each would be a flush for each.
        var last = LastOfRun();
        return new LiveRecord(LiveRecordKind.Missed, now, Next) { Through = last > Next ? last : -1 };
    }

    /// <summary>When something may become due at the earliest; null for never.</summary>
    public DateTimeOffset? DueAt()
    {
        if (IsClosed) return null;
        DateTimeOffset? idle = EndedAt is null ? _lastActivity + options.IdleTimeout : null;
        DateTimeOffset? gap = MissingSince() is { } since ? since + options.GapAfter : null;
        return idle is null || gap < idle ? gap : idle;
    }

    /// <summary>Since when the next chunk is missing while a later one is there; null where it is not.</summary>
    private DateTimeOffset? MissingSince()
    {
        if (_slots.ContainsKey(Next) || Next > _highest) return null;
        DateTimeOffset? since = null;
        foreach (var (index, slot) in _slots)
        {
            if (index > Next && index < _end && slot.State != SlotState.Missed && (since is null || slot.At < since)) since = slot.At;
        }

        return since;
    }

    /// <summary>The last of the chunks that are missing from the next one on. All of them wait for the same later chunks, so they are due together.</summary>
    private int LastOfRun()
    {
        var last = Math.Min(_highest, _end - 1);
        foreach (var (index, _) in _slots)
        {
            if (index > Next && index <= last) last = index - 1;
        }

        return last;
    }

    private bool IsListed(int index) => index >= Removed && index < Next;

    private void Accept(LiveRecord record)
    {
        if (IsListed(record.Index))
        {
            // Too late: remembered, so that the same chunk is told from another one.
            var listed = _chunks[record.Index - Removed];
            if (listed.Length > 0) return;
            _chunks[record.Index - Removed] = new ListedChunk(record.Chunk, listed.At);
            ChunkBytes += record.Chunk.Length;
            return;
        }

        if (_slots.TryGetValue(record.Index, out var known))
        {
            // Too late: remembered, so that the same chunk is told from another one, and never listed.
            if (known.State != SlotState.Missed || known.Chunk.Length > 0) return;
            _slots[record.Index] = known with { Chunk = record.Chunk };
            ChunkBytes += record.Chunk.Length;
            return;
        }

        if (record.Index < Next) return;
        // What comes after the end and lies beyond it is stored and never listed.
        var isBeyond = record.Index >= _end;
        ChunkBytes += record.Chunk.Length;
        _slots[record.Index] = new Slot(isBeyond ? SlotState.Beyond : SlotState.Accepted, record.Chunk, record.At, null);
        if (isBeyond) return;
        Unsettled++;
        _highest = Math.Max(_highest, record.Index);
        if (record.At > _lastActivity) _lastActivity = record.At;
    }

    /// <summary>A chunk that came before the record did, on this node or another, is not missed.</summary>
    private void Miss(LiveRecord record)
    {
        var last = Math.Min(Math.Max(record.Index, record.Through), Math.Min(_end - 1, StreamChunkKey.LastIndex));
        for (var index = Math.Max(record.Index, Next); index <= last; index++) _slots.TryAdd(index, new Slot(SlotState.Missed, default, record.At, null));
    }

    private bool Waits(int index, out Slot slot) => _slots.TryGetValue(index, out slot) && slot.State == SlotState.Accepted;

    private void Settle(int index, Slot slot)
    {
        _slots[index] = slot;
        Unsettled--;
    }

    private void Advance(DateTimeOffset at)
    {
        while (!IsClosed && Next < _end && _slots.TryGetValue(Next, out var slot) && slot.State is not (SlotState.Accepted or SlotState.Beyond))
        {
            if (slot.Segment is { } segment) ListSegment(segment, slot, at);
            else ListGap(slot, at);
            _chunks.Add(new ListedChunk(slot.Chunk, slot.At));
            _slots.Remove(Next);
            Next++;
            Version++;
        }

        if (!IsClosed && Next >= _end)
        {
            ClosedAt = at;
            Version++;
        }

        if (options.IsSliding) Slide();
    }

    private void ListSegment(MadeSegment segment, Slot slot, DateTimeOffset at)
    {
        BeginsAt ??= slot.At - TimeSpan.FromSeconds(_clock.Seconds + segment.Seconds);
        var start = _clock.Seconds;
        var isOther = _init is not null && !string.Equals(_init, segment.Init, StringComparison.Ordinal);
        // Each record brings its own copy of the name.
        if (isOther || _init is null) _init = segment.Init;
        _entries.Add(new TimelineEntry(Next, segment.Seconds, start, _init, _clock.Place(segment), isOther, at));
    }

    /// <summary>A gap lasts as long as the chunk that failed, else as the entry before, else as long as chunks are meant to.</summary>
    private void ListGap(Slot slot, DateTimeOffset at)
    {
        var seconds = slot.Chunk.Seconds > 0 ? Math.Min(slot.Chunk.Seconds, options.LongestChunk) : _entries.Count > 0 ? _entries[^1].Seconds : options.TargetDuration;
        BeginsAt ??= slot.At - TimeSpan.FromSeconds(_clock.Seconds + seconds);
        _entries.Add(new TimelineEntry(Next, seconds, _clock.Seconds, null, [], false, at));
        _clock.Skip(seconds);
    }

    /// <summary>An entry leaves when the ones behind it fill the window, and at least three target durations (RFC 8216 §6.2.2).</summary>
    private void Slide()
    {
        var keep = Math.Max(options.Window.TotalSeconds, 3.0 * options.TargetDuration);
        var drop = 0;
        while (drop < _entries.Count && _entries[^1].End - _entries[drop].End >= keep) drop++;
        if (drop == 0) return;
        for (var i = 0; i < drop; i++)
        {
            if (_entries[i].IsDiscontinuous) RemovedDiscontinuities++;
            _left.Add(_entries[i]);
        }

        _entries.RemoveRange(0, drop);
        _chunks.RemoveRange(0, drop);
        if (_left.Count > _entries.Count) _left.RemoveRange(0, _left.Count - _entries.Count);
        Removed += drop;
    }

    private enum SlotState
    {
        Accepted,
        Made,
        Failed,
        Missed,
        Beyond,
    }

    private readonly record struct Slot(SlotState State, AcceptedChunk Chunk, DateTimeOffset At, MadeSegment? Segment);
}
