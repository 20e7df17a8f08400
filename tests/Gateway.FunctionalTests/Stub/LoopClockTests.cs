using TranscoderStub.Live;

namespace Gateway.FunctionalTests.Stub;

public sealed class LoopClockTests
{
    private static readonly DateTimeOffset s_epoch = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly LoopClock s_clock = new(s_epoch, TimeSpan.FromSeconds(2), SegmentsPerLoop: 16, WindowSegments: 8);

    [Theory]
    [InlineData(-10, -6, 0)]
    [InlineData(-0.5, -2, 0)]
    [InlineData(0, -1, 0)]
    [InlineData(1.999, -1, 0)]
    [InlineData(2, 0, 0)]
    [InlineData(15.9, 6, 0)]
    [InlineData(16, 7, 0)]
    [InlineData(18, 8, 1)]
    [InlineData(3600, 1799, 1792)]
    public void Window_AtATime_EndsWithTheNewestCompleteSegment(double seconds, long newest, long oldest)
    {
        var now = s_epoch.AddSeconds(seconds);

        Assert.Equal((newest, oldest), (s_clock.Newest(now), s_clock.Oldest(now)));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(15, 0)]
    [InlineData(16, 0)]
    [InlineData(17, 1)]
    [InlineData(32, 1)]
    [InlineData(33, 2)]
    public void BreaksRemoved_WithTheBreakBeforeTheOldest_CountsItOnlyOnceItLeft(long oldest, long removed) => Assert.Equal(removed, s_clock.BreaksRemoved(oldest));

    [Fact]
    public void Segment_WhereverItStandsInThePlaylist_KeepsItsDiscontinuityNumber()
    {
        for (var oldest = 0L; oldest < 100; oldest++)
        {
            var number = s_clock.BreaksRemoved(oldest);
            for (var n = oldest; n < oldest + 8; n++)
            {
                if (s_clock.BreaksBefore(n)) number++;
                Assert.Equal(n / 16, number);
            }
        }
    }

    [Fact]
    public void Presence_OverASegmentsLife_IsNotYetThenPresentThenGone()
    {
        SegmentPresence At(double seconds) => s_clock.PresenceOf(100, s_epoch.AddSeconds(seconds));

        Assert.Equal(SegmentPresence.NotYet, At(201.9));
        Assert.Equal(SegmentPresence.Present, At(202));
        // Removed from the playlist at 218 s; its own 2 s and the playlist's 16 s later it may go.
        Assert.Equal(SegmentPresence.Present, At(218 + 2 + 16));
        Assert.Equal(SegmentPresence.Gone, At(218 + 2 + 16 + 2));
    }

    [Fact]
    public void Presence_OfANegativeNumber_IsGone() => Assert.Equal(SegmentPresence.Gone, s_clock.PresenceOf(-1, s_epoch.AddSeconds(4)));
}
