using Gateway.Origin;

namespace Gateway.Tests.Origin;

public sealed class HedgePolicyTests
{
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(50);

    [Theory]
    // A quick, steady origin: the shortest wait.
    [InlineData(5, 10, null, 50)]
    // The slowest twentieth is ordinary scatter.
    [InlineData(40, 180, null, 180)]
    // One in ten hangs: that does not become usual.
    [InlineData(40, 5000, null, 250)]
    [InlineData(200, 5000, null, 800)]
    // A buffer buys patience, a second at most; an empty one none.
    [InlineData(40, 180, 2000, 500)]
    [InlineData(40, 180, 60000, 1000)]
    [InlineData(40, 180, 0, 180)]
    public void After_UsualTimesAndBuffer_IsTheWait(int median, int p95, int? buffer, int expected) =>
        Assert.Equal(expected, HedgePolicy.After(Ms(median), Ms(p95), buffer is { } left ? Ms(left) : null, Least).TotalMilliseconds);

    [Fact]
    public void Budget_ManyFirstRequests_AllowsTheirShareAndAReserve()
    {
        var budget = new HedgeBudget(0.1);
        var taken = 0;
        for (var i = 0; i < 1000; i++)
        {
            budget.Earn();
            if (budget.TryTake()) taken++;
        }

        Assert.InRange(taken, 100, 100 + (int)HedgeBudget.Reserve);
    }

    [Fact]
    public void Budget_ShareOfZero_AllowsNone()
    {
        var budget = new HedgeBudget(0);
        budget.Earn();
        Assert.False(budget.TryTake());
    }

    [Fact]
    public void Doubt_TwoUnansweredInARow_IsRaisedUntilATrialAndEndsWithAnAnswer()
    {
        var doubt = new DestinationDoubt();
        Assert.False(doubt.Unanswered(TimeSpan.Zero, isCertain: false));
        Assert.False(doubt.IsRaised(TimeSpan.Zero));
        Assert.True(doubt.Unanswered(TimeSpan.Zero, isCertain: false));
        Assert.True(doubt.IsRaised(TimeSpan.Zero));
        var over = DestinationDoubt.FirstPause;
        Assert.False(doubt.IsRaised(over));
        doubt.Asked(over);
        Assert.True(doubt.IsRaised(over));
        Assert.True(doubt.IsRaised(over + over));
        Assert.False(doubt.IsRaised(over + (over * 2)));
        Assert.True(doubt.Answered());
        Assert.False(doubt.IsRaised(over));
        Assert.False(doubt.Unanswered(over, isCertain: false));
    }

    [Fact]
    public void Doubt_AnAnswerInBetween_IsNotRaised()
    {
        var doubt = new DestinationDoubt();
        for (var i = 0; i < 20; i++)
        {
            Assert.False(doubt.Unanswered(TimeSpan.Zero, isCertain: false));
            doubt.Answered();
        }
    }

    [Fact]
    public void Doubt_DeadForLong_IsTriedAtMostEveryEightSeconds()
    {
        var doubt = new DestinationDoubt();
        doubt.Unanswered(TimeSpan.Zero, isCertain: true);
        var trials = 0;
        for (var at = TimeSpan.Zero; at < TimeSpan.FromMinutes(2); at += TimeSpan.FromMilliseconds(100))
        {
            if (doubt.IsRaised(at)) continue;
            doubt.Asked(at);
            doubt.Unanswered(at, isCertain: true);
            trials++;
        }

        Assert.InRange(trials, 14, 18);
    }

    private static TimeSpan Ms(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
