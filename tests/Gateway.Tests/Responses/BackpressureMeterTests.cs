using Gateway.Connections;
using Gateway.Responses;
using Gateway.Testing;

namespace Gateway.Tests.Responses;

public sealed class BackpressureMeterTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly List<DeliveryReading> _readings = [];

    private BackpressureMeter Meter() => new(_readings.Add, _time);

    /// <summary>Half a megabyte goes into buffers at once; then the client takes 100 kB in each half second.</summary>
    [Fact]
    public void Body_LargerThanBuffers_IsMeasuredFromTheFirstWaitOn()
    {
        var meter = Meter();
        for (var i = 0; i <= 6; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(500));
            meter.Waited(500_000 + (i * 100_000));
        }

        meter.Ended();
        Assert.Equal(600_000, _readings.Sum(r => r.Bytes));
        Assert.Equal(TimeSpan.FromSeconds(3), _readings.Aggregate(TimeSpan.Zero, (sum, r) => sum + r.Busy));
    }

    [Fact]
    public void Body_ThatNeverWaits_TellsNothing()
    {
        Meter().Ended();
        Assert.Empty(_readings);
    }

    /// <summary>While upstream thinks, the buffers run empty: that time says nothing of the client.</summary>
    [Fact]
    public void Body_ThatWaitsForUpstream_DoesNotCountThatTime()
    {
        var meter = Meter();
        meter.Waited(100_000);
        _time.Advance(TimeSpan.FromMilliseconds(800));
        meter.Waited(300_000);
        meter.Paused(held: false);
        _time.Advance(TimeSpan.FromSeconds(30));
        meter.Waited(400_000);
        meter.Ended();
        var reading = Assert.Single(_readings);
        Assert.Equal((200_000, TimeSpan.FromMilliseconds(800)), (reading.Bytes, reading.Busy));
    }

    [Fact]
    public void Pace_OfABody_HoldsItToItsRate()
    {
        var pace = new BodyPace(100_000, _time);
        Assert.Equal(25_000, pace.Piece);
        Assert.Equal(TimeSpan.Zero, pace.WaitFor(25_000));
        Assert.Equal(TimeSpan.FromMilliseconds(250), pace.WaitFor(50_000));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.Zero, pace.WaitFor(100_000));
        Assert.Equal(TimeSpan.FromSeconds(1), pace.WaitFor(225_000));
    }
}
