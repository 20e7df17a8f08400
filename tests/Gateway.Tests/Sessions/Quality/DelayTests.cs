using Gateway.Responses.History;
using Gateway.Sessions.Quality;
using Gateway.Timelines;

namespace Gateway.Tests.Sessions.Quality;

/// <summary>What made a viewer wait, told from the requests of that time.</summary>
public sealed class DelayTests
{
    private static readonly long s_at = new DateTimeOffset(2026, 1, 1, 20, 14, 0, TimeSpan.Zero).UtcTicks;

    [Fact]
    public void Of_SegmentThatWaitedForTheOrigin_IsTheOrigin()
    {
        var delay = Of(Segment(-20, took: 100, waited: 20), Segment(-6, took: 5200, waited: 5000));
        Assert.Equal((DelayCause.Origin, 5000, 200), (delay.Cause, delay.OriginMs, delay.LineMs));
    }

    [Fact]
    public void Of_SegmentThatTheClientTookSlowly_IsTheLineWithItsRate()
    {
        var delay = Of(Segment(-8, took: 4000, waited: 10, bytes: 500_000), Segment(-3, took: 4000, waited: 10, bytes: 500_000));
        Assert.Equal(DelayCause.Line, delay.Cause);
        Assert.InRange(delay.LineKbps, 1000, 1005);
        Assert.Equal(3200, delay.NeededKbps);
    }

    [Fact]
    public void Of_SlowSegmentAmongManyQuickOnes_IsNotOutvoted()
    {
        var delay = Of(Segment(-11, took: 40, waited: 0), Segment(-10, took: 40, waited: 0), Segment(-9, took: 40, waited: 0), Segment(-6, took: 4500, waited: 4400));
        Assert.Equal((DelayCause.Origin, 4400), (delay.Cause, delay.OriginMs));
    }

    [Fact]
    public void Of_SlowerThanTheBufferLasts_CountsThoughFasterThanItPlays()
    {
        Assert.Equal(DelayCause.Player, Of(Segment(-3, took: 1500, waited: 1400, buffer: 9000)).Cause);
        Assert.Equal(DelayCause.Origin, Of(Segment(-3, took: 1500, waited: 1400, buffer: 600)).Cause);
    }

    [Fact]
    public void Of_SegmentThatTheSystemsBuffersTook_IsTheLineByWhatWasMeasuredOnIt()
    {
        var delay = Of(Segment(-5, took: 3, waited: 1, bytes: 500_000) with { LineKbps = 800 });
        Assert.Equal((DelayCause.Line, 5000, 800), (delay.Cause, delay.LineMs, delay.LineKbps));
    }

    [Fact]
    public void Of_FailedRequests_AreTheCauseWithTheirReason()
    {
        var delay = Of(Segment(-5, took: 3000, waited: 3000) with { Status = 502, Reason = "origin_broken" }, Segment(-2, took: 30, waited: 10));
        Assert.Equal((DelayCause.Failures, 1, "origin_broken"), (delay.Cause, delay.Failed, delay.Reason));
    }

    [Fact]
    public void Of_AllInTime_IsThePlayer() => Assert.Equal(DelayCause.Player, Of(Segment(-5, took: 40, waited: 0), Segment(-2, took: 40, waited: 0)).Cause);

    [Fact]
    public void Of_SlowManifest_IsTheOrigin() =>
        Assert.Equal(DelayCause.Origin, Of(new HistoryEntry { Kind = HistoryKind.Manifest, At = s_at, TookMs = 4000, WaitedMs = 4000, Status = 200 }).Cause);

    [Fact]
    public void Of_NothingAskedForAndTheSessionIsOlder_IsThePlayer() => Assert.Equal(DelayCause.Player, Of(Segment(-300, took: 9000, waited: 0)).Cause);

    [Fact]
    public void Of_TimeBeforeTheFirstRequest_IsUnknown()
    {
        Assert.Equal(DelayCause.Unknown, Within([]).Cause);
        Assert.Equal(DelayCause.Unknown, Within([Segment(-1, took: 20, waited: 10)]).Cause);
    }

    /// <summary>Of a session that is older.</summary>
    private static Delay Of(params HistoryEntry[] entries) => Within([Segment(-60, took: 40, waited: 0), .. entries]);

    private static Delay Within(HistoryEntry[] entries) => Delay.Of(entries, s_at - Delay.LookBack.Ticks, s_at);

    private static HistoryEntry Segment(double end, int took, int waited, long bytes = 1_600_000, int buffer = -1) => new()
    {
        Kind = HistoryKind.Segment,
        At = s_at + TimeSpan.FromSeconds(end).Ticks,
        Media = RenditionKind.Video,
        Status = 200,
        Kbps = 3200,
        Bytes = bytes,
        TookMs = took,
        WaitedMs = waited,
        PlaysMs = 4000,
        BufferMs = buffer,
    };
}
