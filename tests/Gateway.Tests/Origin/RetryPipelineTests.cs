using System.Diagnostics.Metrics;
using Gateway.Media;
using Gateway.Origin;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Tests.Origin;

public sealed class RetryPipelineTests
{
    private static readonly OriginRequest Request = new() { Address = new MediaAddress("origin", "/x", "") };

    [Fact]
    public async Task Run_UnreachableOrigin_WaitsTwoFourSixHundredMillisecondsAndAtMostAHundredMore()
    {
        var clock = new EagerClock();
        await RunAsync(clock, new OriginOptions());
        Assert.Equal(3, clock.Waits.Count);
        Assert.InRange(clock.Waits[0].TotalMilliseconds, 200, 300);
        Assert.InRange(clock.Waits[1].TotalMilliseconds, 400, 500);
        Assert.InRange(clock.Waits[2].TotalMilliseconds, 600, 700);
        Assert.Contains(clock.Waits, w => w.TotalMilliseconds % 200 > 1);
    }

    [Fact]
    public async Task Run_NextWaitDoesNotFitTheBudget_GivesUpEarlier()
    {
        var clock = new EagerClock();
        var tries = await RunAsync(clock, new OriginOptions { TimeBudget = TimeSpan.FromSeconds(1), FirstByteTimeout = TimeSpan.FromSeconds(1) });
        Assert.Equal(2, clock.Waits.Count);
        Assert.Equal(3, tries);
    }

    [Fact]
    public async Task Run_NoRetriesConfigured_TriesOnce() => Assert.Equal(1, await RunAsync(new EagerClock(), new OriginOptions { Retries = 0 }));

    private static async Task<int> RunAsync(EagerClock clock, OriginOptions options)
    {
        using var meters = new Meters();
        var metrics = new OriginMetrics(meters, new DestinationCircuits(options, clock, null!, null!));
        var pipeline = new RetryPipeline(options, metrics, clock, new Random(7), NullLogger<RetryPipeline>.Instance);
        var attempts = new FetchAttempts(Request, Request.Address, options, clock);
        var exchange = await pipeline.RunAsync(
            attempts,
            (f, _) =>
            {
                f.TryBeginTry();
                return ValueTask.FromResult(Exchange.Failed(OriginFailure.Unreachable));
            },
            CancellationToken.None);
        Assert.Equal(OriginFailure.Unreachable, exchange.Failure);
        return attempts.Tries;
    }

    /// <summary>A clock whose timers fire at once and move it: waits are recorded instead of waited.</summary>
    private sealed class EagerClock : TimeProvider
    {
        private long _now;

        public List<TimeSpan> Waits { get; } = [];

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Interlocked.Read(ref _now);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Waits.Add(dueTime);
            Interlocked.Add(ref _now, dueTime.Ticks);
            return System.CreateTimer(callback, state, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }

    private sealed class Meters : IMeterFactory
    {
        private readonly List<Meter> _made = [];

        public Meter Create(MeterOptions options)
        {
            var meter = new Meter(options);
            _made.Add(meter);
            return meter;
        }

        public void Dispose() => _made.ForEach(m => m.Dispose());
    }
}
