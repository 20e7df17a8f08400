namespace Gateway.Caching.Disk;

/// <content>Opening and closing the folder; called by the <see cref="DiskService"/> alone, one call after the other.</content>
internal sealed partial class DiskTier
{
    /// <summary>The system's numbers for a file that another process has locked: EWOULDBLOCK, and .NET's own.</summary>
    private static readonly int[] Locked = [11, unchecked((int)0x80070020)];

    /// <summary>Opens the folder, unless it is open: the lock and the invalidations. Blocks for some milliseconds.</summary>
    public void TryOpen()
    {
        if (_store is not null) return;
        try
        {
            var store = DiskStore.Open(files, layout, Confirmed, TryFlush, _lastGivenUp);
            try
            {
                PurgeNotes.Apply(files, store.Invalidations);
                while (!TryTakeOver(store))
                {
                }
            }
            catch
            {
                // What waits is not forgotten; if this process ends before it could be written, nothing on disk is to be trusted.
                store.Destroy();
                _ = store.CloseAsync(static () => { });
                throw;
            }

            Health.Worked(DiskOperation.Open);
        }
        catch (Exception e) when (IsOfTheDisk(e))
        {
            Health.Failed(DiskOperation.Open, e, Array.IndexOf(Locked, e.HResult) >= 0 ? "its folder belongs to another process" : null);
        }
    }

    /// <summary>Writes what waits, and opens the tier when nothing waits any more. No call of this tier waits for the disk meanwhile.</summary>
    private bool TryTakeOver(DiskStore store)
    {
        Action<DiskStore>[] waiting;
        lock (_opening)
        {
            if (_waiting.Count == 0)
            {
                _store = store;
                return true;
            }

            waiting = [.. _waiting];
            _waiting.Clear();
        }

        try
        {
            foreach (var change in waiting) change(store);
            store.Invalidations.Save();
            return false;
        }
        catch
        {
            lock (_opening) _waiting.InsertRange(0, waiting);
            throw;
        }
    }

    /// <summary>Reads the slabs of a folder that was opened. Blocks, for about a second where a terabyte is full of slices.</summary>
    public void TryRecover()
    {
        if (_store is not { IsReady: false } store) return;
        try
        {
            var began = clock.GetTimestamp();
            var scanned = store.Recover();
            while (_replacedEarly.TryDequeue(out var key)) Replace(store, key);
            Log.DiskOpened(log, files.Folder, store.Index.Count, store.Index.Bytes, scanned, clock.GetElapsedTime(began).TotalMilliseconds);
        }
        catch (Exception e) when (IsOfTheDisk(e))
        {
            lock (_opening) _store = null;
            Health.Failed(DiskOperation.Open, e);
            _ = store.CloseAsync(static () => { });
        }
    }

    /// <summary>Writes what was offered, and closes the folder.</summary>
    public async Task CloseAsync()
    {
        DiskStore? store;
        lock (_opening)
        {
            store = _store;
            _store = null;
        }

        if (store is null) return;
        await store.CloseAsync(() =>
        {
            if (TryFlush(store)) TryCheckpoint(store);
        });
    }

    private void TryCheckpoint(DiskStore store)
    {
        try
        {
            store.Ring.Checkpoint();
        }
        catch (Exception e) when (IsOfTheDisk(e))
        {
            // The next start reads the records instead.
            metrics.Erred(DiskOperation.Write);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(3043, LogLevel.Information, "The cache's disk at '{Folder}' holds {Objects} objects of {Bytes} bytes; {Scanned} were read one by one; opened in {Milliseconds:F0} ms.", EventName = nameof(DiskOpened))]
        public static partial void DiskOpened(ILogger log, string folder, int objects, long bytes, int scanned, double milliseconds);
    }
}
