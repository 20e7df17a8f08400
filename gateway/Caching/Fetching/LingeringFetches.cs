namespace Gateway.Caching.Fetching;

/// <summary>
/// Fetches that go on for a while after their last reader left. A player that gives up on a slow upstream asks again within seconds; were its fetch dropped,
/// each retry would have upstream begin anew, and none would ever be answered. The retry joins the lingering fetch.
/// <para>
/// Upstream's work without a reader is bounded in number and time; a fetch beyond the number is dropped as soon as its last reader leaves. All of them are given up when memory
/// is critically short. Closing the cache ends them like every other fetch.
/// </para>
/// A fetch keeps its place until it ends or its time is over, also when somebody has joined it again meanwhile: giving up is then refused by its body. The gate protects the
/// places; nothing is given up under it.
/// </summary>
internal sealed class LingeringFetches(CacheOptions options, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<SharedFetch, ITimer> _places = [];

    public int Count
    {
        get
        {
            lock (_gate) return _places.Count;
        }
    }

    /// <summary>Lets a deserted fetch go on, for its full time from now; false when it may not.</summary>
    public bool TryKeep(SharedFetch fetch)
    {
        if (options.LingerTime == TimeSpan.Zero) return false;
        lock (_gate)
        {
            if (_places.TryGetValue(fetch, out var timer))
            {
                timer.Change(options.LingerTime, Timeout.InfiniteTimeSpan);
                return true;
            }

            if (_places.Count >= options.MaxLingering) return false;
            _places.Add(fetch, clock.CreateTimer(static state => ((SharedFetch)state!).LingeredEnough(), fetch, options.LingerTime, Timeout.InfiniteTimeSpan));
            return true;
        }
    }

    /// <summary>The fetch's place is free again.</summary>
    public void Forget(SharedFetch fetch)
    {
        lock (_gate)
        {
            if (_places.Remove(fetch, out var timer)) timer.Dispose();
        }
    }

    /// <summary>Gives up all of them, but those that are read again.</summary>
    public void GiveUp()
    {
        SharedFetch[] all;
        lock (_gate) all = [.. _places.Keys];
        foreach (var fetch in all) fetch.LingeredEnough();
    }
}
