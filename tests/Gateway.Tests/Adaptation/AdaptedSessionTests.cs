using Gateway.Adaptation;
using Gateway.Adaptation.Bandwidth;
using Gateway.Adaptation.Players;
using Gateway.Adaptation.Policy;
using Gateway.Adaptation.Serving;
using Gateway.Manifests;
using Gateway.Manifests.Hls;
using Gateway.Media;
using Gateway.Testing;
using Gateway.Tests.Manifests.Hls;
using Gateway.Timelines;

namespace Gateway.Tests.Adaptation;

/// <summary>The adaptation of a session as handlers see it: a ladder of 500, 1000 and 4000 kbit/s in segments of two seconds.</summary>
public sealed class AdaptedSessionTests : IDisposable
{
    private static readonly MediaAddress Manifest = new("origin", "/t/master.m3u8", "");

    private readonly ManualTimeProvider _time = new();
    private readonly TitleSizes _sizes = new();
    private readonly AdaptationCap _cap = new();
    private readonly AdaptedSession _session;

    public AdaptedSessionTests()
    {
        var parts = new AdaptationParts(new AdaptationPolicy(new AdaptationOptions { Levers = "cmsd", UntouchedShare = 0 }), _cap, _sizes, new NetworkPrior(10), _time);
        _session = parts.For(Guid.NewGuid(), PlayerClass.Shaka, isAuto: false, null);
        _session.Offered(Manifest, [Rung(4000), Rung(500), Rung(1000), Rung(500) with { TrickPlay = true }], 0, maxKbps: 0);
    }

    [Fact]
    public void Ladder_OfOneRung_IsNone()
    {
        var parts = new AdaptationParts(new AdaptationPolicy(new AdaptationOptions()), _cap, _sizes, new NetworkPrior(10), _time);
        var session = parts.For(Guid.NewGuid(), PlayerClass.Unknown, isAuto: false, null);
        session.Offered(Manifest, [Rung(500)], 0, maxKbps: 0);
        Assert.False(session.HasLadder);
        Assert.Equal(AdaptationDecision.Nothing, session.Demanded(0, Segment(0), 0, null, isAuto: false, out _, out _));
    }

    [Fact]
    public void Rungs_OfPlaylists_AreFound()
    {
        Assert.Equal([0, 1, 2, -1], new[] { 500, 1000, 4000, 7 }.Select(k => _session.RungOf(Playlist(k), null)));
        Assert.Equal(1000, _session.KbpsOf(1));
    }

    [Fact]
    public void OperatorsLimit_WithNothingMeasured_IsSaidAndLeavesShakaTwoRungs()
    {
        _cap.Kbps = 600;
        Assert.Equal(500, _session.Hint.MaxKbps);
        Assert.Equal(1000, Ask(0, 0).MaxKbps);
        _cap.Kbps = 0;
        Assert.Null(Ask(0, 1).MaxKbps);
    }

    [Fact]
    public void OperatorsLimit_WithoutTheLever_IsSaidAllTheSame()
    {
        var session = Session(levers: "none", isAuto: false);
        _cap.Kbps = 600;
        Assert.Equal(500, session.Hint.MaxKbps);
        Assert.Equal(1000, session.Demanded(0, Segment(0), 0, null, isAuto: false, out _, out _).MaxKbps);
    }

    /// <summary>shaka-player throws where <c>mb</c> is below the one bitrate that the manifest declares.</summary>
    [Fact]
    public void Auto_UnderALimit_IsToldNoMaximum()
    {
        var session = Session(levers: "cmsd,auto", isAuto: true);
        var timeline = HlsTimeline.Read("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n0.ts\n#EXT-X-ENDLIST\n"u8.ToArray(), new ReferenceBase(HlsRewriting.Upstreams, "origin", new Uri(HlsRewriting.Upstream)), HlsRewriting.Variables());
        session.Play(new AlignedLadder(Manifest, [.. new[] { 500, 1000, 4000 }.Select(k => new AlignedRung(Rung(k), timeline, Playlist(k)))], AutoRendition.Shown(3)));
        _cap.Kbps = 600;

        Assert.Null(session.Hint.MaxKbps);
        Assert.Null(session.Demanded(2, Segment(0), 0, null, isAuto: true, out _, out _).MaxKbps);
        Assert.Equal(0, session.Last.AutoRung);
    }

    [Theory]
    [InlineData((int)PlayerClass.HlsJs, true, 0)]
    [InlineData((int)PlayerClass.Unknown, true, 0)]
    [InlineData((int)PlayerClass.Apple, true, 2)]
    [InlineData((int)PlayerClass.NoAdaptation, true, 2)]
    [InlineData((int)PlayerClass.Shaka, false, 2)]
    [InlineData((int)PlayerClass.Unknown, false, 2)]
    public void Auto_OfThreeRungs_DeclaresTheLowestToHlsJsOnly(int player, bool isHls, int rung) => Assert.Equal(rung, AutoRendition.Declared(3, (PlayerClass)player, isHls));

    [Fact]
    public void Line_AfterThreeSamples_HasAMeanAndAJitter()
    {
        foreach (var (bodies, milliseconds) in new[] { (0, 250), (1, 500), (2, 1000) })
        {
            Assert.Null(_session.JitterKbps);
            _session.Demanded(0, Segment(bodies), bodies, null, isAuto: false, out var demand, out _);
            _time.Advance(TimeSpan.FromSeconds(3));
            _session.Delivered(new DeliverySample(250_000, _session.Now - TimeSpan.FromMilliseconds(milliseconds), _session.Now), demand);
        }

        Assert.Equal((8000 + 4000 + 2000) / 3.0, _session.EstimateKbps!.Value, 1.0);
        Assert.Equal(6000, _session.JitterKbps!.Value, 1.0);
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(600, 0, 600)]
    [InlineData(600, 500, 500)]
    [InlineData(600, 9000, 600)]
    [InlineData(0, 9000, 9000)]
    public void Limit_OfViewerAndOperator_IsTheLower(int operators, int viewers, int limit)
    {
        _cap.Kbps = operators;
        Assert.Equal(limit, _session.LimitOf(viewers));
    }

    /// <summary>A line of 8 Mbit/s: with what the player must hold by now, the cap is not at the bottom.</summary>
    [Fact]
    public void Segments_ThatWereTaken_FillTheBuffer() => Assert.Equal(4000, Play(isSent: true).MaxKbps);

    /// <summary>A player that gives each body up has nothing to play from, however fast the line is.</summary>
    [Fact]
    public void Segments_ThatNeverWentOutWhole_DoNot() => Assert.Equal(1000, Play(isSent: false).MaxKbps);

    public void Dispose() => _sizes.Dispose();

    private AdaptedSession Session(string levers, bool isAuto)
    {
        var parts = new AdaptationParts(new AdaptationPolicy(new AdaptationOptions { Levers = levers, UntouchedShare = 0 }), _cap, _sizes, new NetworkPrior(10), _time);
        var session = parts.For(Guid.NewGuid(), PlayerClass.Shaka, isAuto, null);
        session.Offered(Manifest, [Rung(4000), Rung(500), Rung(1000)], 0, maxKbps: 0);
        return session;
    }

    private AdaptationDecision Play(bool isSent)
    {
        AdaptationDecision last = default;
        for (var i = 0; i < 12; i++)
        {
            last = _session.Demanded(0, Segment(i), i, null, isAuto: false, out var demand, out _);
            _time.Advance(TimeSpan.FromMilliseconds(250));
            _session.Delivered(new DeliverySample(250_000, _session.Now - TimeSpan.FromMilliseconds(250), _session.Now), demand);
            if (isSent) _session.Sent(Segment(i));
        }

        return last;
    }

    private AdaptationDecision Ask(int rung, int index) => _session.Demanded(rung, Segment(index), index, null, isAuto: false, out _, out _);

    private static Variant Rung(int kbps) => new() { Bandwidth = kbps * 1000, Address = Playlist(kbps) };

    private static MediaAddress Playlist(int kbps) => new("origin", $"/t/{kbps}.m3u8", "");

    private static TimelineEntry Segment(int index) => new()
    {
        Kind = EntryKind.Segment,
        Address = new MediaAddress("origin", $"/t/{index}.m4s", ""),
        Sequence = index,
        Start = TimeSpan.FromSeconds(2 * index),
        Duration = TimeSpan.FromSeconds(2),
    };
}
