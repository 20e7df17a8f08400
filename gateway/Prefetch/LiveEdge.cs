using Gateway.Caching;
using Gateway.Origin;

namespace Gateway.Prefetch;

/// <summary>
/// Sees to it that no live manifest is served that is older than the segments beside it have shown. One may be held for a part of its update period; a player that
/// meanwhile got a segment which it does not list yet (libavformat asks for the next time before it is listed) has to find it listed in the next version that it loads,
/// or it takes that segment for the next one again and again.
/// </summary>
internal sealed class LiveEdge(Cellar cellar)
{
    /// <summary>Upstream has a segment; called before any of its bytes goes out, because the player may load the manifest next.</summary>
    public void Shown(ViewingTrail trail, MediaAddress segment)
    {
        if (trail.FollowsLiveLists && trail.TryOutrun(segment, out var manifest)) cellar.Invalidate(manifest);
    }
}
