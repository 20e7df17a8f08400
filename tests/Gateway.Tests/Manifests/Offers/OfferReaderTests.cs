using System.Text;
using Gateway.Manifests;
using Gateway.Manifests.Dash;
using Gateway.Manifests.Hls;
using Gateway.Manifests.Offers;
using Gateway.Media;
using Gateway.Origin;
using Gateway.Testing;
using Gateway.Timelines;
using Microsoft.Extensions.Logging.Abstractions;
using Yarp.ReverseProxy.Configuration;

namespace Gateway.Tests.Manifests.Offers;

public sealed class OfferReaderTests
{
    private const string Url = "http://origin.example/t/ladder";

    private readonly Upstreams _upstreams = new(NullLogger<Upstreams>.Instance);
    private readonly ManualTimeProvider _clock = new();
    private readonly OfferReader _reader;

    public OfferReaderTests()
    {
        var origin = new ClusterConfig { ClusterId = "origin", Destinations = new Dictionary<string, DestinationConfig> { ["a"] = new() { Address = "http://origin.example/" } } };
        _upstreams.ConfigurationApplied([new InMemoryConfigProvider([], [origin]).GetConfig()]);
        _reader = new OfferReader(_upstreams, _clock);
    }

    [Fact]
    public void Playlist_WhatOnlyRungsAboveTheLimitName_IsWithheld()
    {
        // "shared" is a variant above the limit and somebody's sound; "two" stands above and, with less sound, below; the trick-play list of "high" is small.
        var offer = OfHls(
            """
            #EXTM3U
            #EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="x",URI="shared.m3u8"
            #EXT-X-STREAM-INF:BANDWIDTH=5000000,AUDIO="a"
            high.m3u8
            #EXT-X-STREAM-INF:BANDWIDTH=4000000
            shared.m3u8
            #EXT-X-STREAM-INF:BANDWIDTH=3000000
            two.m3u8
            #EXT-X-STREAM-INF:BANDWIDTH=1000000
            two.m3u8
            #EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=200000,URI="high-small.m3u8"
            #EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=3000000,URI="high-large.m3u8"
            #EXT-X-STREAM-INF:BANDWIDTH=500000
            low.m3u8
            """,
            1200);
        Assert.Equal(["/t/high-large.m3u8", "/t/high.m3u8"], offer.Withheld.Select(a => a.Path).Order(StringComparer.Ordinal));
        Assert.Equal(["/t/high-small.m3u8", "/t/low.m3u8", "/t/shared.m3u8", "/t/two.m3u8"], offer.Shown.Select(a => a.Path).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(100, "low.m3u8")]
    [InlineData(9000, "high.m3u8 low.m3u8")]
    public void Playlist_LowestRungAndEverythingWithinTheLimit_AreShown(int kbps, string shown)
    {
        var offer = OfHls("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=800000\nlow.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=9000000\nhigh.m3u8\n", kbps);
        Assert.Equal(shown.Split(' '), offer.Shown.Select(a => a.Path[3..]).Order(StringComparer.Ordinal));
        Assert.Equal(2 - shown.Split(' ').Length, offer.Withheld.Count);
    }

    [Fact]
    public void Mpd_SegmentsOfRungsAboveTheLimit_AreWithheldUnlessARungBelowHasThemToo()
    {
        // The representations of the second set say nothing of themselves in their paths: whoever reads the low one reads the high one.
        var offer = OfDash(Mpd("""
            <AdaptationSet contentType="video"><SegmentTemplate media="$RepresentationID$/$Number$.m4s" duration="2" startNumber="1"/>
              <Representation id="hi" bandwidth="5000000"/><Representation id="lo" bandwidth="500000"/></AdaptationSet>
            <AdaptationSet contentType="video"><SegmentTemplate media="same/$Number$.m4s" duration="2" startNumber="1"/>
              <Representation id="hi2" bandwidth="5000000"/><Representation id="lo2" bandwidth="500000"/></AdaptationSet>
            <AdaptationSet contentType="audio"><SegmentTemplate media="snd/$Number$.m4s" duration="2" startNumber="1"/>
              <Representation id="a" bandwidth="9000000"/></AdaptationSet>
            """), 1000);
        var ladders = new OfferedLadders();
        ladders.Take(At("ladder"), offer);
        Assert.Equal(OfferVerdict.Withheld, ladders.JudgeSegment(At("hi/3.m4s"), null));
        Assert.Equal(OfferVerdict.Shown, ladders.JudgeSegment(At("lo/3.m4s"), null));
        Assert.Equal(OfferVerdict.Shown, ladders.JudgeSegment(At("same/3.m4s"), null));
        Assert.Equal(OfferVerdict.Shown, ladders.JudgeSegment(At("snd/3.m4s"), null));

        // Not listed, yet nobody else's.
        Assert.Equal(OfferVerdict.Withheld, ladders.JudgeSegment(At("hi/99.m4s"), null));
        Assert.Equal(OfferVerdict.Unknown, ladders.JudgeSegment(At("same/99.m4s"), null));
        Assert.Equal(OfferVerdict.Unknown, ladders.JudgeSegment(At("hi/init.m4s"), null));
        Assert.Equal(OfferVerdict.Shown, ladders.Judge(At("ladder")));
    }

    [Fact]
    public void Ladders_OneShowsWhatTheOtherLeavesOut_IsShown()
    {
        var ladders = new OfferedLadders();
        ladders.Take(At("a"), OfHls("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=100\nlow.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=9000000\nhigh.m3u8\n", 500));
        Assert.Equal(OfferVerdict.Withheld, ladders.Judge(At("high.m3u8")));
        Assert.Equal(OfferVerdict.Unknown, ladders.Judge(At("other.m3u8")));
        // In a ladder of one rung the lowest is the highest.
        ladders.Take(At("b"), OfHls("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=9000000\nhigh.m3u8\n", 500));
        Assert.Equal(OfferVerdict.Shown, ladders.Judge(At("high.m3u8")));
        Assert.Empty(ladders.Playlists().Withheld);
    }

    [Fact]
    public void Manifest_AskedForUnderSeveralLimits_IsCutOncePerLimit()
    {
        var ladder = Manifest("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=400000\nlow.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=900000\nmiddle.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=9000000\nhigh.m3u8\n");
        var low = _reader.Of(ladder, 500, Url, "origin")!;
        var middle = _reader.Of(ladder, 1000, Url, "origin")!;
        Assert.NotEqual(low.Body!.Bytes.Length, middle.Body!.Bytes.Length);
        Assert.Same(low, _reader.Of(ladder, 500, Url, "origin"));
        Assert.Same(middle, _reader.Of(ladder, 1000, Url, "origin"));
        Assert.Null(_reader.Of(ladder, 10_000, Url, "origin")!.Body);
        for (var kbps = 1; kbps < 100; kbps++) _reader.Of(ladder, kbps, Url, "origin");
        Assert.True(ladder.TryTakeGrowth(out var bytes));
        Assert.InRange(bytes, 1000, 10_000);
        Assert.False(ladder.TryTakeGrowth(out _));
    }

    [Fact]
    public void Rungs_OfVideo_RisingAndEachOnce()
    {
        var hls = Manifest("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=900,RESOLUTION=2x2\nb\n#EXT-X-STREAM-INF:BANDWIDTH=500,RESOLUTION=2x2\na\n#EXT-X-STREAM-INF:BANDWIDTH=900,RESOLUTION=2x2\nc\n#EXT-X-STREAM-INF:BANDWIDTH=64,CODECS=\"mp4a.40.2\"\nd\n");
        Assert.Equal([500L, 900L], _reader.RungsOf(hls, Url, "origin"));
        var mpd = new DashMpd { Body = Mpd("<AdaptationSet contentType=\"video\"><SegmentTemplate media=\"$Number$.m4s\" duration=\"2\"/><Representation id=\"x\" bandwidth=\"7000\"/></AdaptationSet>"), Version = 2 };
        Assert.Equal([7000L], _reader.RungsOf(mpd, Url, "origin"));
        Assert.Empty(_reader.RungsOf(new HlsMediaPlaylist { Body = "#EXTM3U\n#EXTINF:2,\na.ts\n"u8.ToArray(), Version = 3 }, Url, "origin"));
    }

    private static byte[] Mpd(string sets) => Encoding.UTF8.GetBytes(
        $"""<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT20S"><Period>{sets}</Period></MPD>""");

    private static MediaAddress At(string file) => new("origin", $"/t/{file}", "");

    private CappedLadder OfHls(string playlist, int kbps) => _reader.Of(Manifest(playlist), kbps, Url, "origin")!;

    private CappedLadder OfDash(byte[] mpd, int kbps) =>
        _reader.Of(new DashMpd { Body = mpd, Version = 1 }, kbps, Url, "origin")!;

    private HlsMultivariantPlaylist Manifest(string playlist)
    {
        var body = Encoding.UTF8.GetBytes(playlist);
        var from = new ReferenceBase(_upstreams.Current, "origin", new Uri(Url));
        var variables = new HlsVariables(System.Collections.Frozen.FrozenDictionary<string, string>.Empty, "");
        return new HlsMultivariantPlaylist { Body = body, Version = 1, Ladder = HlsLadderReader.Read(body, from, variables) };
    }
}
