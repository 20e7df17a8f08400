using Gateway.Caching.Fetching;
using Gateway.Timelines;

namespace Gateway.Prefetch;

/// <summary>
/// One segment to prefetch, for one session or for many: each session that wants it holds a share, and it is given up when the last share is given back. Its own lock protects
/// its fields, except those that the queue keeps here under the queue's lock; under it only field work happens.
/// </summary>
internal sealed class PrefetchItem(RangedAddress target, Lookahead starter, DateTimeOffset since)
{
    private volatile PrefetchItemState _state;

    public Lock Lock { get; } = new();

    public RangedAddress Target => target;

    /// <summary>The session whose limit its fetch counts for.</summary>
    public Lookahead Starter => starter;

    public DateTimeOffset Since => since;

    /// <summary>Time at which the first of its sessions will need it.</summary>
    public DateTimeOffset Due { get; set; }

    /// <summary>Written under the lock; may be read without it.</summary>
    public PrefetchItemState State
    {
        get => _state;
        set => _state = value;
    }

    public int Shares { get; set; } = 1;

    /// <summary>Handle of the fetch; null before and after it: a finished item must not keep its bytes from being freed.</summary>
    public PrefetchHandle? Handle { get; set; }

    /// <summary>Position in the queue; owned by the queue.</summary>
    public DateTimeOffset QueuedDue { get; set; }

    /// <summary>Arrival number in the queue; owned by the queue.</summary>
    public long Sequence { get; set; }

    /// <summary>Node in the queue's list by age; owned by the queue, null when the item is not in it.</summary>
    public LinkedListNode<PrefetchItem>? QueuedAt { get; set; }

    /// <summary>Adds a share; false when the item is over, or was given up.</summary>
    /// <param name="due">Time at which the new session will need it.</param>
    /// <param name="isSooner">The item waits in the queue, and is needed sooner than before.</param>
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

    /// <summary>Declines the item: it never starts.</summary>
    /// <returns>False when it has started, or was declined before.</returns>
    public bool TryDeclineUnderLock()
    {
        if (_state != PrefetchItemState.Waiting) return false;
        _state = PrefetchItemState.Declined;
        return true;
    }
}
