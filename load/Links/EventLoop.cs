namespace Gateway.Load.Links;

/// <summary>
/// The clock and the only thread of a set of players: events fire one at a time in the order of their moments, equal moments in the order in which they were scheduled.
/// A player, its link and its transport belong to one loop and need no lock. There are two: <see cref="VirtualLoop"/> jumps from event to event, <see cref="RealTimeLoop"/>
/// waits for them; what runs on them cannot tell which it is.
/// </summary>
/// <remarks>
/// Events cannot be taken back. A timer that may be moved keeps the moment it is due, or a version in the tag, and lets what is stale pass: that is cheaper than finding
/// an event in the heap, and a player has only a handful under way.
/// </remarks>
internal abstract class EventLoop
{
    private readonly EventHeap _events = new();

    /// <summary>Time since the loop began.</summary>
    public abstract TimeSpan Now { get; }

    /// <summary>The same in seconds: players ask for it all the time.</summary>
    public abstract double Seconds { get; }

    /// <summary>Wall clock at <see cref="Now"/>.</summary>
    public abstract DateTimeOffset UtcNow { get; }

    /// <summary>Events that have not fired yet.</summary>
    public int Pending => _events.Count;

    /// <summary>Has <paramref name="target"/> called at a moment; one that is over is taken as now, behind all that are due. Only from the loop's own thread.</summary>
    public void Schedule(TimeSpan at, IScheduled target, long tag) => _events.Add(Math.Max(at.Ticks, Now.Ticks), target, tag);

    /// <summary>Has <paramref name="target"/> called soon; from any thread.</summary>
    public abstract void Post(IScheduled target, long tag);

    /// <summary>When the next event is due; false when there is none.</summary>
    protected bool TryPeek(out TimeSpan at)
    {
        at = _events.Count > 0 ? TimeSpan.FromTicks(_events.FirstAt) : default;
        return _events.Count > 0;
    }

    /// <summary>Fires the next event.</summary>
    protected void FireNext()
    {
        var (target, tag) = _events.Take();
        target.Fire(tag);
    }
}
