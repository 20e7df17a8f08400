namespace Gateway.Load.Links;

/// <summary>
/// A link that several flows share in real time. Each flow sends one portion at a time and portions go first come, first served, so that flows which always have something
/// to send get equal shares: what a router with one fair queue gives them.
/// </summary>
/// <remarks>
/// Nothing ticks: a portion's end is computed from the trace and waited for once. A timer that comes late costs the flow nothing, because the next portion of a flow that
/// still has bytes waiting counts from the computed end of the one before, not from the moment of waking; only <see cref="CatchUp"/> is forgiven in this way, for a machine
/// that was asleep for seconds did not have a faster link afterwards. Safe from any thread.
/// </remarks>
/// <param name="options">Trace and offset; its queue and loss are for links in virtual time.</param>
/// <param name="time">The clock; the trace begins with <see cref="Begin"/>, or with the first byte.</param>
/// <param name="portion">How long a portion takes at the rate of its moment: short for smooth progress, long for few timers.</param>
internal sealed class RealTimeBottleneck(LinkOptions options, TimeProvider time, TimeSpan portion)
{
    /// <summary>A packet of Ethernet: less than that never comes alone.</summary>
    internal const int SmallestPortion = 1448;
    private const int LargestPortion = 256 * 1024;

    private static readonly TimeSpan CatchUp = TimeSpan.FromSeconds(1);

    private readonly RateCurve _curve = new(options.Trace, options.Offset);

    /// <summary>Protects the two below.</summary>
    private readonly Lock _lock = new();
    private double _busyUntil;
    private long? _began;

    public LinkOptions Options => options;

    /// <summary>Latest a waiter was woken after its portion's computed end: how far the machine is behind.</summary>
    public TimeSpan WorstLateness { get; private set; }

    /// <summary>Time since the trace began; zero before.</summary>
    public TimeSpan Now
    {
        get
        {
            lock (_lock) return Now_NeedsLock();
        }
    }

    /// <summary>Starts the trace, if nothing has yet.</summary>
    public void Begin()
    {
        lock (_lock) _began ??= time.GetTimestamp();
    }

    /// <summary>One flow through the link.</summary>
    public RealTimeFlow Open() => new(this);

    /// <summary>How many of so many bytes a flow may send as one portion now.</summary>
    internal int PortionOf(int bytes)
    {
        var rate = _curve.RateAt(Now.TotalSeconds);
        return (int)Math.Min(bytes, Math.Clamp(rate * portion.TotalSeconds, SmallestPortion, LargestPortion));
    }

    /// <summary>Puts a portion into the queue.</summary>
    /// <param name="bytes">Its size.</param>
    /// <param name="arrived">When it was there to be sent, by the trace's clock; null = now.</param>
    /// <returns>When its last byte is through.</returns>
    internal TimeSpan Enqueue(int bytes, TimeSpan? arrived)
    {
        lock (_lock)
        {
            _began ??= time.GetTimestamp();
            var now = Now_NeedsLock();
            var from = arrived is { } at && at > now - CatchUp && at < now ? at : now;
            _busyUntil = _curve.EndOf(bytes, Math.Max(_busyUntil, from.TotalSeconds));
            return TimeSpan.FromSeconds(_busyUntil);
        }
    }

    internal async ValueTask WaitUntilAsync(TimeSpan moment, CancellationToken cancellation)
    {
        var wait = moment - Now;
        // Timers have whole milliseconds; what is nearer than half of one is now.
        if (wait > TimeSpan.FromMilliseconds(0.5)) await Task.Delay(wait, time, cancellation);
        var late = Now - moment;
        if (late > WorstLateness) WorstLateness = late;
    }

    private TimeSpan Now_NeedsLock() => _began is { } began ? time.GetElapsedTime(began) : TimeSpan.Zero;
}
