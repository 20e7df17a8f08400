namespace Gateway.FunctionalTests.Common;

/// <summary>The machine's clock, until a test puts it forward. Timers are not affected: only code that reads the clock notices.</summary>
internal sealed class LeapingTimeProvider : TimeProvider
{
    private long _aheadTicks;

    private TimeSpan Ahead => TimeSpan.FromTicks(Interlocked.Read(ref _aheadTicks));

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Ahead;

    public override long GetTimestamp() => System.GetTimestamp() + (long)(Ahead.TotalSeconds * TimestampFrequency);

    public void Leap(TimeSpan by) => Interlocked.Add(ref _aheadTicks, by.Ticks);
}
