using Gateway.Media;

namespace Gateway.Tests.Media;

public sealed class TitleTemplateTests
{
    [Theory]
    [InlineData("{mediaId}/master.m3u8", "/demo/master.m3u8", "demo")]
    [InlineData("{mediaId}/master.m3u8", "/a/b%20c/master.m3u8", "a/b c")]
    [InlineData("vod/{mediaId}.mpd", "/vod/x.y.mpd", "x.y")]
    [InlineData("{mediaId}/{mediaId}.m3u8", "/x/x.m3u8", "x")]
    public void TryRead_PathOfTheTemplate_GivesTheName(string template, string path, string name)
    {
        Assert.True(TitleTemplate.TryRead(template, path, out var read));
        Assert.Equal(name, read);
        Assert.Equal(path, TitleTemplate.PathOf(template, read));
    }

    [Theory]
    [InlineData("{mediaId}/master.m3u8", "/master.m3u8")]
    [InlineData("{mediaId}/master.m3u8", "/demo/other.m3u8")]
    [InlineData("{mediaId}/master.m3u8", "//master.m3u8")]
    [InlineData("{mediaId}/master.m3u8", "/d%65mo/master.m3u8")]
    [InlineData("vod/{mediaId}.mpd", "/x.mpd")]
    [InlineData("{mediaId}/{mediaId}.m3u8", "/x/y.m3u8")]
    public void TryRead_AnotherPath_Refuses(string template, string path) => Assert.False(TitleTemplate.TryRead(template, path, out _));
}
