using System.Text;
using Gateway.Manifests.Dash.Presentation;
using Gateway.Media;
using Gateway.Origin;
using Gateway.Prefetch;

namespace Gateway.Tests.Prefetch;

/// <summary>Live MPDs that list their segments, and segments that exist before they are listed.</summary>
public sealed class LiveEdgeTests
{
    private static readonly MediaAddress Mpd = new("origin", "/t/live.mpd", "");
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(2);
    private readonly PlaybackTracker _tracker = new();
    private DateTimeOffset _now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Segment_BehindTheLastListed_OutdatesTheVersionOnceForAllSessions()
    {
        var timelines = Read(first: 10, last: 14, zero: _now.AddSeconds(-15)).Timelines;
        _tracker.Loaded(StreamingProtocol.Dash, Mpd, [.. timelines], version: 1, _now);
        var other = new PlaybackTracker();
        other.Loaded(StreamingProtocol.Dash, Mpd, [.. timelines], version: 1, _now);
        Assert.True(_tracker.FollowsLiveLists);
        Assert.False(_tracker.TryOutrun(At(14), out _));
        Assert.True(_tracker.TryOutrun(At(15), out var manifest));
        Assert.Equal(Mpd, manifest);
        Assert.False(_tracker.TryOutrun(At(15), out _));
        Assert.False(other.TryOutrun(At(15), out _));
        Assert.False(other.TryOutrun(new MediaAddress("origin", "/elsewhere/15000.m4s", ""), out _));
    }

    [Fact]
    public void Manifest_FinishedOrOnDemand_IsNeverOutdated()
    {
        _tracker.Loaded(StreamingProtocol.Dash, Mpd, [.. Read(0, 4, null).Timelines]);
        Assert.False(_tracker.FollowsLiveLists);
        Assert.False(_tracker.TryOutrun(At(15), out _));
    }

    /// <summary>By upstream's clock the next segment is due a second after the last one that is listed.</summary>
    [Fact]
    public void Player_HasTheLastSegment_NeedsANewVersionOnceTheNextIsDue()
    {
        _tracker.Loaded(StreamingProtocol.Dash, Mpd, [.. Read(10, 14, _now.AddSeconds(-15.5)).Timelines], version: 1, _now);
        Assert.False(IsThrough(1));
        _tracker.TryOutrun(At(14), out _);
        Assert.False(IsThrough(1));
        _now = _now.AddSeconds(0.5);
        Assert.True(IsThrough(1));
        Assert.False(IsThrough(2));
        _tracker.Loaded(StreamingProtocol.Dash, Mpd, [.. Read(11, 15, _now.AddSeconds(-16)).Timelines], version: 2, _now);
        Assert.False(IsThrough(2));
    }

    [Fact]
    public void Player_HasTheLastSegmentWithoutAUsableClock_NeedsANewVersionOnAnEarlyReload()
    {
        _tracker.Loaded(StreamingProtocol.Dash, Mpd, [.. Read(10, 14, _now.AddYears(-1)).Timelines], version: 1, _now);
        _tracker.TryOutrun(At(14), out _);
        Assert.True(IsThrough(1));
        _now += Lifetime;
        Assert.False(IsThrough(1));
    }

    private static MediaAddress At(int second) => new("origin", $"/t/{second}000.m4s", "");

    private bool IsThrough(int version) => _tracker.IsThroughWith(Mpd, (UInt128)version, Lifetime, _now);

    private DashPresentation Read(int first, int last, DateTimeOffset? zero)
    {
        var live = zero is { } start ? $"type=\"dynamic\" minimumUpdatePeriod=\"PT4S\" availabilityStartTime=\"{start:yyyy-MM-ddTHH:mm:ss.fffZ}\"" : "";
        var mpd = $"""
            <MPD {live}><Period start="PT0S"><AdaptationSet contentType="video"><Representation id="v"><SegmentTemplate timescale="1000" media="$Time$.m4s">
            <SegmentTimeline><S t="{first}000" d="1000" r="{last - first}"/></SegmentTimeline></SegmentTemplate></Representation></AdaptationSet></Period></MPD>
            """;
        var upstreams = new UpstreamTable([new("origin", new Uri("http://origin.example/"))]);
        return DashReader.Read(Encoding.UTF8.GetBytes(mpd), upstreams, "origin", new Uri("http://origin.example/t/live.mpd"), _now)!;
    }
}
