using Gateway.Load.Judging;

namespace Gateway.Tests.Load.Judging;

/// <summary>The judge's promises, on a thousand days; <c>load -- judge --aa 10000</c> has ten times as many.</summary>
public sealed class JudgeSimulationTests
{
    [Theory]
    [InlineData(0.5)]
    [InlineData(0.1)]
    public void Judge_OfAThousandHarmlessWaves_RevertsAtMostOne(double share)
    {
        var plan = new SimulationPlan { Runs = 1000, Sessions = 1000, Share = share };
        Assert.InRange(Summary(plan).Reverted, 0, 1);
    }

    [Fact]
    public void Judge_OfHarmlessWavesOfUsersWhoComeAgain_RevertsAtMostOne() =>
        Assert.InRange(Summary(new SimulationPlan { Runs = 300, Sessions = 2000, SessionsPerUser = 10 }).Reverted, 0, 1);

    /// <summary>The limits are 200 and 350 stalled sessions, which <c>load -- judge</c> shows over a thousand runs; the median of two hundred is less certain.</summary>
    [Theory]
    [InlineData(0.5, 200)]
    [InlineData(0.1, 400)]
    public void Judge_OfDoubledStalls_RevertsWithinSoManyStalledSessions(double share, double events)
    {
        var summary = Summary(new SimulationPlan { Runs = 200, Sessions = 12_000, Share = share, Effect = 2, On = ModelledEffect.Stalls });
        Assert.InRange(summary.EventsMedian ?? double.PositiveInfinity, 20, events);
        Assert.Contains("stalled", summary.Triggers.Keys);
    }

    [Theory]
    [InlineData(0.5, 32)]
    [InlineData(0.1, 12)]
    public void Judge_OfSevenStartupsInTenAHundredTimesLonger_RevertsWithinSoManyOfTheWave(double share, double sessions)
    {
        var summary = Summary(new SimulationPlan { Runs = 300, Share = share, Effect = 100, On = ModelledEffect.MostStartups });
        Assert.Equal(300, summary.Reverted);
        Assert.InRange(summary.TreatmentMedian!.Value, 1, sessions);
    }

    [Fact]
    public void Judge_OfLongerStallsInNoMoreSessions_RevertsByTheirLength()
    {
        var summary = Summary(new SimulationPlan { Runs = 10, Sessions = 30_000, Effect = 5, On = ModelledEffect.StallLength });
        Assert.Equal(10, summary.Reverted);
        Assert.Equal(10, summary.Triggers["stallRatio"]);
    }

    [Fact]
    public void Play_OnOneThreadOrOnTwo_IsTheSame()
    {
        var plan = new SimulationPlan { Runs = 40, Sessions = 2000, Effect = 3 };
        Assert.Equal(JudgeSimulation.Play(plan with { Threads = 1 }, CancellationToken.None), JudgeSimulation.Play(plan with { Threads = 2 }, CancellationToken.None));
    }

    private static SimulationSummary Summary(SimulationPlan plan) => SimulationSummary.Of(plan, JudgeSimulation.Play(plan, TestContext.Current.CancellationToken));
}
