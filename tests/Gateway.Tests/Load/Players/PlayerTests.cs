using System.Text;
using System.Text.Json.Nodes;
using Gateway.Adaptation;
using Gateway.Load.Links;
using Gateway.Load.Links.Virtual;
using Gateway.Load.Players;

namespace Gateway.Tests.Load.Players;

[Collection(nameof(MeasuresMemory))]
public sealed class PlayerTests : PlayerPlans
{
    public static TheoryData<string, bool> AllRules => new()
    {
        { nameof(RuleSet.HlsJs), false }, { nameof(RuleSet.DashJs), true }, { nameof(RuleSet.Shaka), true }, { nameof(RuleSet.Shaka), false },
        { nameof(RuleSet.Throughput), false }, { nameof(RuleSet.Bola), true }, { nameof(RuleSet.Fixed), false },
    };

    [Theory]
    [MemberData(nameof(AllRules))]
    public void Film_OnAFastLink_IsPlayedToItsEndWithoutAStall(string rules, bool isDash)
    {
        var stage = new Stage { Rules = Enum.Parse<RuleSet>(rules), IsDash = isDash };

        var result = stage.Play();

        Assert.Equal(PlayerPhase.Ended, result.LastPhase);
        Assert.Equal(240, result.Played.TotalSeconds, 0.01);
        Assert.Equal(0, result.StallCount);
        Assert.InRange(result.StartUp!.Value.TotalSeconds, 0.1, 1.5);
        Assert.All(result.Faults, f => Assert.Equal(0, f));
        Assert.Equal(Enumerable.Range(0, 60).Select(i => (long)i), stage.Video.Select(l => l.Sequence).Distinct().Order());
        if (rules != nameof(RuleSet.Fixed)) Assert.Equal(3, stage.Video.Last().Rung);
    }

    [Theory]
    [MemberData(nameof(AllRules))]
    public void Player_SamePlanTwice_DoesTheSame(string rules, bool isDash)
    {
        var link = new LinkOptions { Trace = new RateTrace("waves", [(0, 3000), (20, 600), (40, 3000), (60, 200), (70, 3000)]), Loss = 0.01, Seed = 5 };
        Stage Run() => new() { Rules = Enum.Parse<RuleSet>(rules), IsDash = isDash, Link = link };
        var (one, two) = (Run(), Run());

        var (first, second) = (one.Play(), two.Play());

        Assert.Equal(first.StallTime, second.StallTime);
        Assert.Equal(first.MeanKbps, second.MeanKbps);
        Assert.Equal(one.Loads, two.Loads);
        Assert.Equal(one.Phases, two.Phases);
    }

    [Theory]
    [MemberData(nameof(AllRules))]
    public void Player_WhateverHappens_AccountsForAllItsTime(string rules, bool isDash)
    {
        var link = new LinkOptions { Trace = new RateTrace("outages", [(0, 2500), (15, 0), (55, 2500), (80, 300), (120, 300)]) };
        var stage = new Stage { Rules = Enum.Parse<RuleSet>(rules), IsDash = isDash, Link = link };

        var result = stage.Play();

        var total = result.EndedAt - result.ActualStart;
        Assert.Equal(total.TotalSeconds, (result.StartUp!.Value + result.Played + result.SoundOnly + result.StallTime + result.Paused).TotalSeconds, 0.01);
        Assert.True(result.StallCount > 0);
        Assert.Equal(result.StallTime.TotalSeconds, result.Stalls.Sum(s => s.Duration.TotalSeconds), 0.001);
        Assert.Equal(result.Bytes, stage.Loads.Sum(l => l.Bytes) + stage.Exchanges.Sum(e => e.Received));
    }

    [Fact]
    public void Stall_OfAFixedRung_HasTheMomentAndLengthThatFollowFromTheLink()
    {
        // One rung of 1000 kbit/s, muxed, in segments of 4 s, over 2000 kbit/s that stop for good seconds at a time.
        var stage = new Stage
        {
            Shape = new TitleShape { Rungs = [new(1000, 360)], AudioKbps = 0, Segments = 30, Spread = 0, PeakFactor = 1, InitBytes = 1, Think = TimeSpan.Zero },
            Rules = RuleSet.Fixed,
            Link = new LinkOptions { Trace = new RateTrace("gap", [(0, 2000), (10, 0), (40, 2000), (400, 2000)]), RoundTrip = TimeSpan.Zero, ConnectRoundTrips = 0 },
        };

        var result = stage.Play();

        // In ten seconds 20 Mbit came, less what manifests took and 10 ms per append: four whole segments and most of a fifth, whose rest comes right behind the outage.
        var stall = Assert.Single(result.Stalls);
        Assert.Equal(StallCause.Segment, stall.Cause);
        Assert.Equal(16, stall.Position.TotalSeconds, 0.001);
        Assert.Equal(result.StartUp!.Value.TotalSeconds + 16, stall.At.TotalSeconds, 0.001);
        Assert.InRange((stall.At + stall.Duration).TotalSeconds, 40, 40.2);
    }

    [Fact]
    public void Handover_OfASession_PlaysOnWhereTheReplySays()
    {
        AnsweringServer? server = null;
        var stage = new Stage
        {
            Plan = Plan(new ViewerAction(TimeSpan.FromSeconds(20), ViewerDeed.HandOver)),
            Front = title => server = new AnsweringServer(title, (request, reply) =>
                request.Path == "/api/v1/playback/sessions/s1/handoff" ? Json("""{"sessionId":"s2","hlsUrl":"http://virtual/title/master.m3u8?again","resumeAtSec":60}""")
                : request.Path.EndsWith("?again", StringComparison.Ordinal) ? title.Answer(request with { Path = "/title/master.m3u8" }, default)
                : reply with { Fields = new ReplyFields { SessionId = "s1" } }),
        };

        var result = stage.Play();

        Assert.Contains(server!.Seen, r => r is { Method: "POST", Kind: TransferKind.Control });
        Assert.True(Assert.Single(result.Seeks).IsZap);
        Assert.InRange(result.Played.TotalSeconds, 195, 201);
    }

    [Fact]
    public void Reports_OfAPlay_AreThoseOfThePage()
    {
        AnsweringServer? server = null;
        var stage = new Stage
        {
            Plan = Plan() with { Reports = true },
            Rules = RuleSet.Fixed,
            Link = new LinkOptions { Trace = new RateTrace("gap", [(0, 4000), (8, 0), (90, 4000), (900, 4000)]) },
            Front = title => server = new AnsweringServer(title, (request, reply) =>
                request.Kind == TransferKind.Control ? new VirtualReply { Status = 202 } : reply with { Fields = new ReplyFields { SessionId = "s1" } }),
        };

        var result = stage.Play();

        var events = server!.Seen.Where(r => r.Kind == TransferKind.Control).SelectMany(r => JsonNode.Parse(r.Json!)!.AsArray()).ToList();
        Assert.Equal(result.StallCount, events.Count(e => (string?)e!["event"] == "player.rebuffer"));
        Assert.Equal(result.StallCount, events.Count(e => (string?)e!["event"] == "player.rebuffer_recovered"));
        var start = Assert.Single(events, e => (string?)e!["event"] == "player.startup_timeline")!;
        Assert.Equal("audible", (string?)start["outcome"]);
        Assert.Equal(result.StartUp!.Value.TotalMilliseconds, (double)start["totalToAudibleMs"]!, 1.0);
        Assert.All(server.Seen.Where(r => r.Kind == TransferKind.Control), r => Assert.Equal("/api/v1/playback/sessions/s1/events", r.Path));
    }

    [Fact]
    public void Heartbeats_OfASession_TellPositionAndBuffer()
    {
        AnsweringServer? server = null;
        var stage = new Stage
        {
            Plan = Plan() with { Heartbeat = TimeSpan.FromSeconds(10) },
            Front = title => server = new AnsweringServer(title, (request, reply) => request.Kind == TransferKind.Control ? Json("{}") : reply with { Fields = new ReplyFields { SessionId = "s1" } }),
        };

        var result = stage.Play();

        var beats = server!.Seen.Where(r => r.Path == "/api/v1/playback/sessions/s1/heartbeat").Select(r => JsonNode.Parse(r.Json!)!).ToList();
        Assert.Equal(24, beats.Count);
        Assert.Equal(100 - result.StartUp!.Value.TotalSeconds, (double)beats[9]["positionSec"]!, 0.001);
        Assert.True((bool)beats[9]["isPlaying"]!);
        Assert.True((double)beats[9]["bufferedUntilSec"]! > 120);
    }

    [Fact]
    public void Cmcd_OfEachRequest_IsReadByTheGatewaysReader()
    {
        AnsweringServer? server = null;
        var stage = new Stage { Plan = Plan() with { Cmcd = true }, Front = title => server = new AnsweringServer(title, (_, reply) => reply), IsDash = true, Rules = RuleSet.DashJs };

        stage.Play();

        var reports = server!.Seen.Select(r => (Request: r, Report: CmcdReader.Read(r.Cmcd))).ToList();
        Assert.All(reports, r => Assert.Equal("d", r.Report!.StreamingFormat));
        Assert.Single(reports.Select(r => r.Report!.SessionId).Distinct());
        var late = reports.Last(r => r.Report!.ObjectType == "v").Report!;
        Assert.Equal(4000, late.DurationMs);
        Assert.Equal(4000, late.BitrateKbps);
        Assert.Equal(4000, late.TopBitrateKbps);
        Assert.True(late.BufferMs > 5000);
        Assert.NotNull(late.ThroughputKbps);
        Assert.True(reports.First(r => r.Report!.ObjectType == "v").Report!.Startup);
    }

    [Fact]
    public void Policy_InFrontOfATitle_DecidesWhatThePlayerSees()
    {
        // The seam for policies: here one that leaves only the two lowest rungs in the manifest.
        var stage = new Stage
        {
            Front = title => new AnsweringServer(title, (request, reply) =>
            {
                if (!request.Path.EndsWith("master.m3u8", StringComparison.Ordinal)) return reply;
                var lines = Encoding.UTF8.GetString(reply.Body.Span).Split('\n');
                var capped = Encoding.UTF8.GetBytes(string.Join('\n', lines.TakeWhile(l => !l.Contains("BANDWIDTH=2", StringComparison.Ordinal))) + "\n");
                return reply with { Body = capped, Length = capped.Length };
            }),
        };

        stage.Play();

        Assert.Equal(1, stage.Video.Max(l => l.Rung));
    }

    [Fact]
    public void Bottleneck_SharedByMany_IsSharedFairly()
    {
        var title = new SyntheticTitle(new TitleShape { Segments = 100 });
        var plans = Enumerable.Range(0, 8).Select(i => new PlayerPlan
        {
            Index = i,
            Target = VirtualRun.Target,
            Title = title.Hls,
            Rules = RuleSet.HlsJs,
            Stay = TimeSpan.FromMinutes(6),
            IntendedStart = TimeSpan.FromSeconds(i * 0.7),
            Cmcd = false,
        });

        var results = VirtualRun.PlayShared([.. plans], title, new LinkOptions { Trace = RateTrace.Constant(16_000) });

        Assert.All(results, r => Assert.InRange(r.MeanKbps, 700, 3500));
        Assert.All(results, r => Assert.True(r.StallTime < TimeSpan.FromSeconds(1)));
        Assert.True(results.Sum(r => r.Bytes) * 8 <= 16_000_000.0 * 370);
    }

    private static VirtualReply Json(string text)
    {
        var body = Encoding.UTF8.GetBytes(text);
        return new VirtualReply { Status = 201, Length = body.Length, Body = body };
    }
}
