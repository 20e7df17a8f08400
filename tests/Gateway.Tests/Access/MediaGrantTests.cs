using Gateway.Access;

namespace Gateway.Tests.Access;

public sealed class MediaGrantTests
{
    [Theory]
    [InlineData("films/**", "/films/a.ts", true)]
    [InlineData("films/*", "/films/a%2Fb.ts", false)]
    [InlineData("films/*", "/films/a%2fb.ts", false)]
    [InlineData("films/**", "/films%2Fa.ts", false)]
    [InlineData("films/*.m3u8", "/films/secret.mpd;x.m3u8", false)]
    [InlineData("films/*.m3u8", "/films/secret.mpd%3Bx.m3u8", false)]
    [InlineData("films/free/**", "/films/free;x/a.ts", false)]
    [InlineData("films/**/*.ts", "/films/secret.mp4;%2Fx.ts", false)]
    [InlineData("films/**/*.ts", "/films/secret.mp4;a=b%2fx.ts", false)]
    [InlineData("films/**/*.ts", "/films/one/a;b/x.ts", true)]
    [InlineData("films/*/free.ts", "/films//free.ts", false)]
    [InlineData("films/**", "//films/a.ts", false)]
    [InlineData("films/**", "/films//a.ts", true)]
    [InlineData("films/**", "/films/a;v=1.ts", true)]
    [InlineData("my films/**", "/my%20films/a.ts", true)]
    [InlineData("a/**\nb/**", "/b/x", true)]
    [InlineData("", "/b/x", false)]
    public void Holds_PathWithSeveralReadings_OnlyIfEveryReadingIsHeld(string globs, string path, bool expected) => Assert.Equal(expected, MediaGrant.Parse(globs).Holds(path));

    [Theory]
    [InlineData("/films/*", "/films/a/b.ts", true)]
    [InlineData("/play/films/*", "/films/a/b.ts", true)]
    [InlineData("/films/*!/series/*", "/series/a", true)]
    [InlineData("%2ffilms%2f%2a", "/films/a", true)]
    [InlineData("/*.m3u8", "/films/secret.mpd;x.m3u8", false)]
    [InlineData("/films/*.m3u8", "/films/secret.mpd;%2Fx.m3u8", false)]
    [InlineData("/films/*", "/films%2Fa", false)]
    public void Holds_AclPattern_LikewiseByEveryReading(string acl, string path, bool expected) => Assert.Equal(expected, MediaGrant.OfAcl(acl).Holds(path));

    [Theory]
    [InlineData("films/**", "/films/", true)]
    [InlineData("films/**", "/films/one/two/", true)]
    [InlineData("**", "/", true)]
    [InlineData("films/*/**", "/films/", false)]
    [InlineData("films/*/**", "/films/one/", true)]
    [InlineData("films/*", "/films/", false)]
    [InlineData("films/**/x.ts", "/films/", false)]
    [InlineData("promo.m3u8", "/", false)]
    [InlineData("films/**", "/", false)]
    [InlineData("films/one/**", "/films/", false)]
    [InlineData("films/**", "/films%2Fone/", false)]
    [InlineData("!/films/*", "/films/one/", true)]
    [InlineData("!/films/*.ts", "/films/", false)]
    [InlineData("!/*", "/", true)]
    public void HoldsTree_Pattern_OnlyIfItHoldsEverythingBelow(string globs, string folder, bool expected) => Assert.Equal(expected, MediaGrant.Parse(globs).HoldsTree(folder));

    [Fact]
    public void Everything_AnyPath_IsHeld()
    {
        Assert.True(MediaGrant.Everything.Holds("/a%2Fb;c"));
        Assert.True(MediaGrant.Everything.HoldsTree("/"));
        Assert.NotEqual(MediaGrant.Everything, MediaGrant.Parse(""));
    }

    [Fact]
    public void ForTicket_LongList_KeepsWhatHoldsThePathFirst()
    {
        var grant = MediaGrant.OfGlobs(Enumerable.Range(0, 64).Select(i => $"films/number-{i}/**"));
        var carried = grant.ForTicket("/films/number-63/master.m3u8");
        Assert.True(carried.HoldsTree("/films/number-63/"));
        Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(carried.Text!), 1, MediaGrant.MaxTextBytes);
        Assert.All(Enumerable.Range(0, 64), i => Assert.True(grant.Holds($"/films/number-{i}/x") || !carried.Holds($"/films/number-{i}/x")));
    }

    [Fact]
    public void OfGlobs_GlobThatLooksLikeAnAcl_IsNone() => Assert.False(MediaGrant.OfGlobs(["!/*"]).Holds("/a"));
}
