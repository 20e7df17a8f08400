using System.Buffers;
using Gateway.Adaptation;
using Gateway.Caching;
using Gateway.Media;
using Gateway.Origin;
using Gateway.Timelines;

namespace Gateway.Prefetch;

/// <summary>
/// Decides which segments are prefetched for a session, and has them fetched through the same cache that serves its requests: a request for a segment that is being fetched
/// joins the fetch. <see cref="Asked"/> is called for each media request; nothing runs for a viewer who is paused or gone, because no requests come.
/// </summary>
/// <remarks>
/// With each request the playback position moves on, and the lookahead is computed anew. (1) The tracker gives the next segments, by the player's own announcement where it names
/// listed objects; (2) of the previous lookahead, segments that are wanted again stay, the requested one is released as demand, and after a seek or switch the
/// rest is given up; (3) each new segment is requested from the scheduler, in the order and with the urgency with which the player will need it.
/// </remarks>
internal sealed class Prefetcher(PrefetchScheduler scheduler, IndexReader indexes, PrefetchOptions options, BufferOptions buffer, FirstByteTimes origin, TimeProvider time)
{
    /// <summary>Objects for one segment: itself, its initialisation section and its key.</summary>
    private const int PlacesPerSegment = 3;

    /// <summary>Bound of the time until a segment is needed: longer makes no difference to the order, and a client's claim has to be bounded.</summary>
    private static readonly TimeSpan MostPatience = TimeSpan.FromMinutes(5);

    private readonly int _usual = Math.Min(options.Segments, buffer.AheadSegments);

    private readonly int _most = options.DeepensWhenSlow && options.Segments > 0 ? buffer.AheadSegments : Math.Min(options.Segments, buffer.AheadSegments);

    /// <summary>Takes a session's media request; called before its body is sent.</summary>
    /// <param name="tracker">The session's tracker.</param>
    /// <param name="wanted">The requested object.</param>
    /// <param name="bytes">Its length, where that is known.</param>
    /// <param name="report">The request's CMCD.</param>
    /// <param name="location">Where it stands, if that was looked up already.</param>
    public void Asked(PlaybackTracker tracker, CacheRequest wanted, long? bytes, CmcdReport? report, in TrackedLocation location = default)
    {
        if (_most == 0 || tracker.IsEmpty) return;
        if (tracker.AwaitsIndexes && indexes.IsOpen && tracker.Await(wanted, bytes, report, out var isFirst) is { } wait)
        {
            if (isFirst) _ = FollowAsync(tracker, wait);
            return;
        }

        if (tracker.IsStillNowhere(location)) return;
        var asked = new RangedAddress(wanted.Address, wanted.Range);
        var now = time.GetUtcNow();
        var isAtRest = report?.IsAtRest ?? tracker.IsPausedAt(now, options.IdleTimeout);
        var request = new TrackedRequest
        {
            Asked = asked,
            Location = location,
            At = now,
            Segments = isAtRest ? 0 : CountFor(asked.Range is { } range ? range.Length : bytes, DepthAt(wanted.Address, report)),
            Ahead = buffer.MaxDuration,
            Kind = KindOf(report),
            Player = report?.SessionId is { } name ? string.GetHashCode(name, StringComparison.Ordinal) : 0,
            Named = isAtRest ? null : NextObjectHints.Read(report, asked),
        };
        var next = ArrayPool<TimelineEntry>.Shared.Rent(_most * PlacesPerSegment);
        var step = tracker.Step(request, next);
        if (step.Slot >= 0)
        {
            for (var slot = 0; step.Left >> slot != 0; slot++)
            {
                if ((step.Left >> slot & 1) != 0) scheduler.GiveBack(tracker.Lookahead.Take(slot));
            }

            Want(tracker.Lookahead, step, asked, next, now + Bounded(report?.Patience) + step.Duration);
        }

        ArrayPool<TimelineEntry>.Shared.Return(next, clearArray: true);
    }

    /// <summary>
    /// Takes a session's reload of a live manifest; called before it is sent. At the live edge nothing is ahead when a segment is requested;
    /// the segments that the reload adds will be requested next.
    /// </summary>
    public void Reloaded(PlaybackTracker tracker, MediaAddress manifest)
    {
        var now = time.GetUtcNow();
        if (_most == 0 || tracker.IsPausedAt(now, options.IdleTimeout)) return;
        var next = ArrayPool<TimelineEntry>.Shared.Rent(_most * PlacesPerSegment);
        for (var slot = 0; slot < TrackedPositions.Max; slot++)
        {
            var request = new TrackedRequest { Asked = default, At = now, Segments = _usual, Ahead = buffer.MaxDuration };
            var step = tracker.Resume(slot, manifest, now - options.IdleTimeout, request, next);
            if (step.Slot >= 0) Want(tracker.Lookahead, step, default, next, now);
        }

        ArrayPool<TimelineEntry>.Shared.Return(next, clearArray: true);
    }

    /// <summary>Takes a request that the client broke off: it seeks, switches, or has left. The segments that were to follow are not wanted any more.</summary>
    public void BrokenOff(PlaybackTracker tracker, MediaAddress asked, ByteRange? range)
    {
        if (tracker.PlaceOf(new RangedAddress(asked, range)) is >= 0 and var slot) scheduler.GiveBack(tracker.Lookahead.Take(slot));
    }

    /// <summary>Once the index of a file is read, the last request that waited for it gives the position.</summary>
    private async Task FollowAsync(PlaybackTracker tracker, IndexWait wait)
    {
        if (await indexes.ReadAsync(wait.Index) is not { } index) return;
        var last = tracker.Indexed(wait, index);
        Asked(tracker, last.Wanted, last.Bytes, last.Report);
    }

    private int DepthAt(MediaAddress wanted, CmcdReport? report)
    {
        if (_most == _usual) return _usual;
        var depth = LookaheadDepth.Of(_usual, _most, origin.Of(wanted.Cluster)?.P95, report?.DurationMs is { } ms ? TimeSpan.FromMilliseconds(ms) : null);
        if (depth > _usual) scheduler.Deepened();
        return depth;
    }

    private int CountFor(long? bytes, int depth) => bytes is > 0 and not ByteRange.ToEnd and var length ? (int)Math.Min(depth, options.MaxSessionBytes / length) : depth;

    private static TimeSpan Bounded(TimeSpan? patience) => patience is { } given ? given < MostPatience ? given : MostPatience : TimeSpan.Zero;

    private static RenditionKind? KindOf(CmcdReport? report) => report?.ObjectType switch
    {
        "v" or "av" => RenditionKind.Video,
        "a" => RenditionKind.Audio,
        "c" or "tt" => RenditionKind.Subtitles,
        _ => null,
    };

    private void Want(Lookahead viewer, in TrackedStep step, RangedAddress asked, TimelineEntry[] next, DateTimeOffset due)
    {
        var before = viewer.Take(step.Slot);
        if (before.Length == 0 && step.Found == 0) return;
        if (step.Moved || step.Found == 0) before = Leave(before, asked, next.AsSpan(0, step.Found));
        List<PrefetchItem>? window = null;
        for (var i = 0; i < step.Found; i++)
        {
            ref readonly var entry = ref next[i];
            if (entry.Kind is EntryKind.Hint or EntryKind.Key) continue;
            if (entry.AvailableAt is { } available && available > time.GetUtcNow()) break;
            var target = new RangedAddress(entry.Address, entry.Range);
            if (target != asked && scheduler.Want(viewer, target, due, IsTold(before, target)) is { } share) (window ??= []).Add(share);
            if (entry.Kind != EntryKind.Init) due += entry.Duration;
        }

        foreach (var share in before)
        {
            if (share.Target == asked) scheduler.Settle(share);
            else if (PrefetchScheduler.IsRunning(share) && !IsWanted(window, share)) (window ??= []).Add(share);
            else scheduler.GiveBack([share]);
        }

        if (window is not null) scheduler.GiveBack(viewer.Put(step.Slot, [.. window], scheduler));
    }

    /// <summary>Gives up segments that are neither requested nor wanted again, before new ones are requested: their slots are needed.</summary>
    private PrefetchItem[] Leave(PrefetchItem[] before, RangedAddress asked, ReadOnlySpan<TimelineEntry> next)
    {
        var kept = new List<PrefetchItem>(before.Length);
        foreach (var share in before)
        {
            if (share.Target == asked || Lists(next, share.Target)) kept.Add(share);
            else scheduler.GiveBack([share]);
        }

        return [.. kept];
    }

    private static bool Lists(ReadOnlySpan<TimelineEntry> next, RangedAddress target)
    {
        foreach (ref readonly var entry in next)
        {
            if (entry.Address == target.Address && entry.Range == target.Range) return true;
        }

        return false;
    }

    private static bool IsTold(PrefetchItem[] before, RangedAddress target)
    {
        foreach (var share in before)
        {
            if (share.Target == target) return share.State == PrefetchItemState.Declined;
        }

        return false;
    }

    private static bool IsWanted(List<PrefetchItem>? window, PrefetchItem share) => window is not null && window.Contains(share);
}
