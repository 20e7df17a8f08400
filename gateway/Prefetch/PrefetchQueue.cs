using System.Diagnostics.CodeAnalysis;

namespace Gateway.Prefetch;

/// <summary>
/// What waits for a place, by when it is needed. Finding what is needed first or last, putting in and taking out cost the logarithm of what waits.
/// </summary>
/// <remarks>
/// Its lock protects the order alone; what an <see cref="PrefetchItem"/> is, its own does, and that one is taken within this one and never the other way round. Whoever finds
/// nothing waiting, or comes last to a full queue, takes no lock.
/// </remarks>
internal sealed class PrefetchQueue(int most)
{
    private readonly Lock _lock = new();
    private readonly SortedSet<PrefetchItem> _byNeed = new(new ByNeed());
    private readonly LinkedList<PrefetchItem> _byAge = new();
    private long _latestTicks = most > 0 ? long.MaxValue : long.MinValue;
    private long _sequence;
    private int _count;

    public bool IsEmpty => Volatile.Read(ref _count) == 0;

    /// <summary>Raised by each thing that is put in.</summary>
    public long Version => Volatile.Read(ref _sequence);

    /// <summary>The queue is full of what is needed sooner.</summary>
    public bool IsHopeless(DateTimeOffset due) => due.UtcTicks >= Volatile.Read(ref _latestTicks);

    /// <summary>Puts something in.</summary>
    /// <returns>What is needed last, when there is more now than may wait: it is to be declined; else null.</returns>
    public PrefetchItem? Add(PrefetchItem item)
    {
        lock (_lock)
        {
            Volatile.Write(ref _sequence, _sequence + 1);
            item.Sequence = _sequence;
            item.QueuedDue = item.Due;
            _byNeed.Add(item);
            item.QueuedAt = _byAge.AddLast(item);
            var least = _byNeed.Count > most ? _byNeed.Max : null;
            if (least is not null) RemoveUnderLock(least);
            else CountUnderLock();
            return least;
        }
    }

    /// <summary>It is needed sooner, or not at all any more.</summary>
    public void Changed(PrefetchItem item)
    {
        lock (_lock)
        {
            if (item.QueuedAt is null) return;
            if (item.State != PrefetchItemState.Waiting)
            {
                RemoveUnderLock(item);
                return;
            }

            _byNeed.Remove(item);
            item.QueuedDue = item.Due;
            _byNeed.Add(item);
            CountUnderLock();
        }
    }

    /// <summary>Takes out what has waited since this moment or longer; one at a time.</summary>
    public bool TryTakeOld(DateTimeOffset since, [NotNullWhen(true)] out PrefetchItem? old)
    {
        lock (_lock)
        {
            old = _byAge.First?.Value;
            if (old is null || old.Since > since) return false;
            RemoveUnderLock(old);
            return true;
        }
    }

    /// <summary>Takes out what is needed first of all that <paramref name="mayRun"/> accepts.</summary>
    public PrefetchItem? TakeFirst(Predicate<PrefetchItem> mayRun)
    {
        lock (_lock)
        {
            foreach (var item in _byNeed)
            {
                if (!mayRun(item)) continue;
                RemoveUnderLock(item);
                return item;
            }
        }

        return null;
    }

    private void RemoveUnderLock(PrefetchItem item)
    {
        _byNeed.Remove(item);
        _byAge.Remove(item.QueuedAt!);
        item.QueuedAt = null;
        CountUnderLock();
    }

    private void CountUnderLock()
    {
        Volatile.Write(ref _count, _byNeed.Count);
        if (most > 0) Volatile.Write(ref _latestTicks, _byNeed.Count >= most ? _byNeed.Max!.QueuedDue.UtcTicks : long.MaxValue);
    }

    /// <summary>Of two that are needed at the same moment, the one that was put in first.</summary>
    private sealed class ByNeed : IComparer<PrefetchItem>
    {
        public int Compare(PrefetchItem? x, PrefetchItem? y)
        {
            var byDue = x!.QueuedDue.CompareTo(y!.QueuedDue);
            return byDue != 0 ? byDue : x.Sequence.CompareTo(y.Sequence);
        }
    }
}
