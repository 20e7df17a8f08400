using Gateway.Load.Links;
using Gateway.Load.Links.Virtual;
using Gateway.Load.Players;

namespace Gateway.Tests.Load.Players;

/// <summary>Pauses, seeks, zaps and leaving of a virtual player are done and timed as a viewer feels them.</summary>
public sealed class PlayerActionTests : PlayerPlans
{
    [Fact]
    public void Pause_ForTenSeconds_IsNoStallAndIsCounted()
    {
        var stage = new Stage { Plan = Plan(new(TimeSpan.FromSeconds(20), ViewerDeed.Pause), new(TimeSpan.FromSeconds(30), ViewerDeed.Resume)) };

        var result = stage.Play();

        Assert.Equal(10, result.Paused.TotalSeconds, 0.001);
        Assert.Equal(240, result.Played.TotalSeconds, 0.01);
        Assert.Equal(0, result.StallCount);
    }

    [Fact]
    public void Seek_DuringAPause_IsTimedFromTheResumption()
    {
        var stage = new Stage { Plan = Plan(new(TimeSpan.FromSeconds(20), ViewerDeed.Pause), new(TimeSpan.FromSeconds(25), ViewerDeed.Seek, TimeSpan.FromSeconds(200)), new(TimeSpan.FromSeconds(50), ViewerDeed.Resume)) };

        var seek = Assert.Single(stage.Play().Seeks);

        Assert.InRange(seek.Duration!.Value.TotalSeconds, 0, 1);
        Assert.Equal(50, seek.At.TotalSeconds, 0.001);
    }

    [Fact]
    public void Resumption_WithNothingBuffered_IsAStall()
    {
        // What was ahead is played, nothing comes any more, and the viewer pauses meanwhile: who resumes then waits as anybody does whose picture stands.
        var stage = new Stage
        {
            Rules = RuleSet.Fixed,
            Link = new LinkOptions { Trace = new RateTrace("gone", [(0, 20_000), (2, 0), (3600, 0)]) },
            Plan = Plan(new(TimeSpan.FromMinutes(10), ViewerDeed.Pause), new(TimeSpan.FromMinutes(11), ViewerDeed.Resume), new(TimeSpan.FromMinutes(13), ViewerDeed.Leave)),
        };

        var result = stage.Play();

        Assert.Equal(60, result.Paused.TotalSeconds, 0.001);
        Assert.Equal(2, result.StallCount);
        Assert.Equal(120, result.Stalls[^1].Duration.TotalSeconds, 0.001);
    }

    [Fact]
    public void Seek_ThatNeverEnds_TellsHowLongItLasted()
    {
        var stage = new Stage { Link = new LinkOptions { Trace = new RateTrace("gone", [(0, 2000), (20, 0), (3600, 0)]) }, Plan = Plan(new(TimeSpan.FromSeconds(30), ViewerDeed.Seek, TimeSpan.FromSeconds(200)), new(TimeSpan.FromSeconds(90), ViewerDeed.Leave)) };

        var seek = Assert.Single(stage.Play().Seeks);

        Assert.Null(seek.Duration);
        Assert.Equal(60, seek.Waited.TotalSeconds, 0.001);
    }

    [Fact]
    public void Seek_BeyondTheBuffer_IsTimedAndPlaysFromThere()
    {
        var stage = new Stage { Plan = Plan(new ViewerAction(TimeSpan.FromSeconds(10), ViewerDeed.Seek, TimeSpan.FromSeconds(200))) };

        var result = stage.Play();

        var seek = Assert.Single(result.Seeks);
        Assert.False(seek.IsZap);
        Assert.InRange(seek.Duration!.Value.TotalSeconds, 0.03, 1);
        Assert.InRange(result.Played.TotalSeconds, 49, 51);
        Assert.Equal(0, result.StallCount);
    }

    [Fact]
    public void Seek_WithinTheBuffer_LoadsNothingTwice()
    {
        var stage = new Stage { Rules = RuleSet.Fixed, Plan = Plan(new ViewerAction(TimeSpan.FromSeconds(10), ViewerDeed.Seek, TimeSpan.FromSeconds(25))) };

        stage.Play();

        Assert.Equal(60, stage.Video.Count());
    }

    [Fact]
    public void Zap_ToAnotherTitle_OpensItAndIsTimed()
    {
        var stage = new Stage { Plan = Plan(new ViewerAction(TimeSpan.FromSeconds(10), ViewerDeed.Zap, Title: "/title/manifest.mpd")) };

        var result = stage.Play();

        Assert.True(Assert.Single(result.Seeks).IsZap);
        Assert.Contains(stage.Exchanges, e => e.Request.Path == "/title/manifest.mpd");
        Assert.Equal(PlayerPhase.Ended, result.LastPhase);
        Assert.InRange(result.Played.TotalSeconds, 248, 251);
    }

    [Fact]
    public void Viewer_WhoLeavesBeforeThePicture_IsNoFailedStart()
    {
        var stage = new Stage { Plan = Plan(new ViewerAction(TimeSpan.FromMilliseconds(50), ViewerDeed.Leave)) };

        var result = stage.Play();

        Assert.True(result.LeftBeforeStart);
        Assert.Null(result.StartUp);
        Assert.Equal(PlayerPhase.Ended, result.LastPhase);
    }

    [Fact]
    public void Start_LaterThanIntended_CountsForTheViewer()
    {
        var title = new SyntheticTitle(new TitleShape());
        var loop = new VirtualLoop();
        var transport = new VirtualTransport(loop, new SharedLink(loop, new LinkOptions { Trace = RateTrace.Constant(10_000) }), title);
        var plan = new PlayerPlan { Index = 0, Target = VirtualRun.Target, Title = title.Hls, Stay = TimeSpan.FromSeconds(20), IntendedStart = TimeSpan.FromSeconds(1) };
        var player = new Player(plan, loop, transport, new(VirtualRun.Target));
        loop.RunUntil(TimeSpan.FromSeconds(3));

        player.Start();
        loop.RunUntil(TimeSpan.FromSeconds(60));

        Assert.True(player.Result!.StartUp > TimeSpan.FromSeconds(2));
        Assert.Equal(TimeSpan.FromSeconds(3), player.Result.ActualStart);
    }
}
