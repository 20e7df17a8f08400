using Gateway.Load.Links;
using Gateway.Load.Links.Virtual;
using Gateway.Load.Players;

namespace Gateway.Tests.Load.Players;

public sealed class LivePlayerTests
{
    private static readonly TitleShape s_live = new()
    {
        Rungs = [new(500, 234), new(1500, 480)],
        AudioKbps = 64,
        SegmentSeconds = 2,
        Segments = 30,
        Spread = 0,
        IsLive = true,
        Window = 6,
    };

    [Theory]
    [InlineData(nameof(RuleSet.HlsJs), false, 6, 8.5)]
    [InlineData(nameof(RuleSet.Shaka), false, 6, 8.5)]
    [InlineData(nameof(RuleSet.DashJs), true, 8, 8.5)]
    [InlineData(nameof(RuleSet.Shaka), true, 6, 6.5)]
    public void Live_OnAGoodLink_PlaysAtItsDistanceFromTheEdge(string rules, bool isDash, double least, double most)
    {
        var stage = new Stage { Shape = s_live, Rules = Enum.Parse<RuleSet>(rules), IsDash = isDash, Plan = Plan(120) };

        var result = stage.Play();

        Assert.Equal(0, result.StallCount);
        Assert.InRange(result.Played.TotalSeconds, 118, 120);
        Assert.InRange(result.LiveLatency!.Value.TotalSeconds, least, most);
        Assert.Equal(0, result.FaultsOf(PlayerFault.NotFound));
        var sequences = stage.Video.Select(l => l.Sequence).Distinct().Order().ToList();
        Assert.Equal(sequences[^1] - sequences[0] + 1, sequences.Count);
    }

    /// <summary>hls.js gives a channel up that fails for so long; shaka-player does not.</summary>
    [Theory]
    [InlineData(nameof(RuleSet.HlsJs), nameof(PlayerPhase.Failed))]
    [InlineData(nameof(RuleSet.Shaka), nameof(PlayerPhase.Ended))]
    public void Live_ThatFailsForAWhile_IsGivenUpAsTheRealPlayerDoes(string rules, string end)
    {
        var asked = 0;
        var stage = new Stage { Shape = s_live, Rules = Enum.Parse<RuleSet>(rules), Plan = Plan(120), Front = title => new AnsweringServer(title, (_, reply) => ++asked is > 40 and <= 70 ? new VirtualReply { Status = 503 } : reply) };

        var result = stage.Play();

        Assert.Equal(Enum.Parse<PlayerPhase>(end), result.LastPhase);
        Assert.True(result.FaultsOf(PlayerFault.Unavailable) > 2);
    }

    [Fact]
    public void LowLatency_OnAGoodLink_PlaysPartsNearTheEdge()
    {
        var stage = new Stage { Shape = s_live with { SegmentSeconds = 4, PartSeconds = 0.5 }, Rules = RuleSet.HlsJs, Plan = Plan(60) };

        var result = stage.Play();

        Assert.Equal(0, result.StallCount);
        Assert.InRange(result.LiveLatency!.Value.TotalSeconds, 1.4, 2.6);
        Assert.Contains(stage.Video, l => l.Kind == TransferKind.Part);
        Assert.Contains(stage.Exchanges, e => e.Request.Directives is not null);
        Assert.True(stage.Exchanges.Count < 60 * 2 * 2 + 20);
    }

    [Fact]
    public void Hints_OfLowLatency_AreAskedForBeforeTheyAreListed()
    {
        var stage = new Stage { Shape = s_live with { SegmentSeconds = 4, PartSeconds = 1 }, Rules = RuleSet.Shaka, Plan = Plan(60) };

        var result = stage.Play();

        Assert.Equal(0, result.StallCount);
        Assert.Contains(stage.Video, l => l.Kind == TransferKind.Part && (l.BeganAt - l.SentAt) > TimeSpan.FromMilliseconds(300));
    }

    [Fact]
    public void LowLatency_OfAServerThatDoesNotBlock_IsNotFlooded()
    {
        var shape = s_live with { SegmentSeconds = 4, PartSeconds = 0.5 };
        var stage = new Stage { Shape = shape, Rules = RuleSet.HlsJs, Plan = Plan(60), Front = title => new StandingServer(title) };

        stage.Play();

        // The playlist stands still for ever; audio and video ask for theirs.
        Assert.InRange(stage.Exchanges.Count, 20, 150);
    }

    [Fact]
    public void Live_AfterALongPause_GoesOnWithinTheWindow()
    {
        var stage = new Stage
        {
            Shape = s_live,
            Rules = RuleSet.HlsJs,
            Plan = Plan(120) with { Actions = [new(TimeSpan.FromSeconds(20), ViewerDeed.Pause), new(TimeSpan.FromSeconds(60), ViewerDeed.Resume)] },
        };

        var result = stage.Play();

        Assert.True(result.Played > TimeSpan.FromSeconds(70));
        Assert.Equal(40, result.Paused.TotalSeconds, 0.01);
    }

    [Fact]
    public void Stall_WhilePlaylistsDoNotCome_HasTheManifestForItsCause()
    {
        var stage = new Stage
        {
            Shape = s_live,
            Rules = RuleSet.HlsJs,
            Plan = Plan(60),
            Front = title => new HoldingServer(title, TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(15)),
        };

        var result = stage.Play();

        Assert.Contains(result.Stalls, s => s.Cause == StallCause.Manifest);
    }

    [Fact]
    public void Live_AfterAnOutageLongerThanTheWindow_GoesOnAtTheEdge()
    {
        // Longer than eight segments of 2 s, and shorter than the 20 s that hls.js has for its playlists.
        var stage = new Stage
        {
            Shape = s_live,
            Rules = RuleSet.HlsJs,
            Plan = Plan(180),
            Link = new LinkOptions { Trace = new RateTrace("outage", [(0, 8000), (30, 0), (48, 8000), (1000, 8000)]) },
        };

        var result = stage.Play();

        Assert.True(result.Played > TimeSpan.FromSeconds(100));
        Assert.Equal(PlayerPhase.Ended, result.LastPhase);
        var last = stage.Video.Last();
        Assert.InRange((VirtualStart + last.EndedAt - s_live.LiveSince).TotalSeconds - (last.Sequence * 2), 2, 12);
    }

    private static DateTimeOffset VirtualStart => new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static PlayerPlan Plan(double stay) => new() { Index = 0, Target = VirtualRun.Target, Title = "", Stay = TimeSpan.FromSeconds(stay), Cmcd = false };

    /// <summary>Answers every playlist at once as it was at the beginning, whatever is asked for.</summary>
    private sealed class StandingServer(IVirtualServer behind) : IVirtualServer
    {
        public VirtualReply Answer(in TransferRequest request, DateTimeOffset arrival) =>
            behind.Answer(request.Directives is null ? request : request with { Directives = null }, request.Path.EndsWith("media.m3u8", StringComparison.Ordinal) ? VirtualStart : arrival);
    }

    /// <summary>Holds media playlists back for a while.</summary>
    private sealed class HoldingServer(IVirtualServer behind, TimeSpan from, TimeSpan length) : IVirtualServer
    {
        public VirtualReply Answer(in TransferRequest request, DateTimeOffset arrival)
        {
            var until = VirtualStart + from + length;
            if (request.Path.EndsWith("media.m3u8", StringComparison.Ordinal) && arrival >= VirtualStart + from && arrival < until)
                return behind.Answer(request, until) with { Wait = until - arrival };
            return behind.Answer(request, arrival);
        }
    }
}
