using Gateway.Load.Scenarios;
using Gateway.Load.Scenarios.ReadyMade;

namespace Gateway.Tests.Load.Scenarios;

public sealed class ReadyMadeTests
{
    public static TheoryData<string> Names => [.. Gateway.Load.Scenarios.ReadyMade.ReadyMadeTests.All.Select(t => t.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Of_TheSameSize_IsTheSamePlan(string name)
    {
        var test = Gateway.Load.Scenarios.ReadyMade.ReadyMadeTests.All.Single(t => t.Name == name);
        var size = new ReadyMadeSize(test.Players, test.Duration, 5, null);
        Assert.Equal(PlanSum.Of(test.Of(size)), PlanSum.Of(test.Of(size)));
        Assert.NotEqual(PlanSum.Of(test.Of(size)), PlanSum.Of(test.Of(size with { Seed = 6 })));
        Assert.Contains(test.Of(size).Thresholds, t => t.Text == "faults.wrongBytes <= 0");
        Assert.Contains(test.Of(size).Thresholds, t => t.Text == "faults.wrongLength <= 0");
        Assert.DoesNotContain(test.Of(size).Thresholds, t => t.Figure == "segments.compared");
        Assert.Contains(test.Of(size, knowsTitles: true).Thresholds, t => t.Text == (test.Origin == OriginKind.Synthetic ? "segments.compared >= 99 %" : "segments.compared > 0 %"));
        Assert.InRange(test.Of(size).Duration, test.Duration, test.Duration + TimeSpan.FromSeconds(10));
        Assert.All(test.Of(size).Disturbances, d => Assert.True(d.At < test.Duration));
    }

    [Fact]
    public void Profiles_OfUse_HaveTheirShares()
    {
        var test = Gateway.Load.Scenarios.ReadyMade.ReadyMadeTests.All.Single(t => t.Name == "profiles-spike");
        var scenarios = test.Of(new ReadyMadeSize(1000, TimeSpan.FromMinutes(1), 1, null)).Scenarios;
        Assert.Equal([("viewing", 400.0), ("heartbeats", 250.0), ("browsing", 200.0), ("inspect", 150.0)], scenarios.Select(s => (s.Name, s.LoadSimulations[^1].Amount)));
    }
}
