using Gateway.Load.Links;

namespace Gateway.Tests.Load.Links;

public sealed class RateCurveTests
{
    // 1 Mbit/s for 10 s, an outage of 5 s, 2 Mbit/s for 5 s: 2.5 MB in 20 s.
    private static readonly RateTrace s_trace = new("steps", [(0, 1000), (10, 0), (15, 2000), (20, 2000)]);

    [Theory]
    [InlineData(0, 125_000, 1)]
    [InlineData(9, 125_000, 10)] // Just before the outage.
    [InlineData(9, 250_000, 15.5)] // The second half waits for its end.
    [InlineData(12, 250_000, 16)] // Begins within it.
    [InlineData(19, 375_000, 21)] // Over the end into the next round.
    [InlineData(20, 125_000, 21)]
    [InlineData(45, 0, 45)]
    [InlineData(0, 25_000_000, 200)] // Ten rounds.
    public void EndOf_BytesThatBeginAtAMoment_FollowsTheTrace(double begin, double bytes, double end) =>
        Assert.Equal(end, new RateCurve(s_trace, TimeSpan.Zero).EndOf(bytes, begin), 6);

    [Theory]
    [InlineData(9, 250_000, 6.5)] // A second, the outage, half a second.
    [InlineData(12, 250_000, 4)]
    [InlineData(25, 125_000, 1)] // The offset may lie behind the trace's end.
    public void EndOf_TraceWithOffset_BeginsThere(double offset, double bytes, double end) =>
        Assert.Equal(end, new RateCurve(s_trace, TimeSpan.FromSeconds(offset)).EndOf(bytes, 0), 6);

    [Theory]
    [InlineData(0, 125_000)]
    [InlineData(10, 0)]
    [InlineData(14.9, 0)]
    [InlineData(15, 250_000)]
    [InlineData(20, 125_000)]
    [InlineData(35, 250_000)]
    public void RateAt_AnyRound_IsTheStepsRate(double at, double rate) => Assert.Equal(rate, new RateCurve(s_trace, TimeSpan.Zero).RateAt(at));

    [Fact]
    public void EndOf_TraceThatEndsInAnOutage_IsWithinTheNextRound()
    {
        var curve = new RateCurve(new RateTrace("late", [(0, 800), (1, 0), (3, 0)]), TimeSpan.Zero);

        Assert.Equal(1, curve.EndOf(100_000, 0), 6);
        Assert.Equal(3.5, curve.EndOf(150_000, 0), 6);
        Assert.Equal(3.5, curve.EndOf(50_000, 2), 6);
    }
}
