using Gateway.Caching.Store;
using Gateway.Media;

namespace Gateway.Caching.Disk;

/// <content>
/// What is not to be found any more. It is so when these calls return; when their tasks complete with true, it is written as well, and outlives the process. Only a replaced copy is marked by the writer soon
/// afterwards.
/// </content>
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

    /// <summary>Invalidates an address, with all its slices and partitions.</summary>
    public Task<bool> InvalidateAsync(MediaAddress address) => ApplyAsync(store => store.Invalidations.Invalidate(store.Keys.AddressOf(address)), out _);

    /// <summary>Purges everything below a path. Where the folder is another process's, a note in it tells whoever opens it next, should this process not live to do so.</summary>
    /// <param name="cluster">Null means any.</param>
    public Task<bool> PurgeAsync(string? cluster, string prefix)
    {
        var written = ApplyAsync(store => store.Invalidations.Purge(cluster, prefix), out var isOpen);
        return isOpen ? written : NoteAsync(new PurgeRule(1, cluster, prefix));
    }

    /// <summary>An entry turned out to be wrong, or withdrawn: its copy goes.</summary>
    public void Forget(CacheEntry entry)
    {
        if (entry.Disk is not { } use || StoreOf(use) is not { } store) return;
        Displaced(entry);
        Replace(store, use.Key);
    }

    private Task<bool> ApplyAsync(Action<DiskStore> change, out bool isOpen)
    {
        lock (_opening)
        {
            var store = _store;
            isOpen = store is not null;
            // Marked and handed on under this gate, which is field work: so it is marked in the folder that is open when this returns, whose threads take work as long as it is, or it waits for the next one.
            if (store is not null && TryMarkUnderGate(store, change)) return SaveAsync(store, change);
            Wait(change);
            return Task.FromResult(false);
        }
    }

    /// <summary>Where no number is left, the folder is given up before this returns, and nothing more is read from it; the disk is told on another thread.</summary>
    private bool TryMarkUnderGate(DiskStore store, Action<DiskStore> change)
    {
        try
        {
            change(store);
            return true;
        }
        catch (IOException e)
        {
            TryLeaveUnderGate(store);
            _ = Task.Run(() => Destroy(store, e));
            return false;
        }
    }

    private async Task<bool> SaveAsync(DiskStore store, Action<DiskStore> change)
    {
        var saving = store.Saving.TryRun(() =>
        {
            try
            {
                store.Invalidations.Save();
                return true;
            }
            catch (Exception e) when (IsOfTheDisk(e))
            {
                lock (_opening) Wait(change);
                // One that is being closed is not to be trusted either, and is this process's until this thread ends.
                if (!TryAbandon(store, e)) store.Destroy();
                return false;
            }
        });
        // So many wait already that one of them will save this, too.
        if (saving is null) return false;
        try
        {
            return await saving.WaitAsync(Patience, clock);
        }
        catch (TimeoutException e)
        {
            // It will be written when the disk comes back, unless the process ends before.
            Health.Failed(DiskOperation.Write, e, "it takes too long");
            return false;
        }
    }

    private async Task<bool> NoteAsync(PurgeRule rule)
    {
        try
        {
            return await Task.Run(() => PurgeNotes.Write(files, rule)).WaitAsync(Patience, clock);
        }
        catch (TimeoutException)
        {
            return false;
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

    /// <summary>What is invalid could not be written: then nothing on disk is to be trusted, now or after a restart. Blocks as long as the disk does.</summary>
    /// <returns>False where somebody else has closed it, or given it up.</returns>
    private bool TryAbandon(DiskStore store, Exception cause)
    {
        lock (_opening)
        {
            if (!TryLeaveUnderGate(store)) return false;
        }

        Destroy(store, cause);
        return true;
    }

    /// <summary>From here on nothing is found in the folder. Whoever gets true destroys and closes it.</summary>
    private bool TryLeaveUnderGate(DiskStore store)
    {
        if (_store != store) return false;
        _store = null;
        _lastGivenUp = store.Invalidations.Now;
        return true;
    }

    private void Destroy(DiskStore store, Exception cause)
    {
        store.Destroy();
        Health.Failed(DiskOperation.Open, cause, "what was purged could not be written");
        _ = store.CloseAsync(static () => { });
    }
}
