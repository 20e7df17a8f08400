using Gateway.Load.OriginFaults;

namespace Gateway.Tests.Load.OriginFaults;

public sealed class FaultPlanTests
{
    [Fact]
    public void Of_ManyRequests_FailInTheSharesOfThePlan()
    {
        var plan = new FaultPlan();
        var drawn = Enumerable.Range(0, 20_000).Select(i => plan.Of(i % 2, $"/own-000/v0/{i}.m4s", 0)).ToArray();
        Assert.InRange(drawn.Count(d => d.Late > TimeSpan.Zero), 850, 1150);
        Assert.InRange(drawn.Count(d => d.Sent < 1), 850, 1150);
        Assert.All(drawn, d => Assert.True(d.Late == TimeSpan.Zero || d.Late.TotalSeconds is >= 2 and <= 8));
    }

    [Fact]
    public void Of_TheSameRequest_FailsInTheSameWay()
    {
        var plan = new FaultPlan { Seed = 7 };
        for (var i = 0; i < 200; i++) Assert.Equal(plan.Of(1, $"/{i}.m4s", i % 3), plan.Of(1, $"/{i}.m4s", i % 3));
    }

    [Fact]
    public void DeadFor_TwoDestinations_EachDiesTenSecondsEveryTwoMinutesAndNeverBothAtOnce()
    {
        var plan = new FaultPlan();
        var dead = new double[2];
        for (var at = TimeSpan.Zero; at < TimeSpan.FromMinutes(20); at += TimeSpan.FromMilliseconds(500))
        {
            var (one, other) = (plan.DeadFor(0, at) > TimeSpan.Zero, plan.DeadFor(1, at) > TimeSpan.Zero);
            Assert.False(one && other);
            if (one) dead[0] += 0.5;
            if (other) dead[1] += 0.5;
        }

        Assert.Equal([100.0, 100.0], dead);
    }

    [Fact]
    public void Calm_AnyRequest_DoesNotFail()
    {
        var plan = FaultPlan.Calm(1);
        for (var i = 0; i < 1000; i++) Assert.Equal((TimeSpan.Zero, 1.0), plan.Of(i % 2, $"/{i}.m4s", 0));
        Assert.Equal(TimeSpan.Zero, plan.DeadFor(0, TimeSpan.FromSeconds(plan.FirstDeathSeconds)));
    }
}
