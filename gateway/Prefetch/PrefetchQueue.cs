using System.Diagnostics.CodeAnalysis;

namespace Gateway.Prefetch;

/// <summary>
/// The items that wait for a free fetch slot, ordered by the time at which they are needed. Finding the first or the last, adding and removing cost the logarithm of the queue's length.
/// </summary>
/// <remarks>
/// Its lock protects the order alone; a <see cref="PrefetchItem"/>'s own lock protects its fields, and is taken within this one and never the other way round. A caller that finds
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

    /// <summary>Incremented by each item that is added.</summary>
    public long Version => Volatile.Read(ref _sequence);

    /// <summary>Whether the queue is full of items that are needed sooner.</summary>
    public bool IsHopeless(DateTimeOffset due) => due.UtcTicks >= Volatile.Read(ref _latestTicks);

    /// <summary>Adds an item.</summary>
    /// <returns>The item that is needed last, when more wait now than may: it is to be declined; else null.</returns>
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

    /// <summary>Reorders an item that is needed sooner, or removes one that is not needed any more.</summary>
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

    /// <summary>Takes out an item that has waited since this time or longer; one at a time.</summary>
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

    /// <summary>Takes out the item that is needed first of all that <paramref name="mayRun"/> accepts.</summary>
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

    /// <summary>Compares two items; of two that are needed at the same time, the one that was added first comes first.</summary>
    private sealed class ByNeed : IComparer<PrefetchItem>
    {
        public int Compare(PrefetchItem? x, PrefetchItem? y)
        {
            var byDue = x!.QueuedDue.CompareTo(y!.QueuedDue);
            return byDue != 0 ? byDue : x.Sequence.CompareTo(y.Sequence);
        }
    }
}
