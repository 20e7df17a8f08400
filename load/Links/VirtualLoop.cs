namespace Gateway.Load.Links;

/// <summary>Discrete events: time stands still while one fires and then jumps to the next. The same schedule gives the same run, always.</summary>
/// <param name="began">Wall clock at the beginning.</param>
internal sealed class VirtualLoop(DateTimeOffset began) : EventLoop
{
    private TimeSpan _now;
    private double _seconds;

    /// <summary>Begins with the year 2026.</summary>
    public VirtualLoop()
        : this(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero))
    {
    }

    public override TimeSpan Now => _now;

    public override double Seconds => _seconds;

    public override DateTimeOffset UtcNow => began + _now;

    /// <summary>Events fired so far.</summary>
    public long Fired { get; private set; }

    /// <summary>There is one thread only, so this is the same as scheduling for now.</summary>
    public override void Post(IScheduled target, long tag) => Schedule(_now, target, tag);

    /// <summary>Fires everything up to and with a moment, which then is now.</summary>
    public void RunUntil(TimeSpan end)
    {
        while (TryPeek(out var at) && at <= end) FireAt(at);
        if (end > _now) MoveTo(end);
    }

    /// <summary>Fires until nothing is left, or the moment is reached after which nobody is interested.</summary>
    public void Run(TimeSpan limit)
    {
        while (TryPeek(out var at) && at <= limit) FireAt(at);
    }

    private void MoveTo(TimeSpan at)
    {
        _now = at;
        _seconds = at.TotalSeconds;
    }

    private void FireAt(TimeSpan at)
    {
        MoveTo(at);
        Fired++;
        FireNext();
    }
}
