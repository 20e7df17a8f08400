using Gateway.Caching.Fetching;
using Gateway.Timelines;

namespace Gateway.Prefetch;

/// <summary>
/// One segment wanted ahead, by one viewing or by many: whoever wants it holds a share, and it is given up when the last share is given back. Its own lock protects
/// everything in it, but for what the queue keeps here under its lock; under it only field work happens.
/// </summary>
internal sealed class PrefetchItem(RangedAddress target, Lookahead starter, DateTimeOffset since)
{
    private volatile PrefetchItemState _state;

    public Lock Lock { get; } = new();

    public RangedAddress Target => target;

    /// <summary>The viewing on whose account it runs.</summary>
    public Lookahead Starter => starter;

    public DateTimeOffset Since => since;

    /// <summary>When the first of those who want it will need it.</summary>
    public DateTimeOffset Due { get; set; }

    /// <summary>Written under the lock; may be read without it.</summary>
    public PrefetchItemState State
    {
        get => _state;
        set => _state = value;
    }

    public int Shares { get; set; } = 1;

    /// <summary>Null before and after: what is over must not keep its bytes from being freed.</summary>
    public PrefetchHandle? Handle { get; set; }

    /// <summary>The queue's: where it stands there.</summary>
    public DateTimeOffset QueuedDue { get; set; }

    /// <summary>The queue's: when it came.</summary>
    public long Sequence { get; set; }

    /// <summary>The queue's: where it stands by age; null when it is not in the queue.</summary>
    public LinkedListNode<PrefetchItem>? QueuedAt { get; set; }

    /// <summary>One more wants it; false when it is over, or nobody wanted it any more.</summary>
    /// <param name="due">When it will need it.</param>
    /// <param name="isSooner">It waits, and is needed sooner than before.</param>
    public bool TryShare(DateTimeOffset due, out bool isSooner)
    {
        lock (Lock)
        {
            isSooner = false;
            if (_state is not (PrefetchItemState.Waiting or PrefetchItemState.Running)) return false;
            Shares++;
            if (due >= Due) return true;
            Due = due;
            isSooner = _state == PrefetchItemState.Waiting;
            return true;
        }
    }

    /// <summary>It never starts.</summary>
    /// <returns>False when it has started, or was declined before.</returns>
    public bool TryDeclineUnderLock()
    {
        if (_state != PrefetchItemState.Waiting) return false;
        _state = PrefetchItemState.Declined;
        return true;
    }
}
