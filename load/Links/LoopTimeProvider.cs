namespace Gateway.Load.Links;

/// <summary>
/// A loop's clock for parts of the gateway that take their time from a <see cref="TimeProvider"/>: what runs on the loop then lives in virtual time too. Timers fire on the loop's thread,
/// so only what runs there may have them.
/// </summary>
internal sealed class LoopTimeProvider(EventLoop loop) : TimeProvider
{
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override DateTimeOffset GetUtcNow() => loop.UtcNow;

    public override long GetTimestamp() => loop.Now.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new LoopTimer(loop, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class LoopTimer(EventLoop loop, TimerCallback callback, object? state) : ITimer, IScheduled
    {
        private long _version;
        private TimeSpan _period;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _version++;
            _period = period;
            if (dueTime >= TimeSpan.Zero) loop.Schedule(loop.Now + dueTime, this, _version);
            return true;
        }

        public void Fire(long tag)
        {
            if (tag != _version) return;
            if (_period > TimeSpan.Zero) loop.Schedule(loop.Now + _period, this, _version);
            callback(state);
        }

        public void Dispose() => _version++;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
