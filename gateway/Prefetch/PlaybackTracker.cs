using Gateway.Media;
using Gateway.Timelines;

namespace Gateway.Prefetch;

/// <summary>
/// Tracks the playback position of one session: the timelines of the manifests that it has loaded, most recently used first, and a position in each kind of media that is being
/// played. From each request the tracker derives the segments that will be requested next.
/// </summary>
/// <remarks>
/// <para>Called by concurrent requests of one session (audio beside video, parallel connections), hence the lock; it protects the lists and is held for a search over at
/// most <see cref="MaxManifests"/> manifests, the playing renditions first. Timelines are shared by all sessions on a manifest; a tracker holds references only.</para>
/// <para>A player that plays on gets the full lookahead, also after one seek or switch; one that jumps twice in a row gets one segment, and after a further jump
/// nothing until it plays on. So wild seeking, or two players on one ticket, cost no more than their own requests.</para>
/// </remarks>
internal sealed partial class PlaybackTracker
{
    /// <summary>Video, audio and subtitles in a few renditions of HLS; a viewer who switches more often loses only the oldest.</summary>
    private const int MaxManifests = 16;

    private const int TrustedStrays = 1;

    private readonly Lock _lock = new();
    private readonly List<TrackedManifest> _manifests = [];
    private readonly TrackedPositions _positions = new();
    private long _turn;
    private volatile int _version = 1;
    private long _pausedTicks = long.MinValue;

    /// <summary>Whether a manifest was loaded at all: without one, there is nothing to look up.</summary>
    public bool IsEmpty => _manifests.Count == 0;

    /// <summary>The protocol of the manifest that the session plays from.</summary>
    public StreamingProtocol Protocol { get; private set; }

    /// <summary>Variants and variables of the multivariant playlists that the session has loaded.</summary>
    public LoadedLadders Ladders { get; } = new();

    /// <summary>The MPDs that the player updates by patches.</summary>
    public PatchableManifests Patchables { get; } = new();

    /// <summary>The prefetches of this session.</summary>
    public Lookahead Lookahead { get; } = new();

    /// <summary>Address of the session's first request: the folder of its manifest is the title, which holds all renditions.</summary>
    public void BeganWith(MediaAddress entry) =>
        Lookahead.Title = ManifestKinds.IsManifestPath(entry.Path) ? entry.Path[..(entry.Path.LastIndexOf('/') + 1)] : null;

    /// <summary>Records the client's report that it plays, or does not. Prefetches of a session that does not are given up.</summary>
    public void Paused(bool isPaused, DateTimeOffset now)
    {
        Interlocked.Exchange(ref _pausedTicks, isPaused ? now.UtcTicks : long.MinValue);
        if (isPaused) Lookahead.Clear();
    }

    /// <summary>Ends tracking with the session: nothing more is prefetched for it, and its prefetches are given up unless other sessions want them.</summary>
    public void End() => Lookahead.End();

    /// <summary>Whether the client reported recently that it does not play; an old report expires.</summary>
    public bool IsPausedAt(DateTimeOffset now, TimeSpan within) => Interlocked.Read(ref _pausedTicks) is var since and not long.MinValue && now.UtcTicks - since < within.Ticks;

    /// <summary>Records the timelines of a manifest that was just sent to the player; those of its last version are replaced.</summary>
    /// <param name="protocol">Protocol of the manifest.</param>
    /// <param name="manifest">Its address.</param>
    /// <param name="timelines">The timelines it lists.</param>
    /// <param name="version">Identifies the version; 0 where it is not known.</param>
    /// <param name="at">Time of the reply.</param>
    public void Loaded(
        StreamingProtocol protocol, MediaAddress manifest, IReadOnlyList<MediaTimeline> timelines, UInt128 version = default, DateTimeOffset at = default)
    {
        Protocol = protocol;
        if (timelines.Count == 0) return;
        lock (_lock)
        {
            if (_manifests.Find(m => m.Address == manifest) is not { } loaded)
            {
                if (_manifests.Count >= MaxManifests) ForgetOldestUnderLock();
                _manifests.Insert(0, loaded = new TrackedManifest(manifest));
            }

            loaded.Load(timelines, version, at);
            _version++;
            NoteIndexesUnderLock();
            NoteLiveListsUnderLock();
        }
    }

    /// <summary>The first timeline of a manifest that the viewer has loaded, as of its last version.</summary>
    public MediaTimeline? Find(MediaAddress manifest)
    {
        lock (_lock) return _manifests.Find(m => m.Address == manifest)?.Timelines[0];
    }

    /// <summary>Whether a loaded manifest lists a resource, or names it as a file with an index of its own segments.</summary>
    public bool Lists(MediaAddress address)
    {
        lock (_lock) return TryFindUnderLock(address, null, out _, out _, out _) || AwaitingUnderLock(address, out _) is not null;
    }

    /// <summary>Whether an address is that of an initialisation section, of the first or the last segments that a loaded manifest lists.</summary>
    public bool ListsInit(MediaAddress address)
    {
        lock (_lock) return _manifests.Exists(m => m.Timelines.Any(t => t.Count > 0 && (t[0].Init?.Address == address || t[^1].Init?.Address == address)));
    }

    /// <summary>Whether a loaded manifest lists a resource to be played as a whole, rather than piece by piece.</summary>
    public bool ListsWhole(MediaAddress address) => Locate(address, null) is { IsListed: true, Entry.Range: null };

    /// <summary>Locates the segment or part that a request is for; nowhere for a resource of no loaded manifest.</summary>
    public TrackedLocation Locate(MediaAddress asked, ByteRange? range)
    {
        lock (_lock)
        {
            return TryFindUnderLock(asked, range, out var manifest, out var ordinal, out var index)
                ? new TrackedLocation(manifest, ordinal, manifest.Timelines[ordinal], index)
                : TrackedLocation.NowhereIn(_version);
        }
    }

    /// <summary>Whether a resource was looked up and not found, and no manifest was loaded since.</summary>
    public bool IsStillNowhere(in TrackedLocation location) => location.Version == _version;

    /// <summary>Moves the position to the requested segment, and writes the segments that follow.</summary>
    public TrackedStep Step(in TrackedRequest request, Span<TimelineEntry> next)
    {
        lock (_lock)
        {
            if (!TryUseUnderLock(request.Location, out var manifest, out var ordinal, out var index)
                && !TryFindUnderLock(request.Asked.Address, request.Asked.Range, out manifest, out ordinal, out index))
                return TrackedStep.Nowhere;
            if (_manifests[0] != manifest)
            {
                _manifests.Remove(manifest);
                _manifests.Insert(0, manifest);
            }

            var timeline = manifest.Timelines[ordinal];
            var switched = false;
            var slot = _positions.IndexOf(manifest, ordinal, request.Player);
            if (slot < 0) slot = _positions.Take(manifest, ordinal, timeline.Kind ?? Ladders.KindOf(manifest.Address) ?? request.Kind, request.Player, out switched);
            var position = _positions[slot]!;
            var entry = timeline[index];
            var moved = position.MoveTo(timeline, index, entry, request, switched, ++_turn);
            var found = NextUnderLock(position, timeline, index, entry, request, next);
            return new TrackedStep(slot, found, moved, _positions.LeaveOvertaken(slot, entry), entry.Duration);
        }
    }

    /// <summary>
    /// Writes the segments that follow the position in a live manifest that was just reloaded. At the live edge nothing is ahead when a segment is requested; the segments that the
    /// reload adds will be requested next.
    /// </summary>
    /// <param name="slot">Number of the position.</param>
    /// <param name="activeSince">Nothing follows for a session without a request since then.</param>
    public TrackedStep Resume(int slot, MediaAddress manifest, DateTimeOffset activeSince, in TrackedRequest request, Span<TimelineEntry> next)
    {
        lock (_lock)
        {
            if (_positions[slot] is not { } position || position.Manifest.Address != manifest || position.AskedAt < activeSince) return TrackedStep.Nowhere;
            if (position.Timeline is not { } timeline || !timeline.TryFind(position.Asked.Address, position.Asked.Range, out var index))
            {
                // The order of renditions may change from one version to the next.
                if (!position.Manifest.TryFind(position.Asked.Address, position.Asked.Range, out var ordinal, out index)) return TrackedStep.Nowhere;
                position.Ordinal = ordinal;
                timeline = position.Timeline!;
            }

            if (timeline.HasEnd) return TrackedStep.Nowhere;
            var entry = timeline[index];
            return new TrackedStep(slot, NextUnderLock(position, timeline, index, entry, request, next), false, 0, entry.Duration);
        }
    }

    /// <summary>The position whose last request this was; -1 when the player has gone on, or there is none.</summary>
    public int PlaceOf(RangedAddress asked)
    {
        lock (_lock) return _positions.IndexOf(asked);
    }

    private int NextUnderLock(TrackedPosition position, MediaTimeline timeline, int index, TimelineEntry entry, in TrackedRequest request, Span<TimelineEntry> next)
    {
        var count = position.Strays <= TrustedStrays ? request.Segments : position.Strays == TrustedStrays + 1 ? Math.Min(1, request.Segments) : 0;
        var found = 0;
        if (request is { Named: { } named, Segments: > 0 })
        {
            found = NamedUnderLock(named, ref timeline, ref index, ref count, next);
            entry = timeline[index];
        }

        if (count > 0) found += timeline.Following(index, entry, count, next[found..]);
        return Shorten(next[..found], request.Ahead);
    }

    /// <summary>
    /// Writes the objects that the player announced (CMCD nor), as far as its manifests list them; the rest follows the last of them. An object that no manifest lists is not fetched on a client's
    /// claim, whatever host or folder it names.
    /// </summary>
    private int NamedUnderLock(RangedAddress[] named, ref MediaTimeline timeline, ref int index, ref int count, Span<TimelineEntry> next)
    {
        var found = 0;
        foreach (var one in named)
        {
            // A player without lookahead after its jumps may still announce its next request.
            if (found > 0 && count <= 0) break;
            if (!TryFindUnderLock(one.Address, one.Range, out var manifest, out var ordinal, out var at)) continue;
            var its = manifest.Timelines[ordinal];
            if (its == timeline && at == index) continue;
            var fresh = its == timeline && at == its.Next(index) ? its.Following(index, 1, next[found..]) : its.StartingAt(at, 1, next[found..]);
            if (fresh == 0) continue;
            found += fresh;
            timeline = its;
            index = at;
            count--;
        }

        return found;
    }

    private static int Shorten(Span<TimelineEntry> next, TimeSpan most)
    {
        var ahead = TimeSpan.Zero;
        var kept = 0;
        for (var i = 0; i < next.Length; i++)
        {
            if (next[i].Kind is EntryKind.Init or EntryKind.Key) continue;
            ahead += next[i].Duration;
            if (ahead > most) break;
            kept = i + 1;
        }

        return kept;
    }

    /// <summary>What was located a moment ago, if neither its manifest nor the manifest's version has changed since.</summary>
    private bool TryUseUnderLock(in TrackedLocation known, out TrackedManifest manifest, out int ordinal, out int index)
    {
        (manifest, ordinal, index) = (known.Manifest!, known.Ordinal, known.Index);
        return known.IsListed
            && ordinal < manifest.Timelines.Count
            && ReferenceEquals(manifest.Timelines[ordinal], known.Timeline)
            && _manifests.Contains(manifest);
    }

    private bool TryFindUnderLock(MediaAddress asked, ByteRange? range, out TrackedManifest manifest, out int ordinal, out int index)
    {
        if (_positions.TryFind(asked, range, out var position, out index))
        {
            manifest = position.Manifest;
            ordinal = position.Ordinal;
            return true;
        }

        foreach (var loaded in _manifests)
        {
            manifest = loaded;
            if (loaded.TryFind(asked, range, out ordinal, out index)) return true;
        }

        manifest = null!;
        ordinal = index = -1;
        return false;
    }

    private void ForgetOldestUnderLock()
    {
        for (var i = _manifests.Count - 1; i >= 0; i--)
        {
            if (_positions.Hold(_manifests[i])) continue;
            _manifests.RemoveAt(i);
            return;
        }
    }
}
