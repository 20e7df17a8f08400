using Gateway.Caching;
using Gateway.Manifests.Timeline;
using Gateway.Origin;
using Gateway.Segments;

namespace Gateway.Prefetch;

/// <summary>
/// Fetches what a viewer will ask for next, through the same cellar door as the viewer: who asks for a segment that is on its way reads
/// along. Told of each media request by <see cref="Asked"/>; nothing runs for a viewer who is paused or gone, because they ask for nothing.
/// </summary>
/// <remarks>
/// <para>A fetch starts on the caller's thread, up to its first wait, as long as there is a free place: after the response to segment n,
/// the fetches of n+1 … are under way, whatever else the machine does. Without a free place it waits in a bounded queue, newest kept,
/// and the place that becomes free takes it.</para>
/// <para><see cref="_lock"/> protects the count of places and the queue; fetches start outside of it.</para>
/// </remarks>
internal sealed class Prefetcher
{
    /// <summary>A segment, its initialisation section and its key.</summary>
    private const int PlacesPerSegment = 3;

    private readonly Cellar _cellar;
    private readonly PrefetchOptions _options;
    private readonly PrefetchMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly LinkedList<RangedAddress> _waiting = [];
    private int _running;

    public Prefetcher(Cellar cellar, PrefetchOptions options, PrefetchMetrics metrics, TimeProvider time)
    {
        _cellar = cellar;
        _options = options;
        _metrics = metrics;
        _time = time;
        cellar.AheadEnded = (ending, _) => metrics.Ended(OutcomeOf(ending));
    }

    /// <summary>A viewer asked for media; called before its body is sent.</summary>
    /// <param name="trail">Where the viewer is.</param>
    /// <param name="asked">What was asked.</param>
    /// <param name="range">Which part of it; null for all.</param>
    public void Asked(ViewingTrail trail, MediaAddress asked, ByteRange? range)
    {
        if (_options.Segments == 0 || trail.IsEmpty) return;
        var next = new TimelineEntry[_options.Segments * PlacesPerSegment];
        var found = trail.Following(asked, range, _options.Segments, next);
        for (var i = 0; i < found; i++) Want(next[i]);
    }

    /// <summary>
    /// A viewer got a new version of a live manifest; called before it is sent. At the live edge nothing is ahead when a segment is asked
    /// for; what the reload lists anew is what will be asked next.
    /// </summary>
    public void Reloaded(ViewingTrail trail, MediaAddress manifest)
    {
        if (_options.Segments == 0) return;
        foreach (var last in trail.LastAskedLive(manifest)) Asked(trail, last.Address, last.Range);
    }

    private void Want(in TimelineEntry entry)
    {
        if (entry.Kind is EntryKind.Hint or EntryKind.Key) return;
        if (entry.AvailableAt is { } available && available > _time.GetUtcNow()) return;
        if (_cellar.Holds(entry.Address)) return;
        if (_cellar.Pressure == CachePressure.Critical)
        {
            _metrics.Ended(PrefetchOutcome.Dropped);
            return;
        }

        var wanted = new RangedAddress(entry.Address, entry.Range);
        if (TryTakePlace(wanted)) _ = RunAsync(wanted);
    }

    private bool TryTakePlace(RangedAddress wanted)
    {
        var dropped = 0;
        lock (_lock)
        {
            if (_running < _options.MaxConcurrent)
            {
                _running++;
                return true;
            }

            if (_waiting.Contains(wanted)) return false;
            _waiting.AddLast(wanted);
            for (; _waiting.Count > _options.MaxWaiting; dropped++) _waiting.RemoveFirst();
        }

        for (; dropped > 0; dropped--) _metrics.Ended(PrefetchOutcome.Dropped);
        return false;
    }

    private async Task RunAsync(RangedAddress wanted)
    {
        for (RangedAddress? current = wanted; current is { } target; current = NextWaiting())
        {
            var request = new MediaRequest
            {
                Address = target.Address,
                Range = target.Range,
                Purpose = FetchPurpose.Prefetch,
                Rules = SegmentRules.Media,
            };
            if (_cellar.FetchAhead(request) is { } fetch) await fetch.Over;
        }
    }

    private RangedAddress? NextWaiting()
    {
        lock (_lock)
        {
            if (_waiting.First is not { } first)
            {
                _running--;
                return null;
            }

            _waiting.RemoveFirst();
            return first.Value;
        }
    }

    private static PrefetchOutcome OutcomeOf(PrefetchEnding ending) => ending switch
    {
        PrefetchEnding.Used => PrefetchOutcome.Used,
        PrefetchEnding.Wasted => PrefetchOutcome.Wasted,
        PrefetchEnding.GivenUp => PrefetchOutcome.Dropped,
        _ => PrefetchOutcome.Failed,
    };
}
