using Gateway.Media;

namespace Gateway.Prefetch;

/// <content>Live manifests that list their segments one by one, and segments that exist before they are listed.</content>
internal sealed partial class PlaybackTracker
{
    /// <summary>A segment that is overdue for longer was never due: availability times are often made up.</summary>
    private static readonly TimeSpan MostLate = TimeSpan.FromSeconds(30);

    private volatile bool _followsLiveLists;

    /// <summary>Whether segments can be newer than any loaded manifest; read without the lock, so that other sessions do not pay for it.</summary>
    public bool FollowsLiveLists => _followsLiveLists;

    /// <summary>
    /// Records a segment that upstream has, and finds the loaded manifest that will list it, but does not yet. True once for each version of a manifest and each of
    /// its renditions, however many sessions play it.
    /// </summary>
    public bool TryOutrun(MediaAddress segment, out MediaAddress manifest)
    {
        lock (_lock)
        {
            foreach (var loaded in _manifests)
            {
                if (!loaded.IsLiveList) continue;
                foreach (var timeline in loaded.Timelines)
                {
                    var isBeyond = timeline.IsOutrunBy(segment);
                    if (isBeyond || timeline.IsLastListed(segment)) loaded.IsExhausted = true;
                    if (!isBeyond || !timeline.TryMarkOutrun()) continue;
                    manifest = loaded.Address;
                    return true;
                }
            }
        }

        manifest = default;
        return false;
    }

    /// <summary>
    /// Whether the player has requested all that this version of a live manifest lists and reloads it for a newer one that upstream may have: the next segment is due by
    /// upstream's clock, or, where that clock is not usable, the player reloads sooner than the update period.
    /// </summary>
    /// <param name="manifest">Its address.</param>
    /// <param name="version">The version that would be served.</param>
    /// <param name="lifetime">How long it is cached.</param>
    /// <param name="now">The current time.</param>
    public bool IsThroughWith(MediaAddress manifest, UInt128 version, TimeSpan lifetime, DateTimeOffset now)
    {
        if (!_followsLiveLists) return false;
        lock (_lock)
        {
            if (_manifests.Find(m => m.Address == manifest) is not { IsExhausted: true } loaded || loaded.Version != version) return false;
            if (loaded.NextDue is { } due && now - due < MostLate) return now >= due;
            return now - loaded.LoadedAt < lifetime;
        }
    }

    private void NoteLiveListsUnderLock() => _followsLiveLists = _manifests.Exists(static m => m.IsLiveList);
}
