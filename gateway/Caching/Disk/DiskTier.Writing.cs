using System.Collections.Concurrent;
using Gateway.Caching.Store;

namespace Gateway.Caching.Disk;

/// <content>
/// From memory to the disk. A newer response takes the place of the older copy whichever way it goes: a copy that the index names is taken out of it and marked on disk; one with the writer loses its entry's
/// place in memory, which the writer looks at before it appends, and is marked as displaced, which it looks at before it is named.
/// </content>
internal sealed partial class DiskTier
{
    /// <summary>Objects with the writer at most.</summary>
    internal const int MostOffers = 1024;

    private readonly ConcurrentQueue<DiskKey> _replacedEarly = new();

    /// <summary>What the writer has, from the offer to the index, by variant: memory may have let go of its entry by the time a newer response comes.</summary>
    private readonly ConcurrentDictionary<ulong, DiskUse> _withWriter = new();
    private long _offered;

    /// <summary>A response was stored in memory: older copies of it are dead, and its entry learns whether it may be written itself.</summary>
    /// <param name="askedIn">What <see cref="Ask"/> gave before upstream was asked.</param>
    public void Stored(CacheRequest request, CacheEntry entry, long askedIn)
    {
        if (askedIn == 0 || _store is not { } store) return;
        var key = store.Keys.Of(entry.Key, entry.Vary);
        // First the one with the writer: if it has just been named, it is found in the index.
        if (_withWriter.TryGetValue(key.Variant, out var older)) older.TryMove(DiskUseState.Offered, DiskUseState.Displaced);
        Replace(store, key);
        if (DiskAdmission.MayWrite(request, entry)) entry.Disk = new DiskUse(key, askedIn);
    }

    /// <summary>
    /// Upstream confirmed a stored response. Its copy stays when it was stale, for it will be confirmed again when it is read; one that would still pass as fresh goes, because upstream may have said
    /// something else by now.
    /// </summary>
    public void Renewed(CacheRequest request, CacheEntry held, CacheEntry entry, long askedIn, TimeSpan now)
    {
        if (held.Disk is { State: DiskUseState.Stored } use && held.FreshForAt(now) <= TimeSpan.Zero && StoreOf(use) is { } store && store.Index.TryTouch(use.Slot, use.Key.Object))
        {
            if (DiskAdmission.MayWrite(request, entry)) entry.Disk = use;
            return;
        }

        // With the writer it would be named with the lifetime of before.
        Displaced(held);
        Stored(request, entry, askedIn);
    }

    /// <summary>A newer response has taken an entry's place in memory.</summary>
    public static void Displaced(CacheEntry entry) => entry.Disk?.TryMove(DiskUseState.Offered, DiskUseState.Displaced);

    /// <summary>A client requested an entry, from the first byte on. Takes no lock, and allocates only when the entry is offered.</summary>
    public void Used(CacheEntry entry, DiskUse use, TimeSpan now)
    {
        switch (use.State)
        {
            case DiskUseState.Stored when StoreOf(use) is { } store && !store.Index.TryTouch(use.Slot, use.Key.Object):
                use.TryMove(DiskUseState.Stored, DiskUseState.New);
                break;
            case DiskUseState.New when _seen.WasSeen(use.Key.Object) && use.TryMove(DiskUseState.New, DiskUseState.Wanted):
                Landed(entry, use, now);
                break;
        }
    }

    /// <summary>An entry may have all of its bytes: if it is wanted, and has, it is offered.</summary>
    public void Landed(CacheEntry entry, DiskUse use, TimeSpan now)
    {
        if (use.State != DiskUseState.Wanted || !entry.Body.IsComplete || !use.TryMove(DiskUseState.Wanted, DiskUseState.Offered)) return;
        if (!TryOffer(entry, use, now)) use.Reset();
    }

    /// <summary>Completes when all that was offered before is written; false when the writer takes nothing.</summary>
    internal async Task<bool> FlushAsync()
    {
        if (_store is not { } store || store.Writing.TryRun(() => TryFlush(store)) is not { } flushed) return false;
        return await flushed;
    }

    /// <summary>The open folder, if it is the one that the entry knows of: a folder that was given up takes its keys with it.</summary>
    private DiskStore? StoreOf(DiskUse use) => _store is { } store && store.Seed == use.Key.Folder ? store : null;

    private bool TryOffer(CacheEntry entry, DiskUse use, TimeSpan now)
    {
        if (StoreOf(use) is not { IsReady: true } store || !entry.Body.TryLease()) return false;
        if (!entry.IsHeld || entry.Body.Available > layout.MostRecordBytes || DiskAdmission.RecordOf(entry, use, now, clock.GetUtcNow()) is not { } record)
        {
            entry.Body.Release();
            return false;
        }

        var bytes = entry.Body.Available;
        var fits = Interlocked.Add(ref _offered, bytes) <= MostOffered;
        var mayWrite = Health.MayWrite;
        if (fits && mayWrite)
        {
            _withWriter[use.Key.Variant] = use;
            if (store.Writing.TryPost(() => Write(store, entry, use, record))) return true;
            LeaveWriter(use);
        }

        Interlocked.Add(ref _offered, -bytes);
        entry.Body.Release();
        metrics.Offered(mayWrite ? DiskWriteResult.Dropped : DiskWriteResult.Failed);
        return false;
    }

    /// <summary>On the writer's thread.</summary>
    private void Write(DiskStore store, CacheEntry entry, DiskUse use, RecordHead record)
    {
        try
        {
            if (!entry.IsHeld || store.Invalidations.IsDead(entry.Key, use.Key.Address, use.AskedIn)) use.Reset();
            // One that is too large stays as it is, and is not offered again.
            else if (store.Ring.TryAppend(record with { BodySum = SumOf(entry.Body, store.Seed) }, entry.Body, use)) return;
            LeaveWriter(use);
        }
        catch (Exception e)
        {
            LeaveWriter(use);
            use.Reset();
            Failed(store, e);
            metrics.Offered(DiskWriteResult.Failed);
        }
        finally
        {
            Interlocked.Add(ref _offered, -entry.Body.Available);
            entry.Body.Release();
        }
    }

    private bool TryFlush(DiskStore store)
    {
        try
        {
            store.Ring.Flush();
            return true;
        }
        catch (Exception e)
        {
            Failed(store, e);
            return false;
        }
    }

    /// <summary>A record can be found from now on.</summary>
    private void Confirmed(Appended record)
    {
        if (record.Use is { } use) LeaveWriter(use);
        metrics.Offered(record.From is null ? DiskWriteResult.Written : DiskWriteResult.Kept);
        metrics.Wrote(record.Bytes);
        Health.Worked(DiskOperation.Write);
    }

    private void LeaveWriter(DiskUse use) => _withWriter.TryRemove(new KeyValuePair<ulong, DiskUse>(use.Key.Variant, use));

    private void Failed(DiskStore store, Exception cause)
    {
        foreach (var lost in store.Ring.Discard())
        {
            if (lost.Use is { } use)
            {
                LeaveWriter(use);
                use.Reset();
            }

            metrics.Offered(DiskWriteResult.Failed);
        }

        Health.Failed(DiskOperation.Write, cause);
    }

    private static ulong SumOf(MediaBody body, ulong seed)
    {
        var sum = new Checksum(seed);
        for (long position = 0; position < body.Available;)
        {
            var piece = body.Slice(position).Span;
            sum.Append(piece);
            position += piece.Length;
        }

        return sum.Value;
    }
}
