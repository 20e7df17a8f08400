using Gateway.Load.Drill;
using Gateway.Load.Links;
using Gateway.Load.Links.Virtual;
using Gateway.Load.Scenarios;
using Gateway.Load.Scenarios.ReadyMade;
using Gateway.Testing;
using Gateway.Tests.Load.Players;
using Gateway.Tests.Load.Scenarios;

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

    /// <summary>The share of lost viewers is one of those who came, and not of those who come in their place while nothing answers.</summary>
    [Theory]
    [InlineData("origin-away")]
    [InlineData("origin-slow")]
    [InlineData("origin-lying")]
    public void Origin_ThatFails_LosesViewersWhoAreNotReplaced(string name)
    {
        var test = SystemDrills.All.Single(d => d.Name == name).Of(new ReadyMadeSize(200, TimeSpan.FromSeconds(90), 1, null));
        var server = new SyntheticTitle(new TitleShape { IsLive = true, Window = 6 });
        // Nothing is ever answered.
        var report = VirtualTest.Play(test, new AnsweringServer(server, static (_, _) => new VirtualReply { Status = 503 }), new LinkOptions { Trace = RateTrace.Constant(1_000_000), RoundTrip = TimeSpan.Zero });
        Assert.Equal(200, report.Players.Count);
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
