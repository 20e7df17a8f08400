namespace Gateway.Testing;

/// <summary>A clock that stands still until a test moves it; timers fire on the thread that calls <see cref="Advance"/>, in due order.</summary>
public sealed class ManualTimeProvider : TimeProvider
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(20);

    private readonly Lock _lock = new();
    private readonly List<ManualTimer> _timers = [];
    private DateTimeOffset _now;
    private TimeSpan _setBack;

    /// <summary>Begins with the year 2026.</summary>
    public ManualTimeProvider()
        : this(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero))
    {
    }

    private ManualTimeProvider(DateTimeOffset start) => _now = start;

    /// <summary>Begins with the machine's time, for a host whose origin dates its responses by that: by another clock they would be old.</summary>
    public static ManualTimeProvider FromNow() => new(System.GetUtcNow());

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock) return _now - _setBack;
    }

    public override long GetTimestamp()
    {
        lock (_lock) return _now.Ticks;
    }

    /// <summary>Sets the wall clock back; timestamps and timers go on as before.</summary>
    public void SetBack(TimeSpan by)
    {
        lock (_lock) _setBack += by;
    }

    /// <summary>Moves the clock and fires the timers that fall due on the way, each at its own time.</summary>
    public void Advance(TimeSpan by)
    {
        DateTimeOffset end;
        lock (_lock) end = _now + by;
        while (true)
        {
            ManualTimer? due;
            lock (_lock)
            {
                due = _timers.Where(t => t.Due <= end).MinBy(t => t.Due);
                if (due is null)
                {
                    _now = end;
                    return;
                }

                if (due.Due > _now) _now = due.Due;
                due.Rearm();
            }

            due.Fire();
        }
    }

    /// <summary>Number of armed timers.</summary>
    public int Armed
    {
        get
        {
            lock (_lock) return _timers.Count;
        }
    }

    /// <summary>
    /// Moves the clock step by step until a condition that depends on it is true: a waiter may not have begun to wait when the clock first moves. For code
    /// that must not see more than one step, wait until it is <see cref="Armed"/>, and <see cref="Advance"/>.
    /// </summary>
    public async Task AdvanceUntilAsync(Func<bool> happened, TimeSpan step)
    {
        using var limit = new CancellationTokenSource(s_deadline, System);
        while (!happened())
        {
            Advance(step);
            await Task.Delay(s_look, System, limit.Token);
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class ManualTimer(ManualTimeProvider clock, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period;

        public DateTimeOffset Due { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._lock)
            {
                clock._timers.Remove(this);
                _period = period;
                if (dueTime == Timeout.InfiniteTimeSpan) return true;
                Due = clock._now + dueTime;
                clock._timers.Add(this);
            }

            return true;
        }

        /// <summary>The clock's lock is held.</summary>
        public void Rearm()
        {
            if (_period > TimeSpan.Zero) Due += _period;
            else clock._timers.Remove(this);
        }

        public void Fire() => callback(state);

        public void Dispose()
        {
            lock (clock._lock) clock._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
