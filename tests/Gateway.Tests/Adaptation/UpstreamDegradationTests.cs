using Gateway.Adaptation;
using Gateway.Adaptation.Policy;

namespace Gateway.Tests.Adaptation;

public sealed class UpstreamDegradationTests
{
    private const int Top = 4;
    private static readonly TimeSpan Recovery = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Segment = TimeSpan.FromSeconds(4);
    private readonly UpstreamDegradation _upstream = new(errorsBefore: 3, Recovery);
    private TimeSpan _now;

    [Fact]
    public void Failed_FourthError_PutsTheCeilingBelowTheRungThatFailed()
    {
        Assert.False(_upstream.Failed(_now, 3) || _upstream.Failed(_now, 3) || _upstream.Failed(_now, 3));
        Assert.True(_upstream.Failed(_now, 3));
        Assert.Equal((2, AdaptationReason.SegmentErrors), (_upstream.Ceiling, _upstream.Reason));
    }

    [Fact]
    public void Failed_AtTheLowestRung_BeginsTheCountAnew()
    {
        for (var i = 0; i < 9; i++) Assert.False(_upstream.Failed(_now, 0));
        Assert.Equal(UpstreamDegradation.None, _upstream.Ceiling);
    }

    [Fact]
    public void Arrived_OneSlowSegment_ChangesNothing()
    {
        Assert.False(Arrived(3, 4));
        Assert.False(Arrived(3, 0.1));
        Assert.False(Arrived(3, 4));
        Assert.Equal(UpstreamDegradation.None, _upstream.Ceiling);
    }

    [Fact]
    public void Arrived_SecondSlowSegmentInARow_PutsTheCeilingBelowItsRung()
    {
        Arrived(3, 3.5);
        Assert.True(Arrived(3, 3.5));
        Assert.Equal((2, AdaptationReason.SlowUpstream), (_upstream.Ceiling, _upstream.Reason));
    }

    [Fact]
    public void Arrived_SegmentAskedForBeforeTheCeilingCameDown_SaysNothingNew()
    {
        Arrived(3, 5);
        Arrived(3, 5);
        Arrived(3, 5);
        Arrived(3, 5);
        Assert.Equal(2, _upstream.Ceiling);
    }

    [Fact]
    public void Arrived_StillSlowBelow_GoesDownToTheLowest()
    {
        for (var i = 0; i < 20; i++) Arrived(Math.Min(_upstream.Ceiling, 4), 5);
        Assert.Equal(0, _upstream.Ceiling);
    }

    [Fact]
    public void Arrived_GivenUpByItsClientBeforeItWasLate_LeavesTheCount()
    {
        Arrived(3, 5);
        _upstream.Arrived(_now, 3, new SegmentArrival(0, TimeSpan.FromSeconds(0.2), Segment) { IsGivenUp = true });
        Assert.True(_upstream.Arrived(_now, 3, new SegmentArrival(0, TimeSpan.FromSeconds(5), Segment) { IsGivenUp = true }));
    }

    [Fact]
    public void Arrived_BroadcastsSegmentThatTakesItsOwnDuration_IsNotSlow()
    {
        for (var i = 0; i < 5; i++) Assert.False(_upstream.Arrived(_now, 3, new SegmentArrival(0, Segment, Segment) { IsLive = true }));
        _upstream.Arrived(_now, 3, new SegmentArrival(0, 1.5 * Segment, Segment) { IsLive = true });
        Assert.True(_upstream.Arrived(_now, 3, new SegmentArrival(0, 1.5 * Segment, Segment) { IsLive = true }));
    }

    [Fact]
    public void Recover_AfterAQuietWhile_GivesOneRungBackAtATime()
    {
        Slow(3);
        Slow(2);
        Assert.Equal(1, _upstream.Ceiling);
        Assert.Equal([1, 2, 3, UpstreamDegradation.None], new[] { 30, 31, 61, 61 }.Select(After));
    }

    [Fact]
    public void Recover_TroubleComesBack_TakesLongerTheNextTime()
    {
        Slow(3);
        Assert.Equal(3, After(61));
        Slow(3);
        Assert.Equal(2, After(61));
        Assert.Equal(3, After(61));
    }

    private int After(int seconds)
    {
        _now += TimeSpan.FromSeconds(seconds);
        _upstream.Recover(_now, Top);
        return _upstream.Ceiling;
    }

    private void Slow(int rung)
    {
        Arrived(rung, 5);
        Arrived(rung, 5);
    }

    private bool Arrived(int rung, double seconds) => _upstream.Arrived(_now, rung, new SegmentArrival(0, TimeSpan.FromSeconds(seconds), Segment));
}
