using System.Collections.Immutable;
using Gateway.Load.Players;
using Gateway.Load.Scenarios;

namespace Gateway.Tests.Load.Scenarios;

public sealed class ViewerPlannerTests
{
    private static readonly Audience s_audience = new()
    {
        Titles = ["/play/a/master.m3u8", "/play/b/manifest.mpd", "/play/c/master.m3u8"],
        Zipf = 0,
        SeeksPerHour = 30,
        ZapsPerHour = 10,
        PausesPerHour = 10,
        HandOverShare = 0.5,
        Links = new LinkChoice { Traces = "x", Shared = 4 },
    };

    [Fact]
    public void Draw_OfTheSameOrdinal_IsTheSameViewerInAnyOrder()
    {
        var (one, two) = (Planner(1), Planner(1));
        var forward = Enumerable.Range(0, 200).Select(i => Told(one.Draw(i, i, TimeSpan.Zero))).ToArray();
        var backward = Enumerable.Range(0, 200).Reverse().Select(i => Told(two.Draw(i, i, TimeSpan.Zero))).Reverse().ToArray();
        Assert.Equal(forward, backward);
        Assert.NotEqual(forward, Enumerable.Range(0, 200).Select(i => Told(Planner(2).Draw(i, i, TimeSpan.Zero))));
    }

    [Fact]
    public void Draw_OfTitles_GivesEachAPlayerThatCanPlayIt()
    {
        var planner = Planner(1);
        var drawn = Enumerable.Range(0, 2000).Select(i => planner.Draw(i, i, TimeSpan.Zero).Player).ToArray();
        Assert.All(drawn, p => Assert.True(ViewerPlanner.CanPlay(p.Rules, p.Title), $"{p.Rules} {p.Title}"));
        Assert.Equal([RuleSet.HlsJs, RuleSet.DashJs, RuleSet.Shaka], drawn.Select(p => p.Rules).Distinct().Order());
        foreach (var title in s_audience.Titles) Assert.InRange(drawn.Count(p => p.Title == title), 550, 790);
    }

    [Fact]
    public void Draw_OfActions_StandsInTheOrderOfTimeAndEndsWithLeaving()
    {
        var planner = Planner(1);
        var drawn = Enumerable.Range(0, 500).Select(i => planner.Draw(i, i, TimeSpan.Zero).Player).ToArray();
        Assert.All(drawn, p =>
        {
            Assert.Equal(p.Actions.OrderBy(a => a.At), p.Actions);
            Assert.Contains(p.Actions[^1].Deed, (ViewerDeed[])[ViewerDeed.Leave, ViewerDeed.Abandon]);
        });
        // Thirty seeks an hour over stays of ten minutes on average are five a viewer.
        Assert.InRange(drawn.Average(p => p.Actions.Count(a => a.Deed == ViewerDeed.Seek)), 4, 6);
        Assert.InRange(drawn.Count(p => p.Actions.Any(a => a.Deed == ViewerDeed.HandOver)), 200, 300);
    }

    [Fact]
    public void Draw_OfSharedLinks_GivesFourViewersOneLine()
    {
        var planner = Planner(1);
        var links = Enumerable.Range(0, 8).Select(i => planner.Draw(i, i, TimeSpan.Zero).Link!).ToArray();
        Assert.Single(links[..4].Distinct());
        Assert.Single(links[4..].Distinct());
        Assert.NotEqual(links[0], links[4]);
    }

    [Fact]
    public void Ctor_WithoutTitles_IsRefused() =>
        Assert.Throws<ArgumentException>(() => new ViewerPlanner("x", s_audience with { Titles = [] }, 1, "", [], TimeSpan.FromHours(1)));

    private static ViewerPlanner Planner(int seed) => new("films", s_audience, seed, "http://t", ["one.csv", "two.csv", "three.csv"], TimeSpan.FromHours(1));

    private static string Told(PlannedViewer viewer) =>
        $"{viewer.Ordinal} {viewer.Player with { Actions = ImmutableArray<ViewerAction>.Empty }} {string.Join(' ', viewer.Player.Actions)} {viewer.Link}";
}
