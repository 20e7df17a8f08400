using Gateway.Caching.Store;
using Gateway.Media;

namespace Gateway.Caching.Disk;

/// <content>What is not to be found any more. It is written before these calls return, so that it outlives the process; only a replaced copy is marked by the writer soon afterwards.</content>
internal sealed partial class DiskTier
{
    /// <summary>Invalidations that wait for the folder to be opened; more of them empty it.</summary>
    private const int MostWaiting = 1024;

    /// <summary>Replaced copies that wait to be marked, or for the slabs to be read.</summary>
    private const int MostEarly = 1 << 16;

    private readonly Lock _opening = new();
    private readonly List<Action<DiskStore>> _waiting = [];

    /// <summary>Highest number of a folder that was given up. The next one goes on from there: fetches that asked before are still under way.</summary>
    private long _lastGivenUp;

    /// <summary>Invalidates an address, with all its slices and partitions. Writes one page.</summary>
    public void Invalidate(MediaAddress address) => Apply(store => store.Invalidations.Invalidate(store.Keys.AddressOf(address)));

    /// <summary>Purges everything below a path. Writes one page, and syncs it.</summary>
    /// <param name="cluster">Null means any.</param>
    public void Purge(string? cluster, string prefix) => Apply(store => store.Invalidations.Purge(cluster, prefix));

    /// <summary>An entry turned out to be wrong, or withdrawn: its copy goes.</summary>
    public void Forget(CacheEntry entry)
    {
        if (entry.Disk is not { } use || StoreOf(use) is not { } store) return;
        Displaced(entry);
        Replace(store, use.Key);
    }

    private void Apply(Action<DiskStore> change)
    {
        DiskStore? store;
        lock (_opening)
        {
            store = _store;
            if (store is null)
            {
                Wait(change);
                return;
            }
        }

        try
        {
            change(store);
        }
        catch (Exception e) when (IsOfTheDisk(e))
        {
            lock (_opening) Wait(change);
            Abandon(store, e);
        }
    }

    private void Wait(Action<DiskStore> change)
    {
        if (_waiting.Count < MostWaiting)
        {
            _waiting.Add(change);
            return;
        }

        _waiting.Clear();
        _waiting.Add(static store => store.Invalidations.Purge(null, "/"));
    }

    /// <summary>Takes a copy out of the index at once, and has the writer mark it on disk.</summary>
    private void Replace(DiskStore store, DiskKey key)
    {
        if (!store.IsReady && _replacedEarly.Count < MostEarly) _replacedEarly.Enqueue(key);
        if (store.Index.TryRemove(key.Object, (uint)key.Variant, out var place)) store.Writing.TryPost(() => Mark(store, place), most: MostEarly);
    }

    /// <summary>On the writer's thread.</summary>
    private void Mark(DiskStore store, DiskPlace place)
    {
        try
        {
            store.Ring.Replace(place);
        }
        catch (Exception e) when (IsOfTheDisk(e))
        {
            // It is not found by this process; by the next one it may be, if its own freshness still permits.
            metrics.Erred(DiskOperation.Write);
        }
    }

    /// <summary>What is invalid could not be written: then nothing on disk is to be trusted, now or after a restart.</summary>
    private void Abandon(DiskStore store, Exception cause)
    {
        lock (_opening)
        {
            if (_store != store) return;
            _store = null;
            _lastGivenUp = store.Invalidations.Now;
        }

        store.Destroy();
        Health.Failed(DiskOperation.Open, cause, "what was purged could not be written");
        _ = store.CloseAsync(static () => { });
    }
}
