using Gateway.Load.Links;

namespace Gateway.Tests.Load.Links;

public sealed class SharedLinkTests
{
    private readonly VirtualLoop _loop = new();

    [Fact]
    public void Transfer_ConstantRate_TakesItsSizeOverTheRate()
    {
        var link = Link(RateTrace.Constant(1000));

        var end = EndOf(link, 125_000);

        Assert.Equal(1.0, end, 1e-6);
    }

    [Fact]
    public void Transfer_AcrossAnOutage_WaitsForItsEnd()
    {
        // 0.5 s at 1000 kbit/s, 2 s of nothing, then 500 kbit/s: half of the megabit comes before, half takes another second.
        var link = Link(new RateTrace("outage", [(0, 1000), (0.5, 0), (2.5, 500), (60, 500)]));

        Assert.Equal(3.5, EndOf(link, 125_000), 1e-6);
    }

    [Fact]
    public void Transfer_BehindTheEndOfTheTrace_FindsItsBeginningAgain()
    {
        var link = Link(new RateTrace("short", [(0, 800), (1, 0), (2, 0)]));

        // 100 kB in each round of two seconds.
        Assert.Equal(4.5, EndOf(link, 250_000), 1e-6);
    }

    [Fact]
    public void Transfer_TraceEnteredInTheMiddle_GoesOnFromThere()
    {
        var link = new SharedLink(_loop, new LinkOptions { Trace = new RateTrace("steps", [(0, 1), (10, 1000), (20, 1000)]), Offset = TimeSpan.FromSeconds(10) });

        Assert.Equal(1.0, EndOf(link, 125_000), 1e-6);
    }

    [Fact]
    public void Transfers_OnOneLink_ShareItFairly()
    {
        var link = Link(RateTrace.Constant(1000));
        var first = new Ending(_loop);
        var second = new Ending(_loop);

        link.Add(first, 125_000);
        link.Add(second, 62_500);
        _loop.Run(TimeSpan.FromMinutes(1));

        // Side by side half a second each of work takes the shorter one second; the longer then has the link alone.
        Assert.Equal(1.0, second.At, 1e-6);
        Assert.Equal(1.5, first.At, 1e-6);
    }

    [Fact]
    public void Transfer_OfASenderThatPaces_LeavesTheRestToOthers()
    {
        var link = Link(RateTrace.Constant(1000));
        var paced = new Ending(_loop);
        var greedy = new Ending(_loop);

        link.Add(paced, 25_000, limit: 200_000);
        link.Add(greedy, 100_000);
        _loop.Run(TimeSpan.FromMinutes(1));

        Assert.Equal(1.0, paced.At, 1e-6);
        Assert.Equal(1.0, greedy.At, 1e-6);
    }

    [Fact]
    public void Transfer_GivenUp_LeavesItsRateToTheOther()
    {
        var link = Link(RateTrace.Constant(1000));
        var stays = new Ending(_loop);
        var flow = link.Add(new Ending(_loop), 1_000_000);
        link.Add(stays, 125_000);
        _loop.Schedule(TimeSpan.FromSeconds(1), new Act(() => link.Remove(flow)), 0);

        _loop.Run(TimeSpan.FromMinutes(1));

        Assert.Equal(1.5, stays.At, 1e-6);
    }

    [Fact]
    public void Transfer_GivenUpBehindAQueue_StillDrainsWhatStandsThere()
    {
        var link = new SharedLink(_loop, new LinkOptions { Trace = RateTrace.Constant(1000), QueueBytes = 25_000 });
        var flow = link.Add(new Ending(_loop), 1_000_000);
        var next = new Ending(_loop);
        _loop.Schedule(TimeSpan.FromSeconds(1), new Act(() => link.Remove(flow)), 0);
        _loop.Schedule(TimeSpan.FromSeconds(1), new Act(() => link.Add(next, 100_000)), 0);

        _loop.Run(TimeSpan.FromMinutes(1));

        Assert.Equal(2.0, next.At, 1e-6);
    }

    [Fact]
    public void Link_ManyTransfersAtRandom_CarriesEveryBitOnce()
    {
        var dice = new Random(7);
        var steps = Enumerable.Range(0, 50).Select(i => ((double)i, (double)dice.Next(0, 3) * 500)).Append((50, 0)).ToArray();
        steps[0] = (0, 900);
        var link = Link(new RateTrace("dice", steps));
        var endings = new List<Ending>();
        var sent = 0L;
        for (var i = 0; i < 200; i++)
        {
            var bytes = dice.Next(1, 40_000);
            var ending = new Ending(_loop);
            endings.Add(ending);
            sent += bytes;
            var limit = dice.Next(3) == 0 ? dice.Next(50_000, 900_000) : double.PositiveInfinity;
            _loop.Schedule(TimeSpan.FromMilliseconds(dice.Next(60_000)), new Act(() => link.Add(ending, bytes, limit)), 0);
        }

        _loop.Run(TimeSpan.FromHours(2));

        Assert.All(endings, e => Assert.False(double.IsNaN(e.At)));
        Assert.Equal(sent * 8.0, link.Carried, 1);
        Assert.Equal(0, link.Flows);
    }

    private SharedLink Link(RateTrace trace) => new(_loop, new LinkOptions { Trace = trace });

    private double EndOf(SharedLink link, long bytes)
    {
        var ending = new Ending(_loop);
        link.Add(ending, bytes);
        _loop.Run(TimeSpan.FromMinutes(10));
        return ending.At;
    }

    private sealed class Ending(VirtualLoop loop) : ILinkFlowOwner
    {
        public double At { get; private set; } = double.NaN;

        public void FlowEnded() => At = loop.Now.TotalSeconds;
    }

    private sealed class Act(Action deed) : IScheduled
    {
        public void Fire(long tag) => deed();
    }
}
