using Gateway.Caching;
using Gateway.Media;

namespace Gateway.Prefetch;

/// <summary>
/// Keeps a cached live manifest from being served after newer segments have been. A manifest may be cached for a part of its update period; a player that
/// meanwhile got a segment which the manifest does not list yet (libavformat requests the next time before it is listed) has to find it listed in the next version that it loads,
/// or it takes that segment for the next one again and again.
/// </summary>
internal sealed class LiveEdge(MediaCache cache)
{
    /// <summary>Takes note that upstream has a segment; called before any of its bytes goes out, because the player may load the manifest next.</summary>
    public void Shown(PlaybackTracker tracker, MediaAddress segment)
    {
        if (tracker.FollowsLiveLists && tracker.TryOutrun(segment, out var manifest)) _ = cache.InvalidateAsync(manifest);
    }
}
