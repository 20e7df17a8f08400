using Gateway.Access;
using Gateway.Access.Tickets;
using Gateway.Testing;

namespace Gateway.Tests.Access;

public sealed class MediaTargetTests
{
    [Theory]
    [InlineData("/play/demo/master.m3u8", "/demo/master.m3u8", "")]
    [InlineData("/PLAY/demo/master.m3u8?x=1", "/demo/master.m3u8", "?x=1")]
    [InlineData("http://gw.example:8080/play/a/b", "/a/b", "")]
    [InlineData("/play/a%20b/%C3%A9.m3u8", "/a%20b/%C3%A9.m3u8", "")]
    [InlineData("/play/%C3%80%C3%9F/%E0%A4%80/%F3%80%80%AE.ts", "/%C3%80%C3%9F/%E0%A4%80/%F3%80%80%AE.ts", "")]
    [InlineData("/play/a%2Fb/c", "/a%2Fb/c", "")]
    [InlineData("/play/100%25.mp4", "/100%25.mp4", "")]
    [InlineData("/play/v1..2/...x/.well-known/a.b", "/v1..2/...x/.well-known/a.b", "")]
    [InlineData("/play/a;v=1/b,c'(d)!$&=:@[x]{y}|z^", "/a;v=1/b,c'(d)!$&=:@[x]{y}|z^", "")]
    [InlineData("/play/folder/", "/folder/", "")]
    [InlineData("/play/.a/..b/.c", "/.a/..b/.c", "")]
    [InlineData("/play/12:30.mp4", "/12:30.mp4", "")]
    [InlineData("/play//a//b.ts", "//a//b.ts", "")]
    [InlineData("/play/x//y%20z///", "/x//y%20z///", "")]
    [InlineData("/play//evil.example/x", "//evil.example/x", "")]
    public void TryReadPlay_GoodPath_KeepsItsSpelling(string raw, string path, string query)
    {
        Assert.Equal(MediaPathVerdict.Accepted, MediaTarget.TryReadPlay(raw, out var target));
        Assert.Equal(path, target.Path);
        Assert.Equal(query, target.Query.Upstream);
        Assert.True(target.Ticket.IsEmpty);
    }

    [Theory]
    [InlineData("/../etc/passwd", MediaPathVerdict.DotSegment)]
    [InlineData("/a/../b", MediaPathVerdict.DotSegment)]
    [InlineData("/a/./b", MediaPathVerdict.DotSegment)]
    [InlineData("/a/..", MediaPathVerdict.DotSegment)]
    [InlineData("/a/.", MediaPathVerdict.DotSegment)]
    [InlineData("/a/..;/b", MediaPathVerdict.DotSegment)]
    [InlineData("/a/..;x=y/b", MediaPathVerdict.DotSegment)]
    [InlineData("/a/%2e%2e/b", MediaPathVerdict.DotSegment)]
    [InlineData("/a/%2E%2e/b", MediaPathVerdict.DotSegment)]
    [InlineData("/a/.%2e/b", MediaPathVerdict.DotSegment)]
    [InlineData("/a/%2e./b", MediaPathVerdict.DotSegment)]
    [InlineData("/a/%2e", MediaPathVerdict.DotSegment)]
    [InlineData("/.a/.b/../c", MediaPathVerdict.DotSegment)]
    [InlineData("/.a/b/.c/d/%2e%2e", MediaPathVerdict.DotSegment)]
    [InlineData("/a/..%2fb", MediaPathVerdict.DotSegment)]
    [InlineData("/a%2f..%2fb", MediaPathVerdict.DotSegment)]
    [InlineData("/a/%252e%252e/b", MediaPathVerdict.DotSegment)]
    [InlineData("/a/%25252e%25252e/b", MediaPathVerdict.DotSegment)]
    [InlineData("/a/%252e%252e%252fb", MediaPathVerdict.DotSegment)]
    [InlineData("/a/%25%32%65%25%32%65/b", MediaPathVerdict.DotSegment)]
    [InlineData("/a/..%3bx/b", MediaPathVerdict.DotSegment)]
    [InlineData("/a%252525252525252525252e", MediaPathVerdict.BadEncoding)]
    [InlineData("/a//../b", MediaPathVerdict.DotSegment)]
    [InlineData("/a//%2fb", MediaPathVerdict.EmptySegment)]
    [InlineData("/%2fevil.example/x", MediaPathVerdict.EmptySegment)]
    [InlineData("/a/%252f/b", MediaPathVerdict.EmptySegment)]
    [InlineData("/a\\b", MediaPathVerdict.ForbiddenCharacter)]
    [InlineData("/a/%5c../b", MediaPathVerdict.ForbiddenCharacter)]
    [InlineData("/a/%5Cb", MediaPathVerdict.ForbiddenCharacter)]
    [InlineData("/a/%255cb", MediaPathVerdict.ForbiddenCharacter)]
    [InlineData("/a%00.m3u8", MediaPathVerdict.ForbiddenCharacter)]
    [InlineData("/a%2500", MediaPathVerdict.ForbiddenCharacter)]
    [InlineData("/a%0d%0aX-Evil:1", MediaPathVerdict.ForbiddenCharacter)]
    [InlineData("/a%7f", MediaPathVerdict.ForbiddenCharacter)]
    [InlineData("/a b", MediaPathVerdict.ForbiddenCharacter)]
    [InlineData("/a\tb", MediaPathVerdict.ForbiddenCharacter)]
    [InlineData("/é", MediaPathVerdict.ForbiddenCharacter)]
    [InlineData("/a#b", MediaPathVerdict.ForbiddenCharacter)]
    [InlineData("/a%", MediaPathVerdict.BadEncoding)]
    [InlineData("/a%2", MediaPathVerdict.BadEncoding)]
    [InlineData("/a%zz", MediaPathVerdict.BadEncoding)]
    [InlineData("/a%u002e", MediaPathVerdict.BadEncoding)]
    [InlineData("/a%41%zz", MediaPathVerdict.BadEncoding)]
    [InlineData("/a%41%4", MediaPathVerdict.BadEncoding)]
    [InlineData("/a/%c0%ae%c0%ae/b", MediaPathVerdict.BadEncoding)]
    [InlineData("/a/%e0%80%ae%e0%80%ae/b", MediaPathVerdict.BadEncoding)]
    [InlineData("/a/%f0%80%80%ae/b", MediaPathVerdict.BadEncoding)]
    [InlineData("/a/%25c0%25ae", MediaPathVerdict.BadEncoding)]
    [InlineData("/http://evil.example/x", MediaPathVerdict.AbsoluteUrl)]
    [InlineData("/http:/evil.example/x", MediaPathVerdict.AbsoluteUrl)]
    [InlineData("/http:%2f%2fevil.example", MediaPathVerdict.AbsoluteUrl)]
    [InlineData("/%68ttp:%2f%2fevil.example", MediaPathVerdict.AbsoluteUrl)]
    internal void TryRead_Trick_IsRefusedOnBothRoutes(string asset, MediaPathVerdict expected)
    {
        Assert.Equal(expected, MediaTarget.TryReadPlay("/play" + asset, out _));
        Assert.Equal(expected, MediaTarget.TryReadPlayback("/api/v1/playback/tkt/origin" + asset, out _));
    }

    [Theory]
    [InlineData("/play")]
    [InlineData("/play/")]
    [InlineData("/play?x")]
    [InlineData("/playground/x")]
    [InlineData("/%70lay/x")]
    [InlineData("*")]
    [InlineData("")]
    [InlineData("http://")]
    [InlineData("evil.example:443")]
    public void TryReadPlay_NotTheRoute_IsNotMedia(string raw) => Assert.Equal(MediaPathVerdict.NotMedia, MediaTarget.TryReadPlay(raw, out _));

    [Theory]
    [InlineData("/api/v1/playback/")]
    [InlineData("/api/v1/playback/t")]
    [InlineData("/api/v1/playback/t/")]
    [InlineData("/api/v1/playback/t/c")]
    [InlineData("/api/v1/playback/t/c/")]
    [InlineData("/api/v1/playback//c/x")]
    [InlineData("/api/v1/playback/t//x")]
    public void TryReadPlayback_PartMissing_IsNotMedia(string raw) => Assert.Equal(MediaPathVerdict.NotMedia, MediaTarget.TryReadPlayback(raw, out _));

    [Fact]
    public void TryReadPlayback_WellFormedTarget_GivesTicketClusterAndPath()
    {
        Assert.Equal(MediaPathVerdict.Accepted, MediaTarget.TryReadPlayback("/api/v1/playback/TKT/origin/demo/v2/seg_1.m4s?a=b", out var target));
        Assert.Equal("TKT", target.Ticket.ToString());
        Assert.Equal("origin", target.Cluster.ToString());
        Assert.Equal("/demo/v2/seg_1.m4s", target.Path);
        Assert.Equal("?a=b", target.Query.Upstream);
    }

    [Theory]
    [InlineData("origin", "/demo/x", true)]
    [InlineData("origin", "/other/x", false)]
    [InlineData("Origin", "/demo/x", false)]
    [InlineData("ads", "/demo/x", false)]
    public void TryGetAddress_PathOrClusterOfTheTarget_OnlyWithinTheTicket(string cluster, string path, bool expected)
    {
        var ticket = new Ticket { Session = Guid.Empty, Cluster = "origin", Scope = "/demo/", IssuedAt = default, FreshUntil = default, HardExpiry = default };
        MediaTarget.TryReadPlayback($"/api/v1/playback/t/{cluster}{path}", out var target);
        Assert.Equal(expected, target.TryGetAddress(ticket, out _));
    }

    [Fact]
    public void TryRead_MoreThan8KiB_IsTooLong()
    {
        Assert.Equal(MediaPathVerdict.Accepted, MediaTarget.TryReadPlay("/play/" + new string('x', 8186), out _));
        Assert.Equal(MediaPathVerdict.TooLong, MediaTarget.TryReadPlay("/play/" + new string('x', 8187), out _));
    }

    [Fact]
    public void TryReadPlayback_UsualRequest_AllocatesOnlyItsPath()
    {
        const string raw = "/api/v1/playback/TKT/origin/demo/v2/seg_00001.m4s";
        MediaTarget.TryReadPlayback(raw, out var target);
        var allocated = Allocations.Least(() =>
        {
            for (var i = 0; i < 100; i++) MediaTarget.TryReadPlayback(raw, out _);
        });
        Assert.InRange(allocated, 1, 100 * (32 + 2 * target.Path.Length));
    }
}
