namespace Gateway.Live.Timeline;

/// <summary>The entries that a request shows, as a range of those that the timeline has.</summary>
/// <param name="First">Position of the first one.</param>
/// <param name="Count">How many.</param>
/// <param name="IsComplete">Whether nothing will be added.</param>
internal readonly record struct PlaylistView(int First, int Count, bool IsComplete)
{
    /// <param name="timeline">The stream.</param>
    /// <param name="request">What is wanted of it.</param>
    /// <param name="now">For delays.</param>
    public static PlaylistView Of(LiveTimeline timeline, PlaylistRequest request, DateTimeOffset now)
    {
        var entries = timeline.Entries;
        var count = entries.Count;
        var isComplete = timeline.IsClosed;
        if (request.Delay > TimeSpan.Zero)
        {
            while (count > 0 && entries[count - 1].ListedAt + request.Delay > now) count--;
            isComplete &= count == entries.Count && timeline.ClosedAt + request.Delay <= now;
        }

        if (timeline.BeginsAt is not { } beginsAt) return new PlaylistView(0, count, isComplete);
        var first = 0;
        if (request.Start is { } start)
        {
            var from = start.Within(beginsAt);
            first = Search(entries, 0, count, e => e.End > from);
        }

        if (request.End is { } end)
        {
            var to = end.Within(beginsAt);
            var last = Search(entries, first, count, e => e.Start >= to);
            // The end is there as soon as an entry reaches it: what follows is not wanted.
            isComplete |= last < count || (count > 0 && entries[count - 1].End >= to);
            count = last;
        }

        return new PlaylistView(first, count - first, isComplete);
    }

    /// <summary>The first entry for which something is true that is true for all behind it as well.</summary>
    private static int Search(IReadOnlyList<TimelineEntry> entries, int low, int high, Func<TimelineEntry, bool> isTrue)
    {
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (isTrue(entries[middle])) high = middle;
            else low = middle + 1;
        }

        return low;
    }
}
