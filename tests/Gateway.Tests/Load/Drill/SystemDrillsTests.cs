using Gateway.Load.Drill;
using Gateway.Load.Scenarios;
using Gateway.Load.Scenarios.ReadyMade;
using Gateway.Testing;

namespace Gateway.Tests.Load.Drill;

public sealed class SystemDrillsTests
{
    private static readonly string s_page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "load.md"));

    public static TheoryData<string> Names => [.. SystemDrills.All.Select(d => d.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Drill_OfAnySize_HappensWithinItsTimeAndIsOnThePage(string name)
    {
        var drill = SystemDrills.All.Single(d => d.Name == name);
        var test = drill.Of(new ReadyMadeSize(drill.Players, drill.Duration, 1, null), knowsTitles: true);
        Assert.All(test.Disturbances, d => Assert.True(d.At < drill.Duration - TimeSpan.FromSeconds(10), $"{d.Label} leaves no time to see that all is in order again."));
        Assert.Contains(test.Thresholds, t => t.Text == "faults.wrongBytes <= 0");
        Assert.Contains(test.Thresholds, t => t.Text == "segments.compared >= 99 %");
        Assert.Contains(test.Thresholds, t => t.Figure == "gateways.diedByThemselves");
        Assert.Contains(test.Thresholds, t => t.Figure == "end.requestsFailed");
        Assert.Contains($"`{name}`", s_page, StringComparison.Ordinal);
    }

    [Fact]
    public void Deploy_OfThreeGateways_StopsEachAndStartsItAgain()
    {
        var test = SystemDrills.All.Single(d => d.Name == "deploy").Of(new ReadyMadeSize(200, TimeSpan.FromMinutes(2), 1, null));
        Assert.Equal([0, 1, 2], test.Disturbances.Where(d => d.Kind == DisturbanceKind.StopGateway).Select(d => d.Gateway));
        Assert.Equal([0, 1, 2], test.Disturbances.Where(d => d.Kind == DisturbanceKind.StartGateway).Select(d => d.Gateway));
        Assert.Contains(test.Thresholds, t => t.Text == "stalls.mostOfAPlayerNet <= 0 s");
    }
}
