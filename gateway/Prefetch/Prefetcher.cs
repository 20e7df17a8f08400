using System.Buffers;
using Gateway.Adaptation;
using Gateway.Caching;
using Gateway.Media;
using Gateway.Timelines;

namespace Gateway.Prefetch;

/// <summary>
/// Decides what is fetched ahead for a viewer, and has it fetched through the same cellar door that the viewer uses: who asks for a segment that is on its way reads
/// along. Told of each media request by <see cref="Asked"/>; nothing runs for a viewer who is paused or gone, because they ask for nothing.
/// </summary>
/// <remarks>
/// With each request the viewer's place moves on, and what is wanted for it is said anew. (1) The trail tells what comes next, by the player's own word where it names
/// something that is listed; (2) of what was wanted before, that which is wanted again stays, that which was asked for goes its way, and after a seek or switch the
/// rest is given up; (3) each of the new ones is wanted from the desk, in the order and with the urgency with which the player will need it.
/// </remarks>
internal sealed class Prefetcher(PrefetchScheduler scheduler, IndexReader indexes, PrefetchOptions options, BufferOptions buffer, TimeProvider time)
{
    /// <summary>A segment, its initialisation section and its key.</summary>
    private const int PlacesPerSegment = 3;

    /// <summary>Longer patience makes no difference to the order; and what a client says has to be bounded.</summary>
    private static readonly TimeSpan MostPatience = TimeSpan.FromMinutes(5);

    private readonly int _most = Math.Min(options.Segments, buffer.AheadSegments);

    /// <summary>A viewer asked for media; called before its body is sent.</summary>
    /// <param name="tracker">Where the viewer is.</param>
    /// <param name="wanted">What was asked.</param>
    /// <param name="bytes">Its length, where that is known.</param>
    /// <param name="report">What the player said with it.</param>
    /// <param name="location">Where it stands, if that was looked up already.</param>
    public void Asked(PlaybackTracker tracker, CacheRequest wanted, long? bytes, CmcdReport? report, in TrackedLocation location = default)
    {
        if (_most == 0 || tracker.IsEmpty) return;
        if (tracker.AwaitsIndexes && indexes.IsOpen && tracker.Await(wanted, bytes, report, out var isFirst) is { } wait)
        {
            if (isFirst) _ = FollowAsync(tracker, wait);
            return;
        }

        var asked = new RangedAddress(wanted.Address, wanted.Range);
        var now = time.GetUtcNow();
        var isAtRest = report?.IsAtRest ?? tracker.IsPausedAt(now, options.IdleTimeout);
        var request = new TrackedRequest
        {
            Asked = asked,
            Location = location,
            At = now,
            Segments = isAtRest ? 0 : CountFor(asked.Range is { } range ? range.Length : bytes),
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
    /// A viewer got a new version of a live manifest; called before it is sent. At the live edge nothing is ahead when a segment is asked
    /// for; what the reload lists anew is what will be asked next.
    /// </summary>
    public void Reloaded(PlaybackTracker tracker, MediaAddress manifest)
    {
        var now = time.GetUtcNow();
        if (_most == 0 || tracker.IsPausedAt(now, options.IdleTimeout)) return;
        var next = ArrayPool<TimelineEntry>.Shared.Rent(_most * PlacesPerSegment);
        for (var slot = 0; slot < TrackedPositions.Max; slot++)
        {
            var request = new TrackedRequest { Asked = default, At = now, Segments = _most, Ahead = buffer.MaxDuration };
            var step = tracker.Resume(slot, manifest, now - options.IdleTimeout, request, next);
            if (step.Slot >= 0) Want(tracker.Lookahead, step, default, next, now);
        }

        ArrayPool<TimelineEntry>.Shared.Return(next, clearArray: true);
    }

    /// <summary>A viewer broke off in the middle of something: seeking, switching, or gone. What was to follow that is not wanted any more, as far as anybody knows.</summary>
    public void BrokenOff(PlaybackTracker tracker, MediaAddress asked, ByteRange? range)
    {
        if (tracker.PlaceOf(new RangedAddress(asked, range)) is >= 0 and var slot) scheduler.GiveBack(tracker.Lookahead.Take(slot));
    }

    /// <summary>Once the index of a file is read, the viewer is where the last request has led meanwhile.</summary>
    private async Task FollowAsync(PlaybackTracker tracker, IndexWait wait)
    {
        if (await indexes.ReadAsync(wait.Index) is not { } index) return;
        var last = tracker.Indexed(wait, index);
        Asked(tracker, last.Wanted, last.Bytes, last.Report);
    }

    private int CountFor(long? bytes) => bytes is > 0 and not ByteRange.ToEnd and var length ? (int)Math.Min(_most, options.MaxSessionBytes / length) : _most;

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

    /// <summary>Gives up what is neither asked for nor wanted again, before anything new is wanted: its places are needed.</summary>
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
